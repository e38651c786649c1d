import { describe, expect, it } from 'vitest';
import { bytes, decode, ethernet, expectRequest, ipv4, u16, u32, zeros } from './packets.js';

const CHECK_VALUE = zeros(16);

describe('MACsec', () => {
  it('without encryption has the frame’s own type behind its tag, and a check value behind all', () => {
    expectRequest(ethernet(0x88e5, bytes(0x00, 0, u32(1), u16(0x0800), ipv4(), CHECK_VALUE)));
    expectRequest(ethernet(0x88e5, bytes(0x20, 0, u32(1), zeros(8), u16(0x0800), ipv4(), CHECK_VALUE)));
    const tagged = bytes(0x00, 0, u32(1), u16(0x8100), u16(12), u16(0x0800), ipv4(), CHECK_VALUE);
    expect(expectRequest(ethernet(0x88e5, tagged)).vlan).toBe(12);
  });

  it.each([0x0c, 0x2c, 0x08, 0x04])(
    'with control bits %i holds nothing to read, and is said to be there',
    (control) => {
      const notes = decode(ethernet(0x88e5, bytes(control, 0, u32(1), zeros(8), u16(0x0800), ipv4(), CHECK_VALUE)));
      expect([notes.segments, [...notes.decoder.anomalies]]).toEqual([[], [['macsec-encrypted', 1]]]);
    },
  );
});
