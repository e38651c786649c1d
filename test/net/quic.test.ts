import { describe, expect, it } from 'vitest';
import { initialPacket, RFC_9001_FRAME } from '../tls/quic/seal.js';
import { decode, LINKTYPE_IPV4, tunnel, udp } from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };

describe('QUIC', () => {
  it.each([1, 2] as const)('a client’s first datagram is delivered, version %i', (version) => {
    const packet = initialPacket({ version, frames: RFC_9001_FRAME });
    const { quicInitials, decoder } = decode(tunnel(17, udp(50_000, 443, packet)), IP4);
    expect(quicInitials).toEqual([Uint8Array.from(packet)]);
    expect(decoder.nonTcpPackets).toBe(1);
  });

  it('is known by its first bytes on any port, and not on one that another protocol has', () => {
    const packet = initialPacket({ frames: RFC_9001_FRAME });
    expect(decode(tunnel(17, udp(50_000, 8443, packet)), IP4).quicInitials).toHaveLength(1);
    expect(decode(tunnel(17, udp(50_000, 4789, packet)), IP4).quicInitials).toHaveLength(0);
  });

  it('short datagrams, other versions and other packets are left alone', () => {
    const packet = initialPacket({ frames: RFC_9001_FRAME });
    const handshake = Buffer.from(packet);
    handshake[0] = 0xe0;
    const draft = Buffer.from(packet);
    draft[1] = 0xff;
    for (const other of [packet.subarray(0, 1199), handshake, draft, Buffer.alloc(1200, 0x40)]) {
      expect(decode(tunnel(17, udp(50_000, 443, other)), IP4).quicInitials).toEqual([]);
    }
  });
});
