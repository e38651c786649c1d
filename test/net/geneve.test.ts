import { describe, expect, it } from 'vitest';
import { bytes, decode, ethernet, expectRequest, ipv4, LINKTYPE_IPV4, u16, udpTunnel, zeros } from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };
const FRAME = ethernet(0x0800, ipv4());

function geneve(first: number, type: number, payload: Uint8Array): Uint8Array {
  return udpTunnel(6081, bytes(first, 0, u16(type), zeros(4), payload));
}

describe('GENEVE', () => {
  it('carries frames and packets behind its options', () => {
    expectRequest(geneve(0, 0x6558, FRAME), LINKTYPE_IPV4);
    expectRequest(geneve(0, 0x0800, ipv4()), LINKTYPE_IPV4);
    expectRequest(geneve(63, 0x6558, bytes(zeros(252), FRAME)), LINKTYPE_IPV4);
  });

  it('with options longer than the packet is counted', () => {
    expect([...decode(geneve(63, 0x6558, FRAME), IP4).decoder.anomalies]).toEqual([['geneve-header-cut', 1]]);
  });

  it('of another version is not read', () => {
    expect(decode(geneve(0x40, 0x6558, FRAME), IP4).segments).toEqual([]);
  });
});
