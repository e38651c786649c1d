import { describe, expect, it } from 'vitest';
import { pcapByteOrder } from '../../src/capture/pcap-magic.js';
import { bytesToJudge, readPcapHeader } from '../../src/capture/pcap-variant.js';
import { type PcapOptions, packet, pcap, words } from './build-pcap.js';

const PACKETS = [packet(1, 98), packet(2, 74), packet(3, 66)];

function variantOf(options: PcapOptions, packets = PACKETS) {
  const bytes = pcap(packets, options);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return readPcapHeader('a.pcap', view, 0, bytes.length);
}

describe('the magic of a classic pcap file', () => {
  it('tells the byte order, whatever the dialect', () => {
    for (const magic of [0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34, 0x1c0001ac, 0x1c0001ab]) {
      expect(pcapByteOrder(new DataView(new Uint8Array(words(false, magic)).buffer), 0)).toBe('little');
      expect(pcapByteOrder(new DataView(new Uint8Array(words(true, magic)).buffer), 0)).toBe('big');
    }
    expect(pcapByteOrder(new DataView(new Uint8Array(words(true, 0x0a0d0d0a)).buffer), 0)).toBeNull();
  });
});

describe('the file header of classic pcap', () => {
  it('is read as it stands for the standard dialect', () => {
    expect(variantOf({ snapLength: 96, network: 113 })).toEqual({
      little: true,
      headerBytes: 24,
      recordBytes: 16,
      unitNs: 1000,
      lengths: 'captured-first',
      linkType: 113,
      snapLength: 96,
      remark: null,
    });
  });

  it('keeps the frame check sequence’s length out of the link type', () => {
    expect(variantOf({ network: 0x2400_0001 }).linkType).toBe(1);
    expect(variantOf({ network: 0x4000_0000 }).linkType).toBe(0);
  });

  it('turns the lengths round before version 2.3, and in DG/UX’s 543.0', () => {
    expect(variantOf({ version: [2, 0] }).lengths).toBe('original-first');
    expect(variantOf({ version: [543, 0] }).lengths).toBe('original-first');
    expect(variantOf({ version: [2, 3] }).lengths).toBe('larger-is-original');
    expect(variantOf({ version: [2, 4] }).lengths).toBe('captured-first');
  });

  it('is AIX’s in version 2.2 with an interface type: Ethernet 6, loopback 24, nanoseconds', () => {
    expect(variantOf({ version: [2, 2], network: 6 })).toMatchObject({ linkType: 1, unitNs: 1 });
    expect(variantOf({ version: [2, 2], network: 24 })).toMatchObject({ linkType: 0, unitNs: 1 });
    expect(variantOf({ version: [2, 2], network: 1 })).toMatchObject({ linkType: 1, unitNs: 1000 });
    expect(variantOf({ version: [2, 4], network: 6 })).toMatchObject({ linkType: 6, unitNs: 1000 });
  });

  it('is refused in a version that nobody wrote, and remarked upon in a later 2.x', () => {
    for (const version of [
      [0, 0],
      [1, 4],
      [3, 0],
      [543, 1],
    ] as const) {
      expect(() => variantOf({ version })).toThrow(
        expect.objectContaining({
          code: 'unsupported',
          message: `a.pcap: offset 4: pcap version ${version.join('.')} is not known, expected 2.4`,
        }),
      );
    }
    expect(variantOf({ version: [2, 7] }).remark).toBe('pcap version 2.7 is not known; read as 2.4');
  });
});

describe('the size of record headers', () => {
  it('is 24 in the modified dialect of October 1999 and 28 in that of September', () => {
    const magic = 0xa1b2cd34;
    expect(variantOf({ magic, extra: Buffer.from([2, 0, 0, 0, 0, 8, 4, 0]) }).recordBytes).toBe(24);
    expect(variantOf({ magic, extra: Buffer.from([2, 0, 0, 0, 0, 8, 4, 0, 0, 0, 0, 0]) }).recordBytes).toBe(28);
  });

  it('is 24 where Red Hat 6.1 wrote the standard magic, and 20 where Nokia did', () => {
    expect(variantOf({ extra: Buffer.from([2, 0, 0, 0, 0, 8, 4, 0]) }).recordBytes).toBe(24);
    expect(variantOf({ extra: Buffer.from([0, 0, 0, 9]) }).recordBytes).toBe(20);
  });

  it('stays 16 with no packet, with one, with one cut short, and when the second is damaged', () => {
    expect(variantOf({}, []).recordBytes).toBe(16);
    expect(variantOf({}, [packet(1)]).recordBytes).toBe(16);
    const bytes = pcap(PACKETS);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    expect(readPcapHeader('a.pcap', view, 0, 24 + 16 + 50).recordBytes).toBe(16);
    view.setUint32(24 + 16 + 98 + 8, 0x7fffffff, true);
    expect(readPcapHeader('a.pcap', view, 0, bytes.length).recordBytes).toBe(16);
  });

  it('stays 16 when a packet is longer than the snap length, as some programs write them', () => {
    expect(variantOf({ snapLength: 64 }).recordBytes).toBe(16);
  });

  it.each([
    ['standard', {}],
    ['standard, longer than the snap length', { snapLength: 64 }],
    ['of Red Hat 6.1', { extra: Buffer.from([2, 0, 0, 0, 0, 8, 4, 0]) }],
    ['of Nokia', { extra: Buffer.from([0, 0, 0, 9]) }],
    ['modified', { magic: 0xa1b2cd34, extra: Buffer.from([2, 0, 0, 0, 0, 8, 4, 0]) }],
    ['in nanoseconds', { magic: 0xa1b23c4d }],
    ['damaged', { extra: Buffer.from([1, 2, 3, 4, 5]) }],
  ] as const)('is the same however the bytes come: %s', (_, options) => {
    const bytes = pcap(PACKETS, options);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const whole = readPcapHeader('a.pcap', view, 0, bytes.length);
    for (let held = 24; held <= bytes.length; held += 1)
      if (bytesToJudge(view, 0, held) <= held || held === bytes.length)
        expect(readPcapHeader('a.pcap', view, 0, held)).toEqual(whole);
  });

  it('needs no more than three record headers of a capture that is as usual, and eight KiB of any', () => {
    const needed = (packets: readonly ReturnType<typeof packet>[], options: PcapOptions = {}) => {
      const bytes = pcap(packets, options);
      return bytesToJudge(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length);
    };
    expect(needed(PACKETS)).toBe(24);
    expect(needed(PACKETS.slice(0, 2))).toBe(24 + 16 + 98 + 16 + 74 + 16);
    expect(needed([])).toBe(24 + 16);
    expect(needed([packet(1, 9000)])).toBe(24);
    expect(needed(PACKETS, { snapLength: 64 })).toBe(8192);
  });
});
