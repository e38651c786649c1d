import { describe, expect, it } from 'vitest';
import { bytes, decode, ethernet, expectRequest, ipv4, ipv6, tunnel, u32, zeros } from './packets.js';

const OUTER = u32(0x00010040);
const BOTTOM = u32(0x00020140);

describe('MPLS', () => {
  it('is a stack of labels whose bottom is marked', () => {
    expectRequest(ethernet(0x8847, bytes(OUTER, OUTER, BOTTOM, ipv4())));
    expectRequest(ethernet(0x8848, bytes(BOTTOM, ipv4())));
  });

  it('tells IPv6 by the first nibble', () => {
    expect(decode(ethernet(0x8847, bytes(BOTTOM, ipv6()))).segment.family).toBe(6);
  });

  it('carries Ethernet pseudowires with and without control word', () => {
    expectRequest(ethernet(0x8847, bytes(BOTTOM, zeros(4), ethernet(0x0800, ipv4()))));
    // Without control word the first nibble is the destination address's: anything but 0, 1, 4 and 6.
    const inner = ethernet(0x0800, ipv4());
    inner[0] = 0x20;
    expectRequest(ethernet(0x8847, bytes(BOTTOM, inner)));
  });

  it.each([0x00, 0x10, 0x45, 0x6c])('carries frames to any address, such as %i:…, without control word', (first) => {
    const inner = ethernet(0x0800, ipv4());
    inner[0] = first;
    expectRequest(ethernet(0x8847, bytes(BOTTOM, inner)));
    inner.set([0x60, 0, 0, 0, 0x10, 0]);
    expectRequest(ethernet(0x8847, bytes(BOTTOM, inner)));
  });

  it('takes IP for a frame in no case where its length is right', () => {
    // A source address that reads like the type of a frame, and what follows it like a version.
    const four = ipv4(undefined, { source: 0x08004201 });
    for (const behind of [zeros(0), zeros(4)])
      expect(decode(ethernet(0x8847, bytes(BOTTOM, four, behind))).segment.source0).toBe(0x08004201);
    const six = ipv6(undefined, { source: bytes(u32(0x20010db8), u32(0x08004200), zeros(8)) });
    expect(decode(ethernet(0x8847, bytes(BOTTOM, six))).segment.family).toBe(6);
  });

  it('also goes over IP', () => {
    expectRequest(ethernet(0x0800, tunnel(137, bytes(BOTTOM, ipv4()))));
  });

  it('with an associated channel, or nothing, under its labels is not TCP', () => {
    expect(decode(ethernet(0x8847, bytes(BOTTOM, u32(0x10000021), zeros(8)))).decoder.nonTcpPackets).toBe(1);
    expect(decode(ethernet(0x8847, BOTTOM)).decoder.nonTcpPackets).toBe(1);
  });

  it('without a bottom is counted', () => {
    expect([...decode(ethernet(0x8847, bytes(OUTER, OUTER))).decoder.anomalies]).toEqual([['mpls-label-cut', 1]]);
  });
});
