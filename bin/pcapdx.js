#!/usr/bin/env node
const { load } = require('./code-cache.js');

void load('main.cjs')
  .main()
  .then(() => {
    // Nothing is left to do then, and to give all memory back piece by piece would only take time.
    process.once('beforeExit', () => process.exit());
  });
