import { describe, expect, it } from 'vitest';
import { bytes, decode, expectRequest, ipv4, ipv6, le32, u16, u32, zeros } from './packets.js';

const NULL = 0;
const LOOP = 108;

describe('BSD loopback', () => {
  it('has its address family in either byte order', () => {
    expect(expectRequest(bytes(u32(2), ipv4()), NULL).mac).toBe(-1);
    expectRequest(bytes(le32(2), ipv4()), NULL);
    expectRequest(bytes(u32(2), ipv4()), LOOP);
  });

  it.each([10, 23, 24, 28, 30])('knows IPv6 as family %i of some system', (family) => {
    expect(decode(bytes(le32(family), ipv6()), { linkType: NULL }).segment.family).toBe(6);
    expect(decode(bytes(u32(family), ipv6()), { linkType: NULL }).segment.family).toBe(6);
  });

  it('may hold an EtherType or a PPP frame', () => {
    expectRequest(bytes(u32(0x0800), ipv4()), NULL);
    expectRequest(bytes(u16(0xff03), u16(0x0021), ipv4()), NULL);
  });

  it('is on OpenBSD under the number that is raw IP elsewhere', () => {
    expectRequest(bytes(u32(2), ipv4()), 12);
    expect(decode(bytes(u32(24), ipv6()), { linkType: 12 }).segment.family).toBe(6);
  });

  it('of other families is not TCP', () => {
    for (const family of [0, 1, 7, 0xffffffff]) {
      expect(decode(bytes(u32(family), zeros(40)), { linkType: NULL }).decoder.nonTcpPackets).toBe(1);
    }
  });
});
