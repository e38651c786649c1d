import { expect, it } from 'vitest';
import { capitalised } from '../../src/text/capitalised.js';

it.each([
  ['it closes', 'It closes'],
  ['10.0.1.43 closes', '10.0.1.43 closes'],
  ['', ''],
])('%j begins a sentence as %j', (clause, sentence) => expect(capitalised(clause)).toBe(sentence));
