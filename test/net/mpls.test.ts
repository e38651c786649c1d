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
