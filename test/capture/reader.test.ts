import { describe, expect, it } from 'vitest';
import { openCapture } from '../../src/capture/open.js';
import { emptyPacket } from '../../src/capture/packet.js';
import { epochNs, MAX_WARNINGS, PACKET } from '../../src/capture/reader.js';
import { CLOCK_STEP_NS } from '../../src/facts/capture.js';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import { packet, pcap } from './build-pcap.js';
import { PcapngBuilder } from './build-pcapng.js';
import { readAll } from './read-all.js';
import { scratchFolder } from './scratch-folder.js';

const { write } = scratchFolder();
const NANO = { magic: 0xa1b23c4d, unitNs: 1 };

/** Packets this many nanoseconds after each other. */
function apart(...stepsNs: readonly number[]) {
  let nanoseconds = 500_000_000;
  return stepsNs.map((step, index) => {
    nanoseconds += step;
    return { ...packet(index + 1), seconds: 1_700_000_000, nanoseconds };
  });
}

describe('time', () => {
  it('counts from the run’s first packet when told of it, exact to the nanosecond over 100 days', async () => {
    const reader = await openCapture(write('a', pcap([{ ...packet(1), nanoseconds: 7 }], NANO)), 3);
    reader.setOrigin(1_700_000_001 - 100 * 86_400, 999_999_999);
    const view = emptyPacket();
    expect(reader.read(view)).toBe(PACKET);
    expect(view.atNs).toBe(100 * 86_400 * 1e9 - 999_999_992);
    expect(view).toMatchObject({ captureIndex: 3, number: 1, reference: 3 * CAPTURE_STRIDE + 1 });
    expect(reader.originEpochNs).toBe(1_691_360_001_999_999_999n);
    reader.close();
  });

  it('may be given its origin after the first packet', async () => {
    const reader = await openCapture(write('a', pcap(apart(0, 5), NANO)), 0);
    const view = emptyPacket();
    reader.read(view);
    expect(view.atNs).toBe(0);
    reader.setOrigin(1_699_999_990, 0);
    expect(reader.sinceOriginNs()).toBe(10_500_000_000);
    reader.read(view);
    expect(view.atNs).toBe(10_500_000_005);
    expect(reader.facts().warnings).toEqual([]);
    reader.close();
  });

  it('that steps back a little is the work of several queues, and more is told', async () => {
    const little = await readAll(write('a', pcap(apart(0, -CLOCK_STEP_NS, 5), NANO)));
    expect(little.facts.warnings).toEqual([]);
    const more = await readAll(write('a', pcap(apart(0, -CLOCK_STEP_NS - 1, 5, -3 * CLOCK_STEP_NS), NANO)));
    expect(more.facts.warnings).toEqual(['time steps back at 2 packets, first at packet 2, by at most 0.003 s']);
  });

  it('is one figure out of seconds and nanoseconds, however far off', () => {
    expect(epochNs(1_718_027_458, 480_543_000)).toBe(1_718_027_458_480_543_000n);
    expect(epochNs(-3599, 500_000_000)).toBe(-3_598_500_000_000n);
    expect(epochNs(2 ** 64, 999_999_999)).toBe(2n ** 64n * 1_000_000_000n + 999_999_999n);
  });
});

describe('warnings', () => {
  it('are bounded in number: a damaged writer repeats itself', async () => {
    const builder = new PcapngBuilder().section().interface();
    for (let count = 0; count < 2 * MAX_WARNINGS; count += 1) builder.block(4, Buffer.from([1, 0, 255, 127]));
    const { facts } = await readAll(write('a', builder.enhanced(packet(1).bytes, 0n).build()));
    expect(facts.warnings.length).toBe(MAX_WARNINGS);
  });
});
