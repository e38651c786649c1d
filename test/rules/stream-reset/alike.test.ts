import { expect, it } from 'vitest';
import type { Try } from '../../../src/rules/observation/logged-exchange.js';
import { answeredBehind, type Unfollowed } from '../../../src/rules/stream-reset/alike.js';

const MS = 1_000_000;

const at = (ms: number, status = 200): Try => ({
  ...{ startNs: ms * MS, stream: 1, status, isOpen: false, packet: 9, authority: null },
  server: { address: '10.0.1.43', port: 80 },
});
const refused = (ms: number, tries: readonly Try[] | null, key = 1): Unfollowed => ({
  refused: { key, atNs: ms * MS },
  tries,
});

it('each call that was answered counts for one that was refused before it', () => {
  const tries = [at(20), at(30)];
  expect(answeredBehind([refused(10, tries), refused(11, tries)])).toBe(2);
  expect(answeredBehind([refused(10, tries), refused(11, tries), refused(12, tries)])).toBe(2);
  expect(answeredBehind([refused(25, tries), refused(11, tries)]), 'the earlier takes the earlier').toBe(2);
  expect(answeredBehind([refused(10, tries), refused(31, tries)])).toBe(1);
});

it('counts calls of one kind for one another alone', () => {
  expect(answeredBehind([refused(10, [at(20)], 1), refused(11, [at(20)], 2)])).toBe(2);
  expect(answeredBehind([refused(10, [at(20)]), refused(11, [at(20)])])).toBe(1);
});

it('takes those that were sent within five seconds, and answered', () => {
  const count = (...tries: Try[]) => answeredBehind([refused(10, tries)]);
  expect(count(at(9))).toBe(0);
  expect(count(at(10))).toBe(1);
  expect(count(at(5010))).toBe(1);
  expect(count(at(5010.1))).toBe(0);
  expect(count(at(20, 0), at(21, 503))).toBe(0);
  expect(count(at(20, 0), at(21, 404))).toBe(1);
  expect(answeredBehind([refused(10, null)])).toBe(0);
});
