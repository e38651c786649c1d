import { describe, expect, it } from 'vitest';
import { bytes, decode, ethernet, expectRequest, ipv4, llcSnap, u16, zeros } from './packets.js';

function frame(llc: Uint8Array): Uint8Array {
  return ethernet(llc.length, llc);
}

describe('LLC', () => {
  it('with SNAP carries an EtherType, in the OUI of RFC 1042 and in that of 802.1H', () => {
    expectRequest(frame(llcSnap(0x0800, ipv4())));
    expectRequest(frame(bytes(0xaa, 0xaa, 3, 0, 0, 0xf8, u16(0x0800), ipv4())));
  });

  it('has an access point of its own for IP', () => {
    expectRequest(frame(bytes(6, 6, 3, ipv4())));
  });

  it('bridges whole Ethernet frames in the OUI of 802.1', () => {
    expectRequest(frame(bytes(0xaa, 0xaa, 3, 0, 0x80, 0xc2, u16(7), ethernet(0x0800, ipv4()))));
  });

  it.each([
    ['spanning tree', bytes(0x42, 0x42, 3, zeros(35))],
    ['an information frame', bytes(0xaa, 0xaa, 0, zeros(8))],
    ["a vendor's protocol", bytes(0xaa, 0xaa, 3, 0, 0, 0x0c, u16(0x2000), zeros(20))],
  ])('of %s is not TCP', (_, llc) => {
    const notes = decode(frame(llc));
    expect(notes.decoder.nonTcpPackets).toBe(1);
    expect(notes.decoder.anomalies.size).toBe(0);
  });
});
