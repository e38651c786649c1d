import { describe, expect, it } from 'vitest';
import { bytes, CLIENT_MAC, CLIENT_MAC_NUMBER, decode, ethernet, OTHER_MAC, u16, u32, zeros } from './packets.js';

const ARP = 0x0806;
const ASKER = 0x0a000131;
const ASKED = 0x0a000130;

function arp(operation: number, sender: number, target: number, hardware = 1): Uint8Array {
  const addresses = bytes(CLIENT_MAC, u32(sender), operation === 1 ? zeros(6) : OTHER_MAC, u32(target));
  return ethernet(ARP, bytes(u16(hardware), u16(0x0800), 6, 4, u16(operation), addresses));
}

describe('ARP', () => {
  it('shows who asks, and who is asked for', () => {
    expect(decode(arp(1, ASKER, ASKED)).signs).toEqual([
      { packet: 1, atNs: 1000, address: '10.0.1.49', kind: 'neighbour', mac: CLIENT_MAC_NUMBER },
      { packet: 1, atNs: 1000, address: '10.0.1.48', kind: 'asked', mac: null },
    ]);
  });

  it('shows who answers', () => {
    expect(decode(arp(2, ASKED, ASKER)).signs).toEqual([
      { packet: 1, atNs: 1000, address: '10.0.1.48', kind: 'neighbour', mac: CLIENT_MAC_NUMBER },
    ]);
  });

  it('asks for nobody where a host announces its own address, and has no sender where it looks whether one is free', () => {
    expect(decode(arp(1, ASKED, ASKED)).signs.map(({ kind }) => kind)).toEqual(['neighbour']);
    expect(decode(arp(1, 0, ASKED)).signs.map(({ kind }) => kind)).toEqual(['asked']);
  });

  it('is not read where it is of another kind of network, another operation, or cut', () => {
    for (const packet of [arp(1, ASKER, ASKED, 6), arp(3, ASKER, ASKED), arp(1, ASKER, ASKED).subarray(0, 14 + 27)]) {
      const { decoder, signs } = decode(packet);
      expect(signs).toEqual([]);
      expect([...decoder.anomalies.keys()]).toEqual([]);
    }
  });
});
