import { describe, expect, it } from 'vitest';
import { bytes, decode, ethernet, expectRequest, ipv4, ipv6, LINKTYPE_IPV4, tunnel, u32, zeros } from './packets.js';

describe('IP protocols', () => {
  it('IPv4 and IPv6 in IPv4: the innermost addresses and TTL count', () => {
    expect(expectRequest(tunnel(4, ipv4()), LINKTYPE_IPV4)).toMatchObject({ ttl: 63, ipId: 0x1234 });
    expect(decode(tunnel(41, ipv6()), { linkType: LINKTYPE_IPV4 }).segment).toMatchObject({
      family: 6,
      ttl: 61,
      ipId: -1,
    });
  });

  it('an IPv4 address leaves nothing of an IPv6 address that was there before', () => {
    const packet = ipv6(ipv4(), { next: 4 });
    expect(decode(packet, { linkType: 229 }).segment).toMatchObject({
      family: 4,
      source1: 0,
      source3: 0,
      destination3: 0,
    });
  });

  it('an authentication header is passed by its length', () => {
    const header = (next: number): Uint8Array => bytes(next, 4, zeros(2), u32(1), u32(1), zeros(12));
    expectRequest(tunnel(51, bytes(header(4), ipv4())), LINKTYPE_IPV4);
    expectRequest(ipv4(bytes(header(6), ipv4().subarray(20)), { protocol: 51 }), LINKTYPE_IPV4);
  });

  it('EtherIP carries a frame', () => {
    expectRequest(tunnel(97, bytes(0x30, 0, ethernet(0x0800, ipv4()))), LINKTYPE_IPV4);
  });

  it('a frame follows segment routing', () => {
    const routing = bytes(143, 2, 4, 0, zeros(4), zeros(16));
    expectRequest(ipv6(bytes(routing, ethernet(0x0800, ipv4())), { next: 43 }), 229);
  });

  it('what ESP encrypts is not TCP, and said to be there', () => {
    const notes = decode(tunnel(50, zeros(64)), { linkType: LINKTYPE_IPV4 });
    expect(notes.decoder.nonTcpPackets).toBe(1);
    expect([...notes.decoder.anomalies]).toEqual([['esp-encrypted', 1]]);
  });

  it('IP in IP in IP without end is given up', () => {
    let packet = ipv4();
    for (let depth = 0; depth < 40; depth += 1) packet = tunnel(4, packet);
    expect([...decode(packet, { linkType: LINKTYPE_IPV4 }).decoder.anomalies]).toEqual([['nesting-too-deep', 1]]);
  });
});
