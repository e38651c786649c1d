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
  u16,
  u32,
  udpTunnel,
  zeros,
} from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };
const FRAME = ethernet(0x0800, ipv4());

describe('VXLAN', () => {
  it.each([4789, 8472])('on port %i carries a frame, whose address and tag count', (port) => {
    const tagged = ethernet(0x8100, bytes(u16(12), u16(0x0800), ipv4()));
    const packet = ethernet(
      0x8100,
      bytes(u16(5), u16(0x0800), udpTunnel(port, bytes(8, zeros(3), u32(0x100), tagged))),
    );
    expect(expectRequest(packet)).toMatchObject({ mac: CLIENT_MAC_NUMBER, vlan: 12, ttl: 63 });
  });

  it('leaves the outer tag outside', () => {
    const packet = ethernet(0x8100, bytes(u16(5), u16(0x0800), udpTunnel(4789, bytes(8, zeros(7), FRAME))));
    expect(expectRequest(packet).vlan).toBe(-1);
  });

  it('without a network identifier is another protocol on its port', () => {
    expect(decode(udpTunnel(4789, bytes(0, zeros(7), FRAME)), IP4).segments).toEqual([]);
  });

  it('GPE names what it carries', () => {
    const gpe = (next: number, payload: Uint8Array): Uint8Array =>
      udpTunnel(4790, bytes(0x0c, 0, 0, next, zeros(4), payload));
    expectRequest(gpe(1, ipv4()), LINKTYPE_IPV4);
    expect(decode(gpe(2, ipv6()), IP4).segment.family).toBe(6);
    expectRequest(gpe(3, FRAME), LINKTYPE_IPV4);
    expectRequest(gpe(4, bytes(0, 2, 1, 3, zeros(4), FRAME)), LINKTYPE_IPV4);
    expectRequest(gpe(5, bytes(u32(0x140), ipv4())), LINKTYPE_IPV4);
    expect(decode(gpe(6, ipv4()), IP4).segments).toEqual([]);
  });
});
