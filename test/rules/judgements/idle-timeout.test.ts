import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimateIdleTimeout,
  type IdleClose,
  MASS_CLOSE_NS,
  MASS_CLOSES,
  MIN_REQUEST_LIMIT,
  MIN_SAMPLES,
} from '../../../src/rules/judgements/idle-timeout.js';
import { MIN_SHARE, MIN_WINDOW_NS, WINDOW_SHARE } from '../../../src/rules/judgements/timer-window.js';
import { SECOND } from '../../findings/connections.js';

/** Closes after so many seconds each, far apart in time. */
function closesAfter(...seconds: readonly number[]): IdleClose[] {
  return seconds.map((each, index) => ({
    idleNs: each * SECOND,
    atNs: 100 * SECOND * (index + 1),
    packet: index + 1,
    stream: index,
    requests: index + 1,
  }));
}

describe('an idle time-out', () => {
  it('is the lower edge of the window that holds most closes: timers fire late, never early', () => {
    expect(estimateIdleTimeout(closesAfter(10.18, 10.01, 10.02, 10.2, 10.05), 0)).toEqual({ seconds: 10, samples: 5 });
    expect(estimateIdleTimeout(closesAfter(60.9, 60.95, 61.4), 0)).toEqual({ seconds: 61, samples: 3 });
  });

  it('is a whole second only if one is within two parts in a hundred', () => {
    expect(estimateIdleTimeout(closesAfter(2.51, 2.52, 2.53), 0)).toEqual({ seconds: 2.51, samples: 3 });
    expect(estimateIdleTimeout(closesAfter(0.6, 0.61, 0.62), 0)).toEqual({ seconds: 0.6, samples: 3 });
  });

  it('needs three closes that agree', () => {
    expect(estimateIdleTimeout([], 0)).toBeNull();
    expect(estimateIdleTimeout(closesAfter(10, 10.1), 0)).toBeNull();
    expect(estimateIdleTimeout(closesAfter(10, 10.1, 4), 0)).toBeNull();
  });

  it('stands against a few closes that no timer made', () => {
    expect(estimateIdleTimeout(closesAfter(10, 10.1, 10.1, 3.2, 7.7), 0)).toEqual({ seconds: 10, samples: 3 });
  });

  it('is not made of closes spread over the period of a poller', () => {
    expect(estimateIdleTimeout(closesAfter(60, 65, 70, 75, 80, 85, 90), 0)).toBeNull();
  });

  it('is void when a request was answered after a longer idleness', () => {
    const closes = closesAfter(10, 10.1, 10.2);
    expect(estimateIdleTimeout(closes, 11 * SECOND)).toBeNull();
    expect(estimateIdleTimeout(closes, 10.2 * SECOND)).toEqual({ seconds: 10, samples: 3 });
  });

  it('is not made of a restart, which closes all connections at once', () => {
    const restart = closesAfter(5, 20, 31, 44).map((close, index) => ({ ...close, atNs: 900 * SECOND + index * 1e6 }));
    expect(estimateIdleTimeout([...closesAfter(10, 10.1, 10.2), ...restart], 0)).toEqual({ seconds: 10, samples: 3 });
    const nearby = restart.map((close, index) => ({ ...close, idleNs: (9.9 + index * 0.6) * SECOND }));
    expect(estimateIdleTimeout(nearby, 0)).toBeNull();
  });

  it('is made of connections that were used together and expire together', () => {
    const together = closesAfter(10, 10.001, 10.002).map((close) => ({ ...close, atNs: 900 * SECOND }));
    expect(estimateIdleTimeout(together, 0)).toEqual({ seconds: 10, samples: 3 });
  });

  it('is not made of a limit on the number of requests', () => {
    const closes = closesAfter(10, 10.1, 10.2);
    expect(
      estimateIdleTimeout(
        closes.map((close) => ({ ...close, requests: MIN_REQUEST_LIMIT })),
        0,
      ),
    ).toBeNull();
    expect(
      estimateIdleTimeout(
        closes.map((close) => ({ ...close, requests: MIN_REQUEST_LIMIT - 1 })),
        0,
      ),
    ).not.toBeNull();
  });

  it('takes a window of a quarter of a second, or of three parts in a hundred where that is more', () => {
    const short = MIN_WINDOW_NS / SECOND;
    expect(estimateIdleTimeout(closesAfter(5, 5, 5 + short), 0)?.samples).toBe(3);
    expect(estimateIdleTimeout(closesAfter(5, 5, 5.001 + short), 0)).toBeNull();
    const long = 100 * WINDOW_SHARE;
    expect(estimateIdleTimeout(closesAfter(100, 100, 100 + long), 0)?.samples).toBe(3);
    expect(estimateIdleTimeout(closesAfter(100, 100, 100.001 + long), 0)).toBeNull();
  });

  it('needs its share of all closes', () => {
    const agreeing = Array.from({ length: MIN_SAMPLES }, () => 10);
    const others = Math.floor(MIN_SAMPLES / MIN_SHARE) - MIN_SAMPLES;
    const scattered = Array.from({ length: others }, (_, index) => 20 + 5 * index);
    expect(estimateIdleTimeout(closesAfter(...agreeing, ...scattered), 0)?.seconds).toBe(10);
    expect(estimateIdleTimeout(closesAfter(...agreeing, ...scattered, 99), 0)).toBeNull();
  });

  it('takes closes for a restart only when they are many, at once and differ', () => {
    const others = closesAfter(10, 10, 10, 10, 10);
    const at = (apartNs: number, count: number): IdleClose[] =>
      closesAfter(...Array.from({ length: count }, (_, index) => 20 + 9 * index)).map((close, index) => ({
        ...close,
        atNs: 900 * SECOND + index * apartNs,
      }));
    const verdict = (restart: readonly IdleClose[]): unknown => estimateIdleTimeout([...others, ...restart], 0);
    expect(verdict(at(MASS_CLOSE_NS / 8, MASS_CLOSES + 1))).toEqual({ seconds: 10, samples: 5 });
    expect(verdict(at(MASS_CLOSE_NS + 1, MASS_CLOSES + 1))).toBeNull();
  });

  it('does not depend on the order of the closes', () => {
    const close = fc.record({
      idleNs: fc.integer({ min: 1, max: 40 }).map((tenths) => tenths * 1e8),
      atNs: fc.integer({ min: 0, max: 40 }).map((step) => step * 2e7),
      packet: fc.nat(),
      stream: fc.nat(),
      requests: fc.constantFrom(1, 30),
    });
    fc.assert(
      fc.property(fc.array(close, { maxLength: 20 }), fc.nat(5), (closes, longest) => {
        expect(estimateIdleTimeout([...closes].reverse(), longest * SECOND)).toEqual(
          estimateIdleTimeout(closes, longest * SECOND),
        );
      }),
    );
  });
});
