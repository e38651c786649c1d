import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InterfaceClock } from '../../../src/capture/pcapng/timestamp.js';

/** The same by the definition, in whole numbers. */
function exact(resolution: number, offset: bigint, count: bigint): { seconds: bigint; nanoseconds: bigint } {
  const exponent = BigInt(resolution & 0x7f);
  const units = (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
  return { seconds: count / units + offset, nanoseconds: ((count % units) * 1_000_000_000n) / units };
}

function read(resolution: number, offset: number, count: bigint) {
  const clock = new InterfaceClock(resolution, offset);
  clock.set(Number(count >> 32n), Number(count & 0xffffffffn));
  return { seconds: BigInt(clock.seconds), nanoseconds: BigInt(clock.nanoseconds) };
}

describe('a pcapng time stamp', () => {
  it('is exact in every resolution, over all of its 64 bits', () => {
    fc.assert(
      fc.property(fc.nat(0xff), fc.bigInt(0n, 2n ** 64n - 1n), (resolution, count) => {
        const expected = exact(resolution, 0n, count);
        // Above 2^53 seconds no double can tell them apart.
        fc.pre(expected.seconds <= 2n ** 53n);
        expect(read(resolution, 0, count)).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('is exact next to each second, in microseconds, nanoseconds and the units around them', () => {
    fc.assert(
      fc.property(
        fc.nat(11),
        fc.bigInt(0n, 2n ** 40n),
        fc.integer({ min: -2, max: 2 }),
        (resolution, seconds, beside) => {
          const count = seconds * 10n ** BigInt(resolution) + BigInt(beside);
          fc.pre(count >= 0n && count < 2n ** 64n);
          expect(read(resolution, 0, count)).toEqual(exact(resolution, 0n, count));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('counts microseconds when the interface says nothing', () => {
    const clock = new InterfaceClock();
    clock.set(0x61b34, 0xd75e8d54);
    expect(clock.seconds * 1e6 + clock.nanoseconds / 1000).toBe(0x61b34 * 2 ** 32 + 0xd75e8d54);
  });

  it('is moved by the interface’s offset, into the past too', () => {
    expect(read(6, 3600, 1_500_000n)).toEqual({ seconds: 3601n, nanoseconds: 500_000_000n });
    expect(read(6, -3600, 1_500_000n)).toEqual({ seconds: -3599n, nanoseconds: 500_000_000n });
  });

  it('is the highest there is without harm', () => {
    const last = 2n ** 64n - 1n;
    expect(read(0, 0, 2n ** 53n).seconds).toBe(2n ** 53n);
    for (const resolution of [0, 6, 9, 12, 127, 128, 255]) {
      const { nanoseconds } = read(resolution, -(2 ** 62), last);
      expect(nanoseconds >= 0n && nanoseconds < 1_000_000_000n).toBe(true);
    }
  });
});
