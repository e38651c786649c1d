import { describe, expect, it } from 'vitest';
import {
  bytes,
  CLIENT_MAC,
  CLIENT_MAC_NUMBER,
  decode,
  expectRequest,
  ipv4,
  ipv6,
  llcSnap,
  OTHER_MAC,
  u16,
  zeros,
} from './packets.js';

const TOKEN_RING = 6;
const ARCNET = 7;
const FDDI = 10;
const FRAME_RELAY = 107;
const ARCNET_LINUX = 129;
const OTHER_MAC_NUMBER = 0x02000000000b;

const IP_IN_LLC = llcSnap(0x0800, ipv4());

describe('token ring', () => {
  it('carries LLC', () => {
    const plain = bytes(0x7f & 0x42, ...CLIENT_MAC.subarray(1));
    expect(plain[0]).toBe(0x42);
    expect(expectRequest(bytes(0x10, 0x40, OTHER_MAC, plain, IP_IN_LLC), TOKEN_RING).macTo).toBe(OTHER_MAC_NUMBER);
  });

  it('has routing information where the source address says so', () => {
    const routed = bytes(0x80, zeros(5));
    expectRequest(bytes(0x10, 0x40, OTHER_MAC, routed, u16(0x0600), zeros(4), IP_IN_LLC), TOKEN_RING);
  });

  it('of ring maintenance is not TCP', () => {
    expect(decode(bytes(0x10, 0x00, OTHER_MAC, OTHER_MAC, IP_IN_LLC), { linkType: TOKEN_RING }).segments).toEqual([]);
  });
});

describe('FDDI', () => {
  it('carries LLC in frames of its classes for it', () => {
    const { mac, macTo } = expectRequest(bytes(0x57, OTHER_MAC, CLIENT_MAC, IP_IN_LLC), FDDI);
    expect([mac, macTo]).toEqual([CLIENT_MAC_NUMBER, OTHER_MAC_NUMBER]);
    expect(decode(bytes(0x41, OTHER_MAC, CLIENT_MAC, IP_IN_LLC), { linkType: FDDI }).segments).toEqual([]);
  });
});

describe('ARCNET', () => {
  it('carries IP in the short header of RFC 1051 and the longer of RFC 1201', () => {
    expectRequest(bytes(1, 2, 0xf0, ipv4()), ARCNET);
    expectRequest(bytes(1, 2, 0, 0, 0xf0, ipv4()), ARCNET_LINUX);
    expectRequest(bytes(1, 2, 0xd4, 0, u16(1), ipv4()), ARCNET);
    expectRequest(bytes(1, 2, 0xd4, 0xff, u16(0xffff), 0xd4, 0, u16(1), ipv4()), ARCNET);
  });

  it('cut into pieces is counted', () => {
    const notes = decode(bytes(1, 2, 0xd4, 3, u16(1), ipv4()), { linkType: ARCNET });
    expect([...notes.decoder.anomalies]).toEqual([['arcnet-fragment', 1]]);
  });
});

describe('frame relay', () => {
  it('has addresses of two to four bytes', () => {
    expectRequest(bytes(0x18, 0x41, 3, 0xcc, ipv4()), FRAME_RELAY);
    expectRequest(bytes(0x18, 0x40, 0x40, 0x41, 3, 0xcc, ipv4()), FRAME_RELAY);
    const endless = decode(bytes(0, 0, 0, 0, 0, zeros(20)), { linkType: FRAME_RELAY });
    expect([...endless.decoder.anomalies]).toEqual([['frame-relay-address', 1]]);
  });

  it('carries IPv6, SNAP after a byte of padding, and in Cisco form an EtherType', () => {
    expect(decode(bytes(0x18, 0x41, 3, 0x8e, ipv6()), { linkType: FRAME_RELAY }).segment.family).toBe(6);
    expectRequest(bytes(0x18, 0x41, 3, 0, 0x80, 0, 0, 0, u16(0x0800), ipv4()), FRAME_RELAY);
    expectRequest(bytes(0x18, 0x41, u16(0x0800), ipv4()), FRAME_RELAY);
  });
});

describe('IP over Fibre Channel and FireWire', () => {
  it('have addresses of eight bytes', () => {
    const packet = bytes(zeros(2), OTHER_MAC, zeros(2), CLIENT_MAC, IP_IN_LLC);
    expect(expectRequest(packet, 122).mac).toBe(CLIENT_MAC_NUMBER);
    expectRequest(bytes(zeros(16), u16(0x0800), ipv4()), 138);
  });
});
