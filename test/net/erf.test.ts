import { describe, expect, it } from 'vitest';
import { bytes, decode, ethernet, expectRequest, ipv4, ipv6, type Part, REQUEST, u16, u32, zeros } from './packets.js';

const ERF = 197;
const FRAME = ethernet(0x0800, ipv4());
const TYPES = { 2: 'Ethernet', 11: 'colour and Ethernet', 16: 'DSM colour', 20: 'colour and hash' };

function record(type: number, wireLength: number, ...rest: readonly Part[]): Uint8Array {
  return bytes(zeros(8), type, 4, u16(0), u16(0), u16(wireLength), ...rest);
}

describe('records of Endace', () => {
  it.each(Object.entries(TYPES))('of type %s hold a frame (%s) behind two bytes', (type) => {
    expectRequest(record(Number(type), FRAME.length, zeros(2), FRAME), ERF);
  });

  it('may have extension headers, each of which announces the next', () => {
    expectRequest(record(0x82, FRAME.length, 0x85, zeros(7), 0x03, zeros(7), zeros(2), FRAME), ERF);
  });

  it('hold HDLC, PPP and IP', () => {
    expectRequest(record(1, 0, u16(0x0f00), u16(0x0800), ipv4()), ERF);
    expectRequest(record(1, 0, u16(0xff03), u16(0x0021), ipv4()), ERF);
    expectRequest(record(22, 0, ipv4()), ERF);
    expect(decode(record(23, 0, ipv6()), { linkType: ERF }).segment.family).toBe(6);
  });

  it('know how long the frame was that the card cut', () => {
    const cut = record(2, FRAME.length, zeros(2), FRAME.subarray(0, FRAME.length - 5));
    const { segment } = decode(cut, { linkType: ERF });
    expect([segment.data, segment.payloadLength]).toEqual([REQUEST.slice(0, -5), REQUEST.length]);
  });

  it('have trailers and padding, which are not payload', () => {
    expectRequest(record(2, FRAME.length + 4, zeros(2), FRAME, u32(0xdead_beef), zeros(5)), ERF);
  });

  it('of other types are not TCP', () => {
    const notes = decode(record(27, FRAME.length, zeros(2), FRAME), { linkType: ERF });
    expect([notes.segments, notes.decoder.anomalies.size]).toEqual([[], 0]);
  });
});
