import { describe, expect, it } from 'vitest';
import {
  bytes,
  decode,
  expectRequest,
  expectSafeAtEveryLength,
  ipv4,
  ipv6,
  LINKTYPE_IPV4,
  REQUEST,
  tcp,
  zeros,
} from './packets.js';

const options = { linkType: LINKTYPE_IPV4 };

function anomalies(packet: Uint8Array): string[] {
  return [...decode(packet, options).decoder.anomalies.keys()];
}

describe('IPv4', () => {
  it('gives addresses as unsigned words, TTL and identification', () => {
    const packet = ipv4(tcp(), { source: 0xffffffff, destination: 0x80000000, ttl: 255, id: 0xffff });
    expect(decode(packet, options).segment).toMatchObject({
      source0: 0xffffffff,
      source1: 0,
      destination0: 0x80000000,
      ttl: 255,
      ipId: 0xffff,
    });
  });

  it('passes options', () => {
    expectRequest(ipv4(tcp(), { options: bytes(0x94, 4, 0, 0, zeros(36)) }), LINKTYPE_IPV4);
  });

  it('ends where its total length says: what follows is a trailer', () => {
    expectRequest(bytes(ipv4(), 'trailer'), LINKTYPE_IPV4);
  });

  it('of total length 0 was left to the interface to cut up, and goes as far as the packet', () => {
    expect(decode(ipv4(tcp(), { totalLength: 0 }), options).segment).toMatchObject({ data: REQUEST });
    const cut = decode(ipv4(tcp(), { totalLength: 0 }), { ...options, originalLength: 5000 });
    expect(cut.segment.payloadLength).toBe(5000 - 40);
  });

  it('with a total length beyond the packet goes as far as the packet did on the wire', () => {
    expect(decode(ipv4(tcp(), { totalLength: 9000 }), options).segment.payloadLength).toBe(REQUEST.length);
  });

  it('cut by the snap length still says how much payload there was', () => {
    const packet = ipv4(tcp());
    const notes = decode(packet.subarray(0, 43), { ...options, originalLength: packet.length });
    expect(notes.segment).toMatchObject({ data: 'GET', payloadLength: REQUEST.length });
  });

  it('whose version, header length or total length cannot be is counted by name', () => {
    expect(anomalies(bytes(0x55, ipv4().subarray(1)))).toEqual(['ipv4-version']);
    expect(anomalies(ipv4(tcp(), { headerLength: 4 }))).toEqual(['ipv4-header-length']);
    expect(anomalies(ipv4(tcp(), { totalLength: 19 }))).toEqual(['ipv4-total-length']);
    expect(anomalies(ipv4().subarray(0, 19))).toEqual(['ipv4-header-cut']);
    expect(anomalies(ipv4(zeros(0), { headerLength: 15, totalLength: 60 }))).toEqual(['ipv4-header-cut']);
  });

  it('that is IPv6 after all is read as that', () => {
    expect(decode(ipv6(), options).segment.family).toBe(6);
  });

  it('is safe at every header length and every cut', () => {
    for (let headerLength = 0; headerLength < 16; headerLength += 1) {
      const packet = ipv4(tcp(), { headerLength, protocol: 17 });
      expectSafeAtEveryLength(packet, LINKTYPE_IPV4);
    }
  });
});
