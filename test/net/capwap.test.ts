import { describe, expect, it } from 'vitest';
import {
  bytes,
  CLIENT_MAC_NUMBER,
  decode,
  ethernet,
  expectRequest,
  ipv4,
  LINKTYPE_IPV4,
  llcSnap,
  type Part,
  udpTunnel,
  zeros,
} from './packets.js';

const IP4 = { linkType: LINKTYPE_IPV4 };
const FRAME = ethernet(0x0800, ipv4());
const BODY = llcSnap(0x0800, ipv4());

/** The preamble, the length in words of four bytes, binding and kind, flags; then fragment fields. */
function capwap(head: readonly [number, number, number, number], ...rest: readonly Part[]): Uint8Array {
  return udpTunnel(5247, bytes(head[0], head[1] << 3, head[2], head[3], zeros(4), ...rest));
}

describe('CAPWAP', () => {
  it('carries frames of 802.3', () => {
    expect(expectRequest(capwap([0, 2, 0x02, 0], FRAME), LINKTYPE_IPV4).mac).toBe(CLIENT_MAC_NUMBER);
    expectRequest(capwap([0, 4, 0x02, 0x10], zeros(8), FRAME), LINKTYPE_IPV4);
  });

  it('carries frames of 802.11, whose first two bytes Cisco turns round', () => {
    expectRequest(capwap([0, 2, 0x03, 0], 0x08, 0x02, zeros(22), BODY), LINKTYPE_IPV4);
    expectRequest(capwap([0, 2, 0x03, 0], 0x02, 0x08, zeros(22), BODY), LINKTYPE_IPV4);
    expectRequest(capwap([0, 2, 0x03, 0], 0x01, 0x88, zeros(22), zeros(2), BODY), LINKTYPE_IPV4);
  });

  it('encrypted, in fragments or of an impossible length is counted', () => {
    const anomaliesOf = (packet: Uint8Array) => [...decode(packet, IP4).decoder.anomalies.keys()];
    expect(anomaliesOf(udpTunnel(5247, bytes(1, zeros(40))))).toEqual(['capwap-encrypted']);
    expect(anomaliesOf(capwap([0, 2, 0x02, 0x80], FRAME))).toEqual(['capwap-fragment']);
    expect(anomaliesOf(capwap([0, 1, 0x02, 0], FRAME))).toEqual(['capwap-header-length']);
    expect(anomaliesOf(capwap([0, 31, 0x02, 0], zeros(8)))).toEqual(['capwap-header-cut']);
  });

  it('has keep-alives and frames of other radios, which are not TCP', () => {
    for (const packet of [capwap([0, 2, 0x02, 0x08], zeros(20)), capwap([0, 2, 0x07, 0], FRAME)]) {
      const notes = decode(packet, IP4);
      expect([notes.segments, notes.decoder.anomalies.size]).toEqual([[], 0]);
    }
  });
});
