import { describe, expect, it } from 'vitest';
import {
  bytes,
  decode,
  ethernet,
  expectRequest,
  ipv4,
  LINKTYPE_IPV4,
  tunnel,
  u32,
  udp,
  udpTunnel,
  zeros,
} from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };
const VXLAN = bytes(8, zeros(3), u32(0x100), ethernet(0x0800, ipv4()));

describe('UDP', () => {
  it('leads into a tunnel by either port', () => {
    expectRequest(tunnel(17, udp(4789, 49_152, VXLAN)), LINKTYPE_IPV4);
    expectRequest(tunnel(17, udp(49_152, 4789, VXLAN)), LINKTYPE_IPV4);
  });

  it.each([4789, 8472, 48879])('has VXLAN on port %i', (port) => {
    expectRequest(udpTunnel(port, VXLAN), LINKTYPE_IPV4);
  });

  it('also carries MPLS and GRE', () => {
    expectRequest(udpTunnel(6635, bytes(u32(0x140), ipv4())), LINKTYPE_IPV4);
    expectRequest(udpTunnel(4754, bytes(0, 0, 8, 0, ipv4())), LINKTYPE_IPV4);
  });

  it('ends where its length says, and 0 means as far as the packet', () => {
    expectRequest(tunnel(17, bytes(udp(1, 4789, VXLAN), 'trailer')), LINKTYPE_IPV4);
    expectRequest(tunnel(17, udp(1, 4789, VXLAN, 0)), LINKTYPE_IPV4);
  });

  it('of a length below its header is counted', () => {
    const notes = decode(tunnel(17, udp(1, 4789, VXLAN, 7)), IP4);
    expect([...notes.decoder.anomalies]).toEqual([['udp-length', 1]]);
  });

  it('on any other port is not TCP', () => {
    const notes = decode(tunnel(17, udp(5353, 5353, VXLAN)), IP4);
    expect(notes.decoder.nonTcpPackets).toBe(1);
    expect(notes.decoder.anomalies.size).toBe(0);
  });
});
