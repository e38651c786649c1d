import { describe, expect, it } from 'vitest';
import { MAX_LAYERS } from '../../src/net/decoder.js';
import {
  bytes,
  CLIENT_MAC_NUMBER,
  decode,
  ethernet,
  expectRequest,
  ipv4,
  OTHER_MAC,
  u16,
  u32,
  zeros,
} from './packets.js';

const INNER = ethernet(0x0800, ipv4());

describe('EtherTypes', () => {
  it('802.1Q gives the VLAN without its priority bits', () => {
    const frame = ethernet(0x8100, bytes(u16(0xe000 | 42), u16(0x0800), ipv4()));
    expect(expectRequest(frame).vlan).toBe(42);
  });

  it.each([0x88a8, 0x9100, 0x9200, 0x8100])('of two tags (outer type %i) the inner VLAN counts', (outer) => {
    const frame = ethernet(outer, bytes(u16(7), u16(0x8100), u16(4095), u16(0x0800), ipv4()));
    expect(expectRequest(frame).vlan).toBe(4095);
  });

  it('a VLAN tag before a length is 802.3 all the same', () => {
    const llc = bytes(0xaa, 0xaa, 3, 0, 0, 0, u16(0x0800), ipv4());
    expectRequest(ethernet(0x8100, bytes(u16(7), u16(llc.length), llc)));
  });

  it('802.1ah wraps a whole frame, whose own address and tag count', () => {
    const frame = ethernet(0x88e7, bytes(u32(1), INNER), OTHER_MAC);
    expect(expectRequest(frame)).toMatchObject({ mac: CLIENT_MAC_NUMBER, vlan: -1 });
  });

  it('VN-tag, 802.1BR and Cisco MetaData stand before a further type', () => {
    expectRequest(ethernet(0x8926, bytes(zeros(4), u16(0x0800), ipv4())));
    expectRequest(ethernet(0x893f, bytes(zeros(6), u16(0x0800), ipv4())));
    expectRequest(ethernet(0x8909, bytes(1, 1, zeros(4), u16(0x0800), ipv4())));
  });

  it('tags of redundant networks stand before a further type', () => {
    expectRequest(ethernet(0x892f, bytes(u16(0x0040), u16(7), u16(0x0800), ipv4())));
    expectRequest(ethernet(0xf1c1, bytes(u16(0), u16(7), u16(0x8100), u16(12), u16(0x0800), ipv4())));
  });

  it('FabricPath and TRILL wrap a whole frame', () => {
    expect(expectRequest(ethernet(0x8903, bytes(u16(0x0420), INNER), OTHER_MAC)).mac).toBe(CLIENT_MAC_NUMBER);
    expectRequest(ethernet(0x22f3, bytes(u16(0x0003), u16(5), u16(6), INNER)));
    expectRequest(ethernet(0x22f3, bytes(u16(0x0083), u16(5), u16(6), zeros(8), INNER)));
  });

  it('the time that Arista puts in has 64 or 48 bits; what else it puts in is not TCP', () => {
    expectRequest(ethernet(0xd28b, bytes(u16(1), u16(0x0110), zeros(8), u16(0x0800), ipv4())));
    expectRequest(ethernet(0xd28b, bytes(u16(1), u16(0x0021), zeros(6), u16(0x0800), ipv4())));
    for (const head of [bytes(u16(0xcafe), u16(1)), bytes(u16(1), u16(0x0001))])
      expect(decode(ethernet(0xd28b, bytes(head, zeros(8), u16(0x0800), ipv4()))).segments).toEqual([]);
  });

  it('the network service header names what follows', () => {
    expectRequest(ethernet(0x894f, bytes(0x00, 0x02, 2, 1, zeros(4), ipv4())));
  });

  it('anything else is not TCP', () => {
    const notes = decode(ethernet(0x0806, zeros(28)));
    expect(notes.decoder.nonTcpPackets).toBe(1);
    expect(notes.decoder.anomalies.size).toBe(0);
  });

  it('tags are read up to the nesting bound', () => {
    const tags = (count: number): Uint8Array =>
      ethernet(0x8100, bytes(...Array.from({ length: count }, () => bytes(u16(1), u16(0x8100)))));
    // The first tag is announced by the frame, and what follows the last is read too, as a tag cut off.
    expect([...decode(tags(MAX_LAYERS - 1)).decoder.anomalies.keys()]).toEqual(['vlan-tag-cut']);
    expect([...decode(tags(MAX_LAYERS)).decoder.anomalies.keys()]).toEqual(['nesting-too-deep']);
  });
});
