import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setBack } from '../../src/capture/clock.js';
import { emptyPacket } from '../../src/capture/packet.js';
import type { ClockFacts } from '../../src/facts/capture.js';

function clock(ahead: Partial<ClockFacts>): ClockFacts {
  return {
    reference: 0,
    first: 1,
    aheadSeconds: 0,
    aheadNanoseconds: 0,
    drift: 0,
    sinceSeconds: 1_700_000_000,
    by: 'packets',
    count: 10,
    withinNs: 1000,
    ...ahead,
  };
}

function packetAt(epochSeconds: number, epochNanoseconds: number) {
  return { ...emptyPacket(), epochSeconds, epochNanoseconds };
}

describe('the times of a capture whose clock is ahead', () => {
  it('are set back, over the second', () => {
    const packet = packetAt(1_700_000_010, 100);
    setBack(packet, clock({ aheadSeconds: 3, aheadNanoseconds: 200 }), { seconds: 1_700_000_000, nanoseconds: 500 });
    expect([packet.epochSeconds, packet.epochNanoseconds, packet.atNs]).toEqual([
      1_700_000_006, 999_999_900, 6_999_999_400,
    ]);
  });

  it('are set forward where it is behind', () => {
    const packet = packetAt(1_700_000_010, 900_000_000);
    setBack(packet, clock({ aheadSeconds: -4, aheadNanoseconds: 700_000_000 }), null);
    expect([packet.epochSeconds, packet.epochNanoseconds]).toEqual([1_700_000_014, 200_000_000]);
  });

  it('take with them what it has gained since', () => {
    const packet = packetAt(1_700_000_100, 0);
    setBack(packet, clock({ drift: 20e-6 }), null);
    expect([packet.epochSeconds, packet.epochNanoseconds]).toEqual([1_700_000_099, 998_000_000]);
  });

  it('stay exact and in order, decades apart', () => {
    const time = fc.record({ s: fc.integer({ min: 0, max: 4e9 }), ns: fc.integer({ min: 0, max: 999_999_999 }) });
    fc.assert(
      fc.property(time, time, ({ s, ns }, ahead) => {
        const packet = packetAt(s, ns);
        setBack(packet, clock({ aheadSeconds: ahead.s, aheadNanoseconds: ahead.ns }), null);
        const total = (seconds: number, nanoseconds: number) => BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
        expect(packet.epochNanoseconds).toBeGreaterThanOrEqual(0);
        expect(packet.epochNanoseconds).toBeLessThan(1e9);
        expect(total(packet.epochSeconds, packet.epochNanoseconds)).toBe(total(s, ns) - total(ahead.s, ahead.ns));
      }),
    );
  });
});
