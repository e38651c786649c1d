import { describe, expect, it } from 'vitest';
import { holdOf } from '../../../src/rules/slow-response/hold.js';
import { answer, connection, finBy, get, handshake, type Step } from '../facts.js';
import { withIdlePeriods } from '../idle-facts.js';

const SECOND = 1_000_000;

const holdIn = (...steps: readonly Step[]) => holdOf(withIdlePeriods(connection([...handshake(), ...steps])));

describe('a connection that may hold a worker up', () => {
  it('is one on which nothing is asked for a second, until somebody ends it', () => {
    expect(holdIn(finBy('client', 2 * SECOND))).toMatchObject({ isUnused: true, endedBy: 'client', sinceNs: 0 });
    expect(holdIn(finBy('server', 2 * SECOND))).toMatchObject({ isUnused: true, endedBy: 'server' });
    expect(holdIn(finBy('client', SECOND - 1))).toBeNull();
  });

  it('is one that is idle behind its last answer', () => {
    const used = [get(1000), answer(2000)];
    expect(holdIn(...used, finBy('client', 3 * SECOND))).toMatchObject({ isUnused: false, endedBy: 'client' });
    expect(holdIn(...used, finBy('client', SECOND))).toBeNull();
  });

  it('is none whose request waits for its answer', () => {
    expect(holdIn(get(1000), finBy('client', 3 * SECOND))).toBeNull();
  });

  it('is none on which something is asked at last: others may wait for that', () => {
    const asked = [get(2 * SECOND), answer(2 * SECOND + 1000), finBy('client', 2 * SECOND + 2000)];
    expect(holdIn(...asked)).toBeNull();
    expect(holdIn(get(1000), answer(2000), ...asked)).toBeNull();
  });

  it('has not ended where the capture does not show it', () => {
    expect(holdIn({ at: 2 * SECOND, is: 'ack', from: 'client' })).toMatchObject({ endedBy: null });
  });
});
