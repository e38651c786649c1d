import { describe, expect, it } from 'vitest';
import { packet, pcap } from './build-pcap.js';
import { readAll } from './read-all.js';
import { scratchFolder } from './scratch-folder.js';

const { write } = scratchFolder();

describe('classic pcap', () => {
  it('takes the larger of two lengths for the original in version 2.3', async () => {
    const packets = [{ ...packet(1, 60), originalLength: 1514 }, packet(2, 40)];
    for (const lengthsSwapped of [false, true]) {
      const read = await readAll(write('a', pcap(packets, { version: [2, 3], lengthsSwapped })));
      expect(read.packets.map(({ bytes, originalLength }) => [bytes.length / 2, originalLength])).toEqual([
        [60, 1514],
        [40, 40],
      ]);
    }
  });

  it('carries microseconds and nanoseconds of a second or more over into the seconds', async () => {
    const micro = await readAll(write('a', pcap([{ ...packet(1), seconds: 7, nanoseconds: 4_294_967_295_000 }])));
    expect(micro.timesNs).toEqual([7_000_000_000n + 4_294_967_295_000n]);
    expect(micro.reader.nanosecondsOfSecond).toBe(967_295_000);
    const nano = pcap([{ ...packet(1), seconds: 7, nanoseconds: 0xffffffff }], { magic: 0xa1b23c4d, unitNs: 1 });
    expect((await readAll(write('a', nano))).timesNs).toEqual([11_294_967_295n]);
  });

  it('reads seconds as unsigned: they last until 2106', async () => {
    expect((await readAll(write('a', pcap([packet(1, 60, 0xffffffff)])))).timesNs).toEqual([
      4_294_967_295_000_001_000n,
    ]);
  });

  it('reads a packet longer on disk than on the wire, and one longer than the snap length, as they are', async () => {
    const odd = { ...packet(1, 80), originalLength: 60 };
    const read = await readAll(write('a', pcap([odd, packet(2, 100)], { snapLength: 64 })));
    expect(read.packets.map(({ bytes, originalLength }) => [bytes.length / 2, originalLength])).toEqual([
      [80, 60],
      [100, 100],
    ]);
    expect(read.facts.snappedPackets).toBe(0);
    expect(read.error).toBeNull();
  });

  it('stops at a captured length that cannot be, naming offset, figures and what was read', async () => {
    const bytes = pcap([packet(1, 60), packet(2, 60), packet(3, 60)], { snapLength: 65_535 });
    bytes.writeUInt32LE(0x80000000, 24 + 2 * 76 + 8);
    const file = write('a', bytes);
    const read = await readAll(file);
    expect(read.packets.length).toBe(2);
    expect(read.error).toMatchObject({ code: 'damaged', offset: 176 });
    expect(read.error?.message).toBe(
      `${file}: offset 176: captured length 2,147,483,648 of a packet record is above 262,144 (snap length 65,535); read 2 packets before it`,
    );
    expect(read.facts).toMatchObject({ packets: 2, bytes: 176, warnings: [] });
  });

  it('names a link type by number when nobody knows it', async () => {
    const read = await readAll(write('a', pcap([packet(1)], { network: 4711 })));
    expect(read.facts.linkTypes).toEqual(['LINKTYPE_4711']);
    expect(read.packets[0]?.linkType).toBe(4711);
  });

  it('says that it holds no packets when it does not', async () => {
    expect((await readAll(write('a', pcap([])))).facts).toMatchObject({
      packets: 0,
      startEpochNs: null,
      endEpochNs: null,
      droppedPackets: null,
      warnings: ['holds no packets'],
    });
  });
});
