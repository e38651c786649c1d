import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, ethernet, expectRequest, ipv4, ipv6, Notes, zeros } from './packets.js';

const LINK_TYPES = [
  0, 1, 6, 7, 9, 10, 11, 12, 13, 14, 50, 51, 100, 101, 104, 105, 107, 108, 109, 113, 117, 119, 122, 123, 127, 129, 133,
  136, 138, 163, 164, 166, 167, 168, 178, 179, 180, 181, 192, 197, 204, 205, 206, 219, 226, 228, 229, 239, 240, 241,
  242, 258, 274, 276, 281, 282, 284, 285,
];

describe('link types', () => {
  it.each([12, 14, 101])('raw IP (%i) tells its version itself', (linkType) => {
    expectRequest(ipv4(), linkType);
    expect(decode(ipv6(), { linkType }).segment.family).toBe(6);
    if (linkType !== 12) expect([...decode(zeros(40), { linkType }).decoder.anomalies]).toEqual([['ip-version', 1]]);
  });

  it('raw IPv4 and IPv6 have numbers of their own', () => {
    expectRequest(ipv4(), 228);
    expect(decode(ipv6(), { linkType: 229 }).segment.family).toBe(6);
  });

  it('that are not decoded are reported with number and packets', () => {
    const notes = new Notes();
    notes
      .decode(zeros(60), { linkType: 147 })
      .decode(zeros(60), { linkType: 147 })
      .decode(zeros(60), { linkType: 230 });
    notes.decode(ethernet(0x0800, ipv4()));
    expect([...notes.decoder.unknownLinkTypes]).toEqual([
      [147, 2],
      [230, 1],
    ]);
    expect(notes.decoder.packets).toBe(4);
    expect(notes.decoder.nonTcpPackets).toBe(3);
  });

  it.each(LINK_TYPES)('%i never throws, and reads nothing outside the packet, whatever the bytes', (linkType) => {
    const notes = new Notes();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), fc.nat(2000), (packet, more) => {
        notes.decode(packet, { linkType, originalLength: packet.length + more - 100 });
      }),
      { numRuns: 300 },
    );
    expect(notes.decoder.unknownLinkTypes.has(linkType)).toBe(false);
  });
});
