import { describe, expect, it } from 'vitest';
import { bytes, CLIENT_MAC_NUMBER, decode, ethernet, expectRequest, ipv4, ipv6, u16, u32, zeros } from './packets.js';

const ETHER = 178;
const FRAME = ethernet(0x0800, ipv4());

function junos(flags: number, ...rest: readonly Uint8Array[]): Uint8Array {
  return bytes('MGC', flags, ...rest);
}

describe('captures of Junos', () => {
  it('tell the direction before the frame', () => {
    expect(expectRequest(junos(1, FRAME), ETHER)).toMatchObject({ direction: 'inbound', mac: CLIENT_MAC_NUMBER });
    expect(expectRequest(junos(0, FRAME), ETHER).direction).toBe('outbound');
  });

  it('may have extensions, of the length that stands before them', () => {
    expectRequest(junos(0x81, u16(6), bytes(3, 1, 14, 2, 1, 14), FRAME), ETHER);
    expectRequest(junos(0x80, u16(0), FRAME), ETHER);
    expect([...decode(junos(0x80, u16(9000), FRAME), { linkType: ETHER }).decoder.anomalies]).toEqual([
      ['juniper-header-cut', 1],
    ]);
  });

  it.each([ETHER, 179])('may have IP in place of the frame (%i)', (linkType) => {
    expectRequest(junos(3, bytes(2, zeros(3)), ipv4()), linkType);
    expect(decode(junos(3, bytes(6, zeros(3)), ipv6()), { linkType }).segment.family).toBe(6);
    const routing = decode(junos(3, bytes(10, zeros(3)), bytes(0x83, zeros(40))), { linkType });
    expect([routing.segments, routing.decoder.anomalies.size]).toEqual([[], 0]);
  });

  it.each([
    ['PPP', 179, bytes(u16(0xff03), u16(0x0021), ipv4())],
    ['frame relay', 180, bytes(u16(0x1841), 3, 0xcc, ipv4())],
    ['Cisco HDLC', 181, bytes(u16(0x0f00), u16(0x0800), ipv4())],
    ['PPPoE', 167, FRAME],
    ['PPPoE over ATM', 168, bytes(u16(0x0800), ipv4())],
    ['a services card', 136, bytes(zeros(8), ipv4())],
    ['GGSN', 133, bytes(zeros(8), ipv4())],
    ['a monitor', 164, bytes(zeros(8), ipv4())],
  ])('of %s hold its frames', (_, linkType, frame) => {
    expectRequest(junos(1, frame), linkType);
  });

  it('without the magic number are counted', () => {
    expect([...decode(bytes(u32(0), FRAME), { linkType: ETHER }).decoder.anomalies]).toEqual([['juniper-magic', 1]]);
  });
});
