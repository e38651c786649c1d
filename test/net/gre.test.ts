import { describe, expect, it } from 'vitest';
import {
  bytes,
  CLIENT_MAC_NUMBER,
  decode,
  ethernet,
  expectRequest,
  ipv4,
  ipv6,
  LINKTYPE_IPV4,
  tunnel,
  u16,
  u32,
  zeros,
} from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };
const FRAME = ethernet(0x0800, ipv4());

function gre(flags: number, type: number, payload: Uint8Array): Uint8Array {
  return tunnel(47, bytes(u16(flags), u16(type), payload));
}

describe('GRE', () => {
  it('has checksum, key and sequence number where its flags say', () => {
    expectRequest(gre(0, 0x0800, ipv4()), LINKTYPE_IPV4);
    for (const [flags, length] of [
      [0x8000, 4],
      [0x2000, 4],
      [0x1000, 4],
      [0xb000, 12],
    ] as const) {
      expectRequest(gre(flags, 0x0800, bytes(zeros(length), ipv4())), LINKTYPE_IPV4);
    }
  });

  it('passes source routes', () => {
    const routes = bytes(u16(0x0800), 0, 4, u32(0x0a000001), zeros(4));
    expectRequest(gre(0x4000, 0x0800, bytes(zeros(4), routes, ipv4())), LINKTYPE_IPV4);
    const endless = gre(0x4000, 0x0800, bytes(zeros(4), u16(0x0800), 0, 255, zeros(40)));
    expect([...decode(endless, IP4).decoder.anomalies]).toEqual([['gre-header-cut', 1]]);
  });

  it('carries IPv6, whole frames, and MPLS', () => {
    expect(decode(gre(0, 0x86dd, ipv6()), IP4).segment.family).toBe(6);
    expect(expectRequest(gre(0, 0x6558, FRAME), LINKTYPE_IPV4).mac).toBe(CLIENT_MAC_NUMBER);
    expectRequest(gre(0, 0x8847, bytes(u32(0x140), ipv4())), LINKTYPE_IPV4);
  });

  it('carries the three types of ERSPAN', () => {
    expectRequest(gre(0, 0x88be, FRAME), LINKTYPE_IPV4);
    expectRequest(gre(0x1000, 0x88be, bytes(u32(1), u32(0x10000000), zeros(4), FRAME)), LINKTYPE_IPV4);
    expectRequest(gre(0x1000, 0x22eb, bytes(u32(1), u32(0x20000000), zeros(8), FRAME)), LINKTYPE_IPV4);
    expectRequest(gre(0x1000, 0x22eb, bytes(u32(1), u32(0x20000000), zeros(7), 1, zeros(8), FRAME)), LINKTYPE_IPV4);
  });

  it('carries WCCP with and without its redirect header', () => {
    expectRequest(gre(0, 0x883e, ipv4()), LINKTYPE_IPV4);
    expectRequest(gre(0, 0x883e, bytes(zeros(4), ipv4())), LINKTYPE_IPV4);
  });

  it('carries 802.11 frames of access points', () => {
    const frame = bytes(8, 1, zeros(22), 0xaa, 0xaa, 3, 0, 0, 0, u16(0x0800), ipv4());
    expectRequest(gre(0, 0x8240, frame), LINKTYPE_IPV4);
  });

  it('in PPTP has a payload length, and its acknowledgements carry nothing', () => {
    const ppp = bytes(u16(0xff03), u16(0x0021), ipv4());
    const header = bytes(u16(ppp.length), u16(7));
    expectRequest(gre(0x3001, 0x880b, bytes(header, u32(1), ppp, 'trailer')), LINKTYPE_IPV4);
    expectRequest(gre(0x3081, 0x880b, bytes(header, u32(1), u32(1), ppp)), LINKTYPE_IPV4);
    const acknowledgement = decode(gre(0x2081, 0x880b, bytes(u16(0), u16(7), u32(1))), IP4);
    expect(acknowledgement.decoder.nonTcpPackets).toBe(1);
    expect(acknowledgement.decoder.anomalies.size).toBe(0);
  });

  it('in EoIP carries a frame, whatever its length field says', () => {
    expectRequest(gre(0x2001, 0x6400, bytes(u16(0x3600), u16(9), FRAME)), LINKTYPE_IPV4);
  });

  it('of another version is not read', () => {
    expect(decode(gre(0x0002, 0x0800, ipv4()), IP4).segments).toEqual([]);
  });
});
