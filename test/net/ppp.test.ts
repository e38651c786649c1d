import { describe, expect, it } from 'vitest';
import { bytes, decode, ethernet, expectRequest, ipv4, ipv6, u16, u32, zeros } from './packets.js';

const PPP = 9;
const PPP_HDLC = 50;
const PPP_ETHER = 51;
const C_HDLC = 104;

describe('PPP', () => {
  it('may leave out address and control, and the first byte of its protocol', () => {
    expectRequest(bytes(u16(0xff03), u16(0x0021), ipv4()), PPP);
    expectRequest(bytes(u16(0x0021), ipv4()), PPP);
    expectRequest(bytes(0x21, ipv4()), PPP);
    expectRequest(bytes(0x7e, u16(0xff03), u16(0x0021), ipv4()), PPP_HDLC);
  });

  it('carries IPv6 and MPLS', () => {
    expect(decode(bytes(u16(0xff03), u16(0x0057), ipv6()), { linkType: PPP }).segment.family).toBe(6);
    expectRequest(bytes(u16(0xff03), u16(0x0281), u32(0x00020140), ipv4()), PPP);
  });

  it('of other protocols is not TCP', () => {
    expect(decode(bytes(u16(0xff03), u16(0xc021), zeros(10)), { linkType: PPP }).decoder.nonTcpPackets).toBe(1);
  });
});

describe('Cisco HDLC', () => {
  it('has an EtherType, on its own link type and where PPP was expected', () => {
    expectRequest(bytes(0x0f, 0, u16(0x0800), ipv4()), C_HDLC);
    expectRequest(bytes(0x8f, 0, u16(0x0800), ipv4()), PPP_HDLC);
    expectRequest(bytes(u16(0xff03), u16(0x0021), ipv4()), C_HDLC);
  });
});

describe('PPPoE', () => {
  const session = (payload: Uint8Array): Uint8Array => bytes(0x11, 0, u16(7), u16(payload.length), payload);

  it('carries PPP in its session stage; what lies behind its length is padding', () => {
    expectRequest(bytes(ethernet(0x8864, session(bytes(u16(0x0021), ipv4()))), 'padding'));
    expectRequest(session(bytes(u16(0x0021), ipv4())), PPP_ETHER);
  });

  it('carries nothing in its discovery stage, nor under another code', () => {
    expect(decode(ethernet(0x8863, session(zeros(20)))).decoder.anomalies.size).toBe(0);
    expect(decode(ethernet(0x8864, bytes(0x11, 0xa7, u16(7), u16(20), zeros(20)))).decoder.anomalies.size).toBe(0);
  });

  it('of another version is counted', () => {
    const notes = decode(ethernet(0x8864, bytes(0x21, 0, u16(7), u16(20), zeros(20))));
    expect([...notes.decoder.anomalies]).toEqual([['pppoe-version', 1]]);
  });
});
