import { describe, expect, it } from 'vitest';
import type { BegunCapture } from '../../../src/capture/clock.js';
import { clockGroups } from '../../../src/pipeline/clocks/clock-groups.js';
import { packet, pcap } from '../../capture/build-pcap.js';
import { scratchFolder } from '../../capture/scratch-folder.js';

const scratch = scratchFolder();

/** Captures with packets at these seconds, of so many bytes, by name and in the order named. */
async function groupsOf(captures: Readonly<Record<string, readonly number[]>>, length?: number): Promise<string[][]> {
  const begun: BegunCapture[] = Object.entries(captures).map(([name, seconds], captureIndex) => ({
    captureIndex,
    file: scratch.write(
      name,
      pcap(seconds.map((second) => ({ ...packet(second, length), seconds: second, nanoseconds: 0 }))),
    ),
    seconds: seconds[0] ?? 0,
    nanoseconds: 0,
  }));
  const groups = await clockGroups(begun, {
    origin: { seconds: 0, nanoseconds: 0 },
    maxUnpacked: undefined,
    signal: undefined,
  });
  const names = Object.keys(captures);
  return groups.map((group) => group.captures.map(({ captureIndex }) => names[captureIndex] ?? ''));
}

describe('captures of one clock', () => {
  it('are the files of a ring, whatever order they are named in', async () => {
    expect(await groupsOf({ 'a2.pcap': [30, 40], 'a1.pcap': [10, 20], 'b.pcap': [10, 40], 'a.pcap': [1, 5] })).toEqual([
      ['a.pcap', 'a1.pcap', 'a2.pcap'],
      ['b.pcap'],
    ]);
  });

  it('are none that overlap, though their names differ in figures alone', async () => {
    expect(await groupsOf({ 'web1.pcap': [10, 20], 'web2.pcap': [15, 25] })).toEqual([['web1.pcap'], ['web2.pcap']]);
  });

  it('are none that are too long to be looked at whole, and overlap behind that', async () => {
    const longFrom = (begin: number) => Array.from({ length: 100 }, (_, second) => begin + second);
    const captures = { 'web1.pcap': longFrom(10), 'web2.pcap': longFrom(95) };
    expect(await groupsOf(captures, 60_000)).toEqual([['web1.pcap'], ['web2.pcap']]);
    expect(await groupsOf({ ...captures, 'web2.pcap': longFrom(110) }, 60_000)).toEqual([['web1.pcap', 'web2.pcap']]);
  });

  it('are none of other names, though they follow one another', async () => {
    expect(await groupsOf({ 'front.pcap': [10, 20], 'back.pcap': [25, 30] })).toEqual([['front.pcap'], ['back.pcap']]);
  });
});
