import { describe, expect, it } from 'vitest';
import { MAX_IDLE_PERIODS, MIN_IDLE_NS } from '../../src/facts/connection.js';
import { IdlePeriods } from '../../src/tcp/idle-periods.js';

/** Pauses of the given lengths, each ended by payload of the side that did not send before. */
const afterPauses = (...lengths: readonly number[]): IdlePeriods => {
  const idle = new IdlePeriods();
  let at = 0;
  let byFirst = true;
  idle.begin(byFirst, at);
  lengths.forEach((length, index) => {
    at += length;
    byFirst = !byFirst;
    idle.end('payload', byFirst, index + 1, at, 'client');
    idle.begin(byFirst, at);
  });
  return idle;
};

describe('a pause', () => {
  it('is idleness from the shortest on that counts as such', () => {
    expect(afterPauses(MIN_IDLE_NS - 1).count).toBe(0);
    expect(afterPauses(MIN_IDLE_NS)).toMatchObject({
      count: 1,
      kept: [{ startNs: 0, durationNs: MIN_IDLE_NS, after: 'client', endedBy: 'server-payload', packet: 1 }],
    });
  });

  it('is told by what the sides were found to be', () => {
    const idle = new IdlePeriods();
    idle.begin(false, 5);
    idle.end('fin', true, 9, MIN_IDLE_NS + 5, 'server');
    expect(idle.kept).toMatchObject([{ startNs: 5, after: 'client', endedBy: 'server-fin' }]);
  });

  it('counts once, though FIN and RST may both end it, and the capture after them', () => {
    const idle = afterPauses();
    idle.end('fin', false, 2, 2 * MIN_IDLE_NS, 'client');
    idle.end('rst', false, 3, 5 * MIN_IDLE_NS, 'client');
    idle.endWithCapture(9 * MIN_IDLE_NS, 'client');
    expect(idle.kept).toMatchObject([{ endedBy: 'server-fin', packet: 2 }]);
  });

  it('may last until the capture ends', () => {
    const idle = afterPauses();
    idle.endWithCapture(MIN_IDLE_NS - 1, 'client');
    expect(idle.count).toBe(0);
    idle.endWithCapture(MIN_IDLE_NS, 'client');
    expect(idle.kept).toMatchObject([{ durationNs: MIN_IDLE_NS, endedBy: 'capture-ended', packet: null }]);
  });

  it('needs payload before it', () => {
    const idle = new IdlePeriods();
    idle.end('payload', true, 4, 9 * MIN_IDLE_NS, 'client');
    expect(idle.count).toBe(0);
  });

  it('is kept among the first, or as the last', () => {
    const pauses = Array.from({ length: MAX_IDLE_PERIODS + 3 }, (_, at) => MIN_IDLE_NS + at);
    const { kept, count } = afterPauses(...pauses);
    expect(count).toBe(MAX_IDLE_PERIODS + 3);
    expect(kept.map(({ packet }) => packet)).toEqual([
      ...Array.from({ length: MAX_IDLE_PERIODS - 1 }, (_, at) => at + 1),
      MAX_IDLE_PERIODS + 3,
    ]);
  });

  it('is none of the next connection’s', () => {
    const idle = afterPauses(MIN_IDLE_NS);
    idle.reset();
    idle.endWithCapture(99 * MIN_IDLE_NS, 'client');
    expect(idle).toMatchObject({ count: 0, kept: [] });
  });
});
