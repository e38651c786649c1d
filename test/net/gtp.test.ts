import { describe, expect, it } from 'vitest';
import { bytes, decode, expectRequest, ipv4, ipv6, LINKTYPE_IPV4, u16, u32, udpTunnel, zeros } from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };

function gtp(flags: number, optional: Uint8Array, payload: Uint8Array, type = 255): Uint8Array {
  return udpTunnel(2152, bytes(flags, type, u16(optional.length + payload.length), u32(1), optional, payload));
}

describe('GTP user plane', () => {
  it('carries IP of either version', () => {
    expectRequest(gtp(0x30, zeros(0), ipv4()), LINKTYPE_IPV4);
    expect(decode(gtp(0x30, zeros(0), ipv6()), IP4).segment.family).toBe(6);
  });

  it('has all optional fields where one is announced', () => {
    expectRequest(gtp(0x32, zeros(4), ipv4()), LINKTYPE_IPV4);
    expectRequest(gtp(0x31, bytes(0, 0, 0, 0x85), ipv4()), LINKTYPE_IPV4);
  });

  it('passes extension headers, each of which names the next', () => {
    const extensions = bytes(0, 0, 0, 0x85, 1, 0, 9, 0xc0, 2, zeros(6), 0);
    expectRequest(gtp(0x34, extensions, ipv4()), LINKTYPE_IPV4);
  });

  it('with an extension header of length 0 is counted', () => {
    const notes = decode(gtp(0x34, bytes(0, 0, 0, 0x85, 0, zeros(3)), ipv4()), IP4);
    expect([...notes.decoder.anomalies]).toEqual([['gtp-extension-length', 1]]);
  });

  it('of version 0 has a longer header', () => {
    const packet = udpTunnel(3386, bytes(0x1e, 255, u16(ipv4().length), zeros(16), ipv4()));
    expectRequest(packet, LINKTYPE_IPV4);
  });

  it('has other messages, which carry no packet', () => {
    const notes = decode(gtp(0x32, zeros(4), ipv4(), 1), IP4);
    expect(notes.segments).toEqual([]);
    expect(notes.decoder.anomalies.size).toBe(0);
  });
});
