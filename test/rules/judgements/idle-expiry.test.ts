import { describe, expect, it } from 'vitest';
import { idleTimeOf, isCoarseExpiry, isIdleExpiry } from '../../../src/rules/judgements/idle-expiry.js';
import type { IdleClose } from '../../../src/rules/judgements/idle-timeout.js';

const SECOND = 1_000_000_000;

/** Closes after so many seconds of idleness each, far apart in time. */
function idleFor(...seconds: readonly number[]): IdleClose[] {
  return seconds.map((each, at) => ({
    idleNs: Math.round(each * SECOND),
    atNs: 100 * SECOND * (at + 1),
    packet: at + 1,
    stream: at,
    requests: at + 1,
  }));
}

describe('after how long a server gives idle connections up', () => {
  it('is an estimate from three closes that agree', () => {
    expect(idleTimeOf(idleFor(10.05, 10, 10.1), 0)).toEqual({ seconds: 10, samples: 3, isEstimate: true });
  });

  it('is what was seen of one or two, to the millisecond', () => {
    expect(idleTimeOf(idleFor(10.0504), 0)).toEqual({ seconds: 10.05, samples: 1, isEstimate: false });
    expect(idleTimeOf(idleFor(10.15, 10), 0)).toEqual({ seconds: 10, samples: 2, isEstimate: false });
  });

  it('is not told by two that disagree, by three of which none agree, or by none', () => {
    expect(idleTimeOf(idleFor(10.151, 10), 0)).toBeNull();
    expect(idleTimeOf(idleFor(10, 14, 19), 0)).toBeNull();
    expect(idleTimeOf(idleFor(10, 10.1, 17), 0)).toBeNull();
    expect(idleTimeOf([], 0)).toBeNull();
  });

  it('is not told where a request was answered after longer idleness', () => {
    expect(idleTimeOf(idleFor(10), 10.15 * SECOND)).not.toBeNull();
    expect(idleTimeOf(idleFor(10), 10.16 * SECOND)).toBeNull();
  });
});

describe('a close upon a request as an idle timer makes it', () => {
  it('comes within 150 ms of the time after which the server closes idle connections, or three parts in a hundred', () => {
    expect(isIdleExpiry(idleFor(2.15, 1.85), idleFor(2), 0, false)).toBe(true);
    expect(isIdleExpiry(idleFor(2.16), idleFor(2), 0, false)).toBe(false);
    expect(isIdleExpiry(idleFor(1.84), idleFor(2), 0, false)).toBe(false);
    expect(isIdleExpiry(idleFor(61.79, 58.21), idleFor(60), 0, false)).toBe(true);
    expect(isIdleExpiry(idleFor(61.9), idleFor(60), 0, false)).toBe(false);
  });

  it('is each of them', () => {
    expect(isIdleExpiry(idleFor(2, 1), idleFor(2), 0, false)).toBe(false);
  });

  it('is told by their own agreement only where they tell by themselves', () => {
    const ended = idleFor(5, 5.1, 5.15);
    expect(isIdleExpiry(ended, [], 0, true)).toBe(true);
    expect(isIdleExpiry(ended, [], 0, false)).toBe(false);
  });

  it('is judged by the other closes first', () => {
    expect(isIdleExpiry(idleFor(5, 5.1, 5.1), idleFor(9), 0, true)).toBe(false);
  });
});

describe('a timer that looks once a second', () => {
  it('ends idle connections up to a second and 150 ms later than it is set', () => {
    expect(isCoarseExpiry(idleFor(5.5), idleFor(5, 6.1), 0)).toBe(true);
    expect(isCoarseExpiry(idleFor(5.5), idleFor(5, 6.15), 0)).toBe(true);
    expect(isCoarseExpiry(idleFor(5.5), idleFor(5, 6.16), 0)).toBe(false);
  });

  it('of a short time is late by a third of it', () => {
    expect(isCoarseExpiry(idleFor(0.9), idleFor(0.9, 1.34), 0)).toBe(true);
    expect(isCoarseExpiry(idleFor(0.9), idleFor(0.9, 1.36), 0)).toBe(false);
  });

  it('ends none sooner or later than within a turn of the others', () => {
    expect(isCoarseExpiry(idleFor(6.15), idleFor(5), 0)).toBe(true);
    expect(isCoarseExpiry(idleFor(6.16), idleFor(5), 0)).toBe(false);
    expect(isCoarseExpiry(idleFor(3.85), idleFor(5), 0)).toBe(true);
    expect(isCoarseExpiry(idleFor(3.84), idleFor(5), 0)).toBe(false);
  });

  it('ends none that was idle no longer than one that was answered', () => {
    expect(isCoarseExpiry(idleFor(5.5), idleFor(5), 5.4 * SECOND)).toBe(true);
    expect(isCoarseExpiry(idleFor(5.5), idleFor(5), 5.5 * SECOND)).toBe(false);
  });

  it('is not told without other closes', () => {
    expect(isCoarseExpiry(idleFor(5.5), [], 0)).toBe(false);
  });
});
