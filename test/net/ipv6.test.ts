import { describe, expect, it } from 'vitest';
import {
  bytes,
  decode,
  expectSafeAtEveryLength,
  ipv4,
  ipv6,
  LINKTYPE_IPV6,
  REQUEST,
  SERVER6,
  tcp,
  u16,
  u32,
  zeros,
} from './packets.js';

const options = { linkType: LINKTYPE_IPV6 };

const THE_REQUEST = {
  family: 6,
  source0: 0x20010db8,
  source1: 0,
  source2: 0,
  source3: 1,
  destination0: 0xf0010db8,
  destination3: 2,
  sourcePort: 54_321,
  data: REQUEST,
  payloadLength: REQUEST.length,
};

function anomalies(packet: Uint8Array): string[] {
  return [...decode(packet, options).decoder.anomalies.keys()];
}

function expectRequest(packet: Uint8Array): void {
  expect(decode(packet, options).segment).toMatchObject(THE_REQUEST);
  expectSafeAtEveryLength(packet, LINKTYPE_IPV6);
}

describe('IPv6', () => {
  it('gives addresses as four words and the hop limit; it has no identification', () => {
    expect(decode(ipv6(), options).segment).toMatchObject({ ...THE_REQUEST, ttl: 61, ipId: -1 });
    expectSafeAtEveryLength(ipv6(), LINKTYPE_IPV6);
  });

  it('ends where its payload length says', () => {
    expectRequest(bytes(ipv6(), 'trailer'));
  });

  it('of payload length 0 is a jumbogram or was left to the interface to cut up', () => {
    expectRequest(ipv6(tcp(), { payloadLength: 0 }));
    const jumbo = bytes(6, 0, 0xc2, 4, u32(8 + tcp().length), tcp());
    expectRequest(ipv6(jumbo, { next: 0, payloadLength: 0 }));
  });

  it('passes hop-by-hop and destination options, routing, mobility and authentication headers in any order', () => {
    const options8 = (next: number): Uint8Array => bytes(next, 0, 1, 4, zeros(4));
    expectRequest(ipv6(bytes(options8(60), options8(6), tcp()), { next: 0 }));
    expectRequest(ipv6(bytes(60, 1, zeros(14), options8(6), tcp()), { next: 135 }));
    expectRequest(ipv6(bytes(60, 4, zeros(2), u32(1), u32(1), zeros(12), options8(6), tcp()), { next: 51 }));
  });

  it('names a source-routed connection by the address in its header, as Wireshark does', () => {
    const routing = bytes(
      6,
      2,
      0,
      1,
      zeros(4),
      SERVER6.map((byte) => byte ^ 1),
    );
    expectRequest(ipv6(bytes(routing, tcp()), { next: 43 }));
  });

  it('takes an atomic fragment for the whole that it is', () => {
    expectRequest(ipv6(bytes(6, 0, u16(0), u32(77), tcp()), { next: 44 }));
  });

  it('with an extension header longer than the packet is counted', () => {
    expect(anomalies(ipv6(bytes(6, 255, zeros(6), tcp()), { next: 0 }))).toEqual(['ipv6-extension-cut']);
    expect(anomalies(ipv6(bytes(6, 255, zeros(10), tcp()), { next: 51 }))).toEqual(['ah-header-cut']);
  });

  it('of another version is counted; IPv4 is read as that', () => {
    expect(anomalies(bytes(0x70, ipv6().subarray(1)))).toEqual(['ipv6-version']);
    expect(decode(bytes(ipv4(), zeros(8)), options).segment.family).toBe(4);
  });

  it('without a next header is not TCP', () => {
    const notes = decode(ipv6(zeros(8), { next: 59 }), options);
    expect(notes.decoder.nonTcpPackets).toBe(1);
    expect(notes.decoder.anomalies.size).toBe(0);
  });
});
