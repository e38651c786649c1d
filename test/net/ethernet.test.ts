import { describe, expect, it } from 'vitest';
import {
  bytes,
  CLIENT_MAC_NUMBER,
  decode,
  ethernet,
  expectRequest,
  ipv4,
  ipv6,
  llcSnap,
  OTHER_MAC,
  REQUEST,
  tcp,
  u16,
  u32,
  zeros,
} from './packets.js';

describe('Ethernet', () => {
  it('carries IPv4, and its source address is a 48-bit number', () => {
    const segment = expectRequest(ethernet(0x0800, ipv4()));
    expect(segment).toMatchObject({ mac: CLIENT_MAC_NUMBER, vlan: -1, ttl: 63, ipId: 0x1234 });
  });

  it('carries IPv6', () => {
    expect(decode(ethernet(0x86dd, ipv6())).segment).toMatchObject({ family: 6, data: REQUEST });
  });

  it('pads short frames, and the padding is no payload', () => {
    const frame = bytes(ethernet(0x0800, ipv4(tcp({ data: '' }))), zeros(6));
    expect(decode(frame).segment).toMatchObject({ data: '', payloadLength: 0 });
  });

  it('with a length instead of a type carries LLC, and what lies behind that length is a trailer', () => {
    const llc = llcSnap(0x0800, ipv4());
    expectRequest(bytes(ethernet(llc.length, llc), 'trailer'));
  });

  it('has no meaning between the longest length and the first type', () => {
    const notes = decode(ethernet(1501, ipv4()));
    expect(notes.segments).toEqual([]);
    expect(notes.decoder.nonTcpPackets).toBe(1);
  });

  it('cut within its header is counted', () => {
    expect([...decode(OTHER_MAC).decoder.anomalies]).toEqual([['ethernet-header-cut', 1]]);
  });

  it('of a switch CPU port has the switch tag between source address and type', () => {
    const type = bytes(u16(0x0800), ipv4());
    const addresses = ethernet(0, zeros(0)).subarray(0, 12);
    expect(expectRequest(bytes(addresses, u32(0), type), 281).mac).toBe(CLIENT_MAC_NUMBER);
    expectRequest(bytes(addresses, u32(0), type), 284);
    expectRequest(bytes(addresses, u32(0xdada0000), u32(0), type), 285);
    expectRequest(bytes(u32(0), addresses, type), 282);
  });
});
