import { describe, expect, it } from 'vitest';
import {
  bytes,
  decode,
  ethernet,
  expectRequest,
  ipv4,
  ipv6,
  LINKTYPE_IPV4,
  tunnel,
  u16,
  u32,
  udpTunnel,
  zeros,
} from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };
const PPP = bytes(u16(0xff03), u16(0x0021), ipv4());

function l2tp(flags: number, ...rest: readonly Uint8Array[]): Uint8Array {
  return udpTunnel(1701, bytes(u16(flags), ...rest));
}

describe('L2TP', () => {
  it('has length, sequence numbers and offset where its flags say', () => {
    const ids = u32(0x00010002);
    expectRequest(l2tp(0x0002, ids, PPP), LINKTYPE_IPV4);
    expectRequest(bytes(l2tp(0x4002, u16(8 + PPP.length), ids, PPP)), LINKTYPE_IPV4);
    expectRequest(l2tp(0x0802, ids, u32(1), PPP), LINKTYPE_IPV4);
    expectRequest(l2tp(0x0202, ids, u16(3), zeros(3), PPP), LINKTYPE_IPV4);
    expectRequest(l2tp(0x4a02, u16(14 + PPP.length), ids, u32(1), u16(0), PPP), LINKTYPE_IPV4);
  });

  it('has control messages and keep-alives, which carry nothing', () => {
    for (const packet of [l2tp(0xc802, u16(12), u32(1), u32(1), zeros(20)), l2tp(0x0002, u32(1))]) {
      const notes = decode(packet, IP4);
      expect(notes.segments).toEqual([]);
      expect(notes.decoder.anomalies.size).toBe(0);
    }
  });

  it('with an offset beyond the packet is counted', () => {
    expect([...decode(l2tp(0x0202, u32(1), u16(9000), PPP), IP4).decoder.anomalies]).toEqual([['l2tp-header-cut', 1]]);
  });
});

describe('L2TP version 3', () => {
  const SESSION = u32(77);
  const FRAME = ethernet(0x0800, ipv4());
  const AGREED = {
    nothing: zeros(0),
    'a sublayer': u32(0x4000_0001),
    'a cookie': bytes(u32(0x1234_5678), u32(0x9abc_def0)),
    'a cookie and a sublayer': bytes(u32(0x1234_5678), u32(0x9abc_def0), u32(0x4000_0001)),
  };

  it.each(Object.entries(AGREED))('finds the frame behind %s, over IP and UDP', (_, agreed) => {
    expectRequest(tunnel(115, bytes(SESSION, agreed, FRAME)), LINKTYPE_IPV4);
    expectRequest(udpTunnel(1701, bytes(u16(3), u16(0), SESSION, agreed, FRAME)), LINKTYPE_IPV4);
  });

  it('finds it by tags and IPv6 as well', () => {
    const tagged = ethernet(0x8100, bytes(u16(12), u16(0x86dd), ipv6()));
    expect(decode(tunnel(115, bytes(SESSION, tagged)), IP4).segment).toMatchObject({ family: 6, vlan: 12 });
  });

  it('has control messages, and other frames, which are not TCP', () => {
    for (const content of [bytes(u32(0), FRAME), bytes(SESSION, u32(0xff03_0021), ipv4()), SESSION]) {
      const notes = decode(tunnel(115, content), IP4);
      expect(notes.segments).toEqual([]);
      expect(notes.decoder.anomalies.size).toBe(0);
    }
  });
});
