import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytes, decode, ipv4, LINKTYPE_IPV4, THE_REQUEST, tcp, tunnel, u16, zeros } from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };

function ipcomp(index: number, next: number, payload: Uint8Array): Uint8Array {
  return bytes(next, 0, u16(index), payload);
}

describe('IPComp', () => {
  it('is unpacked, under the well-known index of DEFLATE and under a negotiated one', () => {
    for (const index of [2, 0xeed1]) {
      const packet = ipv4(ipcomp(index, 6, deflateRawSync(tcp())), { protocol: 108 });
      expect(decode(packet, IP4).segment).toMatchObject(THE_REQUEST);
    }
    expect(decode(tunnel(108, ipcomp(2, 4, deflateRawSync(ipv4()))), IP4).segment).toMatchObject(THE_REQUEST);
  });

  it('of another compression, or cut, is not TCP', () => {
    expect(decode(tunnel(108, ipcomp(3, 6, deflateRawSync(tcp()))), IP4).decoder.anomalies.size).toBe(0);
    const packet = tunnel(108, ipcomp(2, 6, deflateRawSync(tcp())));
    const cut = decode(packet.subarray(0, 40), { ...IP4, originalLength: packet.length });
    expect(cut.segments).toEqual([]);
    expect(cut.decoder.anomalies.size).toBe(0);
  });

  it('that is damaged, or would be larger than a datagram, is counted', () => {
    for (const data of [bytes('not deflate'), deflateRawSync(zeros(70_000))]) {
      expect([...decode(tunnel(108, ipcomp(2, 6, data)), IP4).decoder.anomalies]).toEqual([['ipcomp-data', 1]]);
    }
  });

  it('is unpacked no more where it all comes to many times what traffic does', () => {
    const notes = decode(tunnel(108, ipcomp(2, 6, deflateRawSync(tcp()))), IP4);
    expect(notes.segments).toHaveLength(1);
    const packet = tunnel(108, ipcomp(2, 17, deflateRawSync(zeros(65_000))));
    let packets = 0;
    for (; packets < 10_000 && !notes.decoder.anomalies.has('ipcomp-unpacks-too-far'); packets += 1)
      notes.decode(packet, IP4);
    expect(packets * 65_000).toBeGreaterThan(256 * 1024 * 1024);
    expect(packets).toBeLessThan(10_000);
  });
});
