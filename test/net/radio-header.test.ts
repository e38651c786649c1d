import { describe, expect, it } from 'vitest';
import {
  bytes,
  CLIENT_MAC,
  decode,
  expectRequest,
  ipv4,
  le16,
  le32,
  llcSnap,
  OTHER_MAC,
  REQUEST,
  u16,
  u32,
  zeros,
} from './packets.js';

const PRISM = 119;
const RADIOTAP = 127;
const AVS = 163;

const ADDRESSES = bytes(OTHER_MAC, CLIENT_MAC, OTHER_MAC, u16(0));
const FRAME = bytes(0x08, 1, u16(0), ADDRESSES, llcSnap(0x0800, ipv4()));
const QOS_HEADER = bytes(0x88, 1, u16(0), ADDRESSES, u16(0));

function radiotap(present: readonly number[], fields: Uint8Array): Uint8Array {
  const words = bytes(...present.map((word) => le32(word)));
  return bytes(0, 0, le16(4 + words.length + fields.length), words, fields);
}

describe('radiotap', () => {
  it('is passed by its length', () => {
    expectRequest(bytes(radiotap([0], zeros(0)), FRAME), RADIOTAP);
    expectRequest(bytes(radiotap([0x80000001, 0], zeros(12)), FRAME), RADIOTAP);
  });

  it('says that the driver aligned the body to four bytes', () => {
    const frame = bytes(QOS_HEADER, zeros(2), llcSnap(0x0800, ipv4()));
    expectRequest(bytes(radiotap([2], bytes(0x20)), frame), RADIOTAP);
    // The flags stand behind the time stamp, which is aligned to eight bytes.
    expectRequest(bytes(radiotap([0x80000003, 0], bytes(zeros(4), zeros(8), 0x20)), frame), RADIOTAP);
  });

  it('says that a check sequence ends the frame, which is no payload', () => {
    // Total length 0: only the end of the frame tells where the segment ends.
    const frame = bytes(0x08, 1, u16(0), ADDRESSES, llcSnap(0x0800, ipv4(undefined, { totalLength: 0 })));
    const packet = bytes(radiotap([2], bytes(0x10)), frame, 'FCS!');
    expect(decode(packet, { linkType: RADIOTAP }).segment.data).toBe(REQUEST);
  });

  it('of a length that cannot be is counted', () => {
    for (const length of [0, 7, 500]) {
      const notes = decode(bytes(0, 0, le16(length), le32(0), FRAME), { linkType: RADIOTAP });
      expect([...notes.decoder.anomalies]).toEqual([['radiotap-header-length', 1]]);
    }
  });
});

describe.each([PRISM, AVS])('link type %i', (linkType) => {
  it('has a Prism header in either byte order, an AVS header, or none', () => {
    expectRequest(bytes(le32(0x44), le32(144), zeros(136), FRAME), linkType);
    expectRequest(bytes(u32(0x44), u32(144), zeros(136), FRAME), linkType);
    expectRequest(bytes(u32(0x80211001), u32(64), zeros(56), FRAME), linkType);
    expectRequest(FRAME, linkType);
  });

  it('counts an AVS header shorter than itself', () => {
    const notes = decode(bytes(u32(0x80211001), u32(4), FRAME), { linkType });
    expect([...notes.decoder.anomalies]).toEqual([['prism-header-length', 1]]);
  });
});
