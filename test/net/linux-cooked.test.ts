import { describe, expect, it } from 'vitest';
import {
  bytes,
  CLIENT_MAC,
  CLIENT_MAC_NUMBER,
  decode,
  expectRequest,
  ipv4,
  llcSnap,
  u16,
  u32,
  zeros,
} from './packets.js';

const SLL = 113;
const SLL2 = 276;

function sll(packetType: number, protocol: number, payload: Uint8Array, hardware = 1): Uint8Array {
  return bytes(u16(packetType), u16(hardware), u16(6), CLIENT_MAC, zeros(2), u16(protocol), payload);
}

function sll2(packetType: number, protocol: number, payload: Uint8Array, hardware = 1): Uint8Array {
  return bytes(u16(protocol), zeros(2), u32(3), u16(hardware), packetType, 6, CLIENT_MAC, zeros(2), payload);
}

describe.each([
  ['SLL', SLL, sll],
  ['SLL2', SLL2, sll2],
])('Linux cooked capture, %s', (_, linkType, cooked) => {
  it.each([
    [0, 'inbound'],
    [1, 'inbound'],
    [2, 'inbound'],
    [3, 'inbound'],
    [4, 'outbound'],
  ])('packet type %i is %s', (packetType, direction) => {
    expect(expectRequest(cooked(packetType, 0x0800, ipv4()), linkType)).toMatchObject({
      direction,
      mac: CLIENT_MAC_NUMBER,
    });
  });

  it('leaves the direction to pcapng where that says one', () => {
    const notes = decode(cooked(4, 0x0800, ipv4()), { linkType, direction: 'inbound' });
    expect(notes.segment.direction).toBe('inbound');
  });

  it('does not know the direction of a packet type that is neither', () => {
    expect(decode(cooked(5, 0x0800, ipv4()), { linkType }).segment.direction).toBe(null);
  });

  it('has VLAN tags and LLC as Ethernet does', () => {
    expect(expectRequest(cooked(0, 0x8100, bytes(u16(99), u16(0x0800), ipv4())), linkType).vlan).toBe(99);
    expectRequest(cooked(0, 4, llcSnap(0x0800, ipv4())), linkType);
  });

  it('of netlink is not TCP, whatever its protocol field says', () => {
    expect(decode(cooked(0, 0x0800, ipv4(), 824), { linkType }).segments).toEqual([]);
  });
});

describe('a cooked capture whose interface has no link-layer address', () => {
  it('has no source address', () => {
    const packet = bytes(u16(0), u16(65_534), u16(0), zeros(8), u16(0x0800), ipv4());
    expect(decode(packet, { linkType: SLL }).segment.mac).toBe(-1);
  });
});
