import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOOK_AHEAD_BYTES, lookAhead, MAX_FILES } from '../../../src/pipeline/clocks/look-ahead.js';
import { packet, pcap } from '../../capture/build-pcap.js';
import { scratchFolder } from '../../capture/scratch-folder.js';

const scratch = scratchFolder();
const LOOKING = { origin: { seconds: 1_700_000_000, nanoseconds: 0 }, maxUnpacked: undefined, signal: undefined };

async function packetsOf(files: readonly string[], looking = LOOKING): Promise<number[][]> {
  const seen: number[][] = [];
  const captures = files.map((file, captureIndex) => ({ captureIndex, file, seconds: 0, nanoseconds: 0 }));
  await lookAhead(captures, looking, ({ captureIndex, number, atNs }) => seen.push([captureIndex, number, atNs]));
  return seen;
}

describe('a look ahead', () => {
  it('sees the packets in turn, by the time given', async () => {
    const files = [scratch.write('one', pcap([packet(1), packet(2)])), scratch.write('two', pcap([packet(3)]))];
    expect(await packetsOf(files)).toEqual([
      [0, 1, 1_000_001_000],
      [0, 2, 2_000_002_000],
      [1, 1, 3_000_003_000],
    ]);
  });

  it('goes no further than its share of the bytes', async () => {
    const long = pcap(Array.from({ length: 100 }, (_, index) => packet(index + 1, 250_000)));
    const files = [scratch.write('long1', long), scratch.write('long2', long)];
    const seen = await packetsOf(files);
    const each = Math.ceil(LOOK_AHEAD_BYTES / 2 / 250_016);
    expect(seen.map(([captureIndex]) => captureIndex)).toEqual([
      ...Array.from({ length: each }, () => 0),
      ...Array.from({ length: each }, () => 1),
    ]);
  });

  it('looks at no more captures than a few, and passes over one that is gone', async () => {
    const files = ['a', 'b', 'c', 'd', 'e'].map((name) => scratch.write(name, pcap([packet(1)])));
    const seen = await packetsOf([path.join(scratch.folder, 'gone'), ...files]);
    expect(seen.map(([captureIndex]) => captureIndex)).toEqual([1, 2, 3].slice(0, MAX_FILES - 1));
  });

  it('stops when told to', async () => {
    const file = scratch.write('stopped', pcap([packet(1)]));
    const stop = new AbortController();
    stop.abort();
    const seen: number[] = [];
    await lookAhead(
      [{ captureIndex: 0, file, seconds: 0, nanoseconds: 0 }],
      { ...LOOKING, signal: stop.signal },
      (view) => seen.push(view.number),
    );
    expect(seen).toEqual([]);
  });
});
