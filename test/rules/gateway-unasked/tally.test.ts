import { expect, it } from 'vitest';
import { type Attempt, areKnownUntil } from '../../../src/rules/gateway-unasked/tally.js';
import { addEarliest, earliest } from '../../../src/rules/tally/earliest.js';

const attemptsAt = (...times: readonly number[]) => {
  const attempts = earliest<Attempt>(2);
  for (const atNs of times) addEarliest(attempts, { atNs, packet: atNs, endNs: atNs, isUnmet: true });
  return attempts;
};

it.each([
  ['there is none', undefined, 30, true],
  ['there is room for more', attemptsAt(10), 30, true],
  ['the last that is kept came later', attemptsAt(10, 40, 50), 30, true],
  ['others may have come after the last that is kept', attemptsAt(10, 20, 25), 30, false],
])('a client’s attempts are all kept up to a time: %s', (_, attempts, untilNs, areKnown) => {
  expect(areKnownUntil(attempts, untilNs)).toBe(areKnown);
});
