import { expect, it } from 'vitest';
import { decryptionOf } from '../../src/tls/decryption-outcome.js';
import { Direction } from '../../src/tls/direction.js';
import { KeyLog } from '../../src/tls/key-log.js';
import { SessionKeys } from '../../src/tls/session-keys.js';
import { offer } from './hello-of.js';
import { NO_OWNER } from './no-owner.js';

type Records = Partial<Pick<Direction, 'protectedRecords' | 'openedRecords' | 'passedRecords' | 'hasLoss'>>;
type Keys = Partial<Pick<SessionKeys, 'hello' | 'isUnsupported' | 'hadKeys'>>;

/** What came of a connection whose sides sent these records. */
function outcome(one: Records, other: Records, keys: Keys = {}, isAnswered = true) {
  const directionOf = (records: Records) => Object.assign(new Direction(NO_OWNER, false), records);
  const known = Object.assign(new SessionKeys(new KeyLog(), null), { hello: offer('h2'), ...keys });
  return decryptionOf(directionOf(one), directionOf(other), known, isAnswered);
}

const CLOSED = { protectedRecords: 3 };
const OPENED = { protectedRecords: 3, openedRecords: 3 };

it('is whole where each protected record was opened and none was lost', () => {
  expect(outcome({}, {})).toBe('nothing-protected');
  expect(outcome(OPENED, {})).toBe('whole');
  expect(outcome(OPENED, OPENED)).toBe('whole');
});

it('is partial where a record stayed closed or may have been lost, on either side', () => {
  expect(outcome(OPENED, CLOSED)).toBe('partial');
  expect(outcome(CLOSED, OPENED)).toBe('partial');
  expect(outcome({ ...OPENED, hasLoss: true }, OPENED)).toBe('partial');
  expect(outcome(OPENED, { ...OPENED, hasLoss: true })).toBe('partial');
});

it('says why nothing was opened, the first thing that was in the way', () => {
  expect(outcome(CLOSED, CLOSED, { hello: null, isUnsupported: true, hadKeys: true })).toBe('no-hello');
  expect(outcome(CLOSED, CLOSED, { isUnsupported: true, hadKeys: true }, false)).toBe('no-hello');
  expect(outcome(CLOSED, CLOSED, { isUnsupported: true, hadKeys: true })).toBe('unsupported');
  expect(outcome(CLOSED, CLOSED, { hadKeys: true })).toBe('wrong-key');
  expect(outcome(CLOSED, CLOSED)).toBe('no-key');
});

it('does not call a key wrong that came when records had gone by', () => {
  expect(outcome({ ...CLOSED, passedRecords: 1 }, CLOSED, { hadKeys: true })).toBe('no-key');
  expect(outcome(CLOSED, { ...CLOSED, passedRecords: 1 }, { hadKeys: true })).toBe('no-key');
});
