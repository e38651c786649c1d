import { describe, expect, it } from 'vitest';
import {
  bytes,
  decode,
  ethernet,
  expectRequest,
  ipv4,
  LINKTYPE_IPV4,
  llcSnap,
  u16,
  udpTunnel,
  zeros,
} from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };
const FRAME = ethernet(0x0800, ipv4());

describe('TZSP', () => {
  it('streams Ethernet and 802.11 frames behind its tags', () => {
    expectRequest(udpTunnel(37_008, bytes(1, 0, u16(1), 1, FRAME)), LINKTYPE_IPV4);
    expectRequest(udpTunnel(37_008, bytes(1, 0, u16(1), 0, 10, 2, zeros(2), 0, 1, FRAME)), LINKTYPE_IPV4);
    const wireless = bytes(8, 1, zeros(22), llcSnap(0x0800, ipv4()));
    expectRequest(udpTunnel(37_008, bytes(1, 0, u16(18), 1, wireless)), LINKTYPE_IPV4);
  });

  it('without an end of its tags is counted', () => {
    expect([...decode(udpTunnel(37_008, bytes(1, 0, u16(1), 10, 200)), IP4).decoder.anomalies]).toEqual([
      ['tzsp-header-cut', 1],
    ]);
  });

  it('has other messages, which carry nothing', () => {
    expect(decode(udpTunnel(37_008, bytes(1, 4, u16(1), 1, FRAME)), IP4).segments).toEqual([]);
  });
});
