import { describe, expect, it } from 'vitest';
import { datagramIn, dumpedBytes } from '../../../src/capture/text-log/hex-dump.js';

const IP = [
  '\t0x0000:  4500 0034 5a38 4000 3f06 cc54 0a00 000a  E..4Z8@.?..T....',
  '\t0x0010:  0a00 012e 98a9 2328 ce4b a2fc 087d 8231  ......#(.K...}.1',
  '\t0x0020:  8010 003f c3fc 0000 0101 080a 52a3 e705  ...?........R...',
  '\t0x0030:  96d2 1506                                ....',
];
const MACS = '02 00 0a 00 01 2b 02 00 0a 00 01 01 08 00';

describe('the bytes of a dump', () => {
  it('of tcpdump -x and -X', () => {
    const bytes = dumpedBytes(IP);
    expect(bytes).toHaveLength(52);
    expect(Buffer.from(bytes).toString('hex')).toMatch(/^450000345a38.*96d21506$/);
    expect(dumpedBytes(IP.map((line) => line.slice(0, 50)))).toEqual(bytes);
    expect(dumpedBytes(IP.flatMap((line) => [line, '']))).toEqual(bytes);
    expect(dumpedBytes(['prose', ...IP, 'more prose', ...IP])).toEqual(bytes);
  });

  it('of tshark -x, with the link header', () => {
    const hex = `${MACS} ${Buffer.from(dumpedBytes(IP))
      .toString('hex')
      .replace(/..(?=.)/g, '$& ')}`.split(' ');
    const lines = [0, 16, 32, 48, 64].map(
      (at) =>
        `${at.toString(16).padStart(4, '0')}  ${hex
          .slice(at, at + 16)
          .join(' ')
          .padEnd(47)}   abcdef..........`,
    );
    const bytes = dumpedBytes(lines);
    expect(bytes).toHaveLength(66);
    expect(datagramIn(bytes, [39_081, 9000])).toMatchObject({ linkBytes: 14, bytes: dumpedBytes(IP) });
  });

  it('ends where a line does not go on from the one before', () => {
    expect(dumpedBytes([IP[0] ?? '', IP[2] ?? ''])).toHaveLength(16);
    expect(dumpedBytes(['1234 people saw this', 'no hex'])).toHaveLength(0);
  });
});

describe('the datagram in it', () => {
  const bytes = dumpedBytes(IP);

  it('is found by its ports, or without them by its checksum', () => {
    expect(datagramIn(bytes, [39_081, 9000])?.linkBytes).toBe(0);
    expect(datagramIn(bytes, [39_081, null])?.linkBytes).toBe(0);
    expect(datagramIn(bytes, [1, 2])).toBeNull();
    expect(datagramIn(bytes, null)?.linkBytes).toBe(0);
    expect(
      datagramIn(
        Uint8Array.from(bytes, (byte, at) => (at === 10 ? 0 : byte)),
        null,
      ),
    ).toBeNull();
  });

  it('is none at a length that holds no header', () => {
    for (let length = 0; length < 40; length += 1)
      expect(datagramIn(bytes.subarray(0, length), [39_081, 9000])).toBeNull();
    expect(datagramIn(Uint8Array.of(0x41, 0, 0, 20, ...new Array<number>(40).fill(0)), null)).toBeNull();
  });
});
