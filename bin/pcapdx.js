#!/usr/bin/env node
const { load } = require('./code-cache.js');

void load('main.cjs').main();
