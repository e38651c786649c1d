import { describe, expect, it } from 'vitest';
import { PassedOn } from '../../src/tcp/passed-on.js';

const ISN = 0x9000_0001;
const SECOND = 1_000_000_000;

/** What is an image once all are refused, the last one first. */
function imagesOf(passedOn: PassedOn, ...entries: readonly number[]): number[] {
  return [...new Set(entries.toReversed().flatMap((entry) => [...passedOn.refused(entry)]))].sort();
}

describe('a refused connection behind a translator of addresses', () => {
  it('is that whose SYN was captured before, between others', () => {
    const passedOn = new PassedOn();
    for (const entry of [4, 7, 9]) passedOn.opens(entry, ISN, 5, 0);
    expect(imagesOf(passedOn, 4, 7, 9)).toEqual([7, 9]);
  });

  it('is none where the first is not refused, or it is not itself', () => {
    const passedOn = new PassedOn();
    for (const entry of [4, 7, 9]) passedOn.opens(entry, ISN, 5, 0);
    expect(imagesOf(passedOn, 7, 9)).toEqual([]);
    expect(imagesOf(passedOn, 4, 9)).toEqual([7, 9]);
    const other = new PassedOn();
    for (const entry of [4, 7, 9]) other.opens(entry, ISN, 5, 0);
    expect(imagesOf(other, 4, 9)).toEqual([9]);
  });

  it('has the same sequence number and IP ID: a scanner has one number for all', () => {
    const passedOn = new PassedOn();
    passedOn.opens(4, ISN, 5, 0);
    passedOn.opens(7, ISN, 6, 0);
    passedOn.opens(8, ISN + 1, 6, 0);
    expect(imagesOf(passedOn, 4, 7, 8)).toEqual([]);
  });

  it('is none of a SYN that is sent again, without an IP ID, or of a counter that began at nothing', () => {
    const passedOn = new PassedOn();
    for (const [entry, isn, ipId] of [
      [4, ISN, 5],
      [4, ISN, 5],
      [5, ISN + 1, 0],
      [6, ISN + 1, 0],
      [7, 65_535, 5],
      [8, 65_535, 5],
    ] as const)
      passedOn.opens(entry, isn, ipId, 0);
    expect(imagesOf(passedOn, 4, 5, 6, 7, 8)).toEqual([]);
  });

  it('begins at once: a capture that was replayed does not', () => {
    const passedOn = new PassedOn();
    passedOn.opens(4, ISN, 5, 0);
    passedOn.opens(7, ISN, 5, 2 * SECOND);
    expect(imagesOf(passedOn, 4, 7)).toEqual([]);
  });

  it('is forgotten when others begin between its endpoints', () => {
    const passedOn = new PassedOn();
    passedOn.opens(4, ISN, 5, 0);
    passedOn.opens(7, ISN, 5, 0);
    passedOn.opens(7, ISN + 9, 8, SECOND);
    expect(imagesOf(passedOn, 4, 7)).toEqual([]);
  });

  it('is known among the last ones', () => {
    const passedOn = new PassedOn();
    for (let entry = 0; entry <= 65_536; entry += 1) passedOn.opens(entry, 100_000 + entry, 5, 0);
    passedOn.opens(70_000, 100_000, 5, 0);
    passedOn.opens(70_001, 100_002, 5, 0);
    expect(imagesOf(passedOn, 0, 70_000)).toEqual([]);
    expect(imagesOf(passedOn, 2, 70_001)).toEqual([70_001]);
  });
});
