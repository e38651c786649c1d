import { expect, it } from 'vitest';
import type { Finding } from '../../src/facts/finding.js';
import { findingTitle } from '../../src/report/finding-title.js';
import { resetFinding } from './analyses.js';

const SERVER = { address: '10.0.1.43', port: 80, name: 'serv1.example' };
const titleOf = (changes: Partial<Finding>): string => findingTitle(resetFinding({ subject: SERVER, ...changes }));

it.each<[string, Partial<Finding>, string]>([
  ['a title that names its server stands as it is', { title: '10.0.1.43:80 resets' }, '10.0.1.43:80 resets'],
  ['a title that names none has it before it', { title: 'Resets' }, '10.0.1.43:80 (serv1.example): Resets'],
  [
    'a server without a name has its address alone',
    { title: 'Resets', subject: { ...SERVER, name: null } },
    '10.0.1.43:80: Resets',
  ],
  [
    'an address of IPv6 stands in brackets',
    { title: 'Resets', subject: { address: '2001:db8::1', port: 443, name: null } },
    '[2001:db8::1]:443: Resets',
  ],
  [
    'what the capture lacks is no server’s',
    { rule: 'capture-quality', title: 'The capture lacks a direction' },
    'The capture lacks a direction',
  ],
  [
    'what was captured is made visible, in the title and in the name',
    { title: 'Resets \x1b[2J\u202e', subject: { ...SERVER, name: 'a\x07b' } },
    '10.0.1.43:80 (a\\x07b): Resets \\x1b[2J\\u202e',
  ],
])('%s', (_name, changes, title) => {
  expect(titleOf(changes)).toBe(title);
});
