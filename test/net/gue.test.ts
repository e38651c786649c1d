import { describe, expect, it } from 'vitest';
import { bytes, decode, expectRequest, ipv4, ipv6, LINKTYPE_IPV4, tcp, u16, u32, udpTunnel, zeros } from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };

describe('GUE', () => {
  it('has a header that names an IP protocol, or none before IP', () => {
    expectRequest(udpTunnel(6080, bytes(0, 4, u16(0), ipv4())), LINKTYPE_IPV4);
    expectRequest(udpTunnel(6080, bytes(2, 4, u16(0), zeros(8), ipv4())), LINKTYPE_IPV4);
    expectRequest(udpTunnel(6080, ipv4()), LINKTYPE_IPV4);
    expect(decode(udpTunnel(6080, ipv6()), IP4).segment.family).toBe(6);
    expect(decode(udpTunnel(6080, bytes(0, 6, u16(0), tcp())), IP4).segment.sourcePort).toBe(54_321);
  });

  it('has control messages and other variants, which are not TCP', () => {
    for (const first of [0x20, 0x80, 0xc0])
      expect(decode(udpTunnel(6080, bytes(first, 4, u16(0), ipv4())), IP4).segments).toEqual([]);
  });
});

describe('LISP', () => {
  it('has eight bytes before the packet', () => {
    expectRequest(udpTunnel(4341, bytes(0xc0, zeros(3), u32(1), ipv4())), LINKTYPE_IPV4);
    expect(decode(udpTunnel(4341, bytes(zeros(8), ipv6())), IP4).segment.family).toBe(6);
  });
});
