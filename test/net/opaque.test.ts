import { describe, expect, it } from 'vitest';
import { bytes, decode, LINKTYPE_IPV4, le32, type Part, tunnel, u32, udpTunnel, zeros } from './packets.js';

function anomaliesOf(packet: Uint8Array): string[] {
  return [...decode(packet, { linkType: LINKTYPE_IPV4 }).decoder.anomalies.keys()];
}

describe('encrypted tunnels', () => {
  it('are named where nothing in them can be read', () => {
    expect(anomaliesOf(tunnel(50, bytes(u32(7), u32(1), zeros(40))))).toEqual(['esp-encrypted']);
    expect(anomaliesOf(udpTunnel(4500, bytes(u32(7), u32(1), zeros(40))))).toEqual(['esp-encrypted']);
    expect(anomaliesOf(udpTunnel(51_820, bytes(le32(4), u32(7), zeros(40))))).toEqual(['wireguard-encrypted']);
  });

  it.each<readonly [string, number, Part]>([
    ['key exchange', 4500, bytes(u32(0), zeros(40))],
    ['a keep-alive', 4500, 0xff],
    ['a handshake', 51_820, bytes(le32(1), zeros(144))],
    ['something short', 51_820, le32(4)],
  ])('are not told from %s on their port', (_, port, content) => {
    expect(anomaliesOf(udpTunnel(port, bytes(content)))).toEqual([]);
  });
});
