/** Every packet of every sample: its layers are those that the decoder reads, and lie within it. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCapture } from '../../../src/capture/open.js';
import { emptyPacket } from '../../../src/capture/packet.js';
import { MORE, PACKET } from '../../../src/capture/reader.js';
import type { TreeNode } from '../../../src/facts/packet-tree.js';
import { packetLayers } from '../../../src/net/describe/packet-layers.js';
import { packetTree } from '../../../src/pipeline/explore/packet-tree.js';

const SAMPLES = fileURLToPath(new URL('../../../samples/', import.meta.url));

function within(nodes: readonly TreeNode[], start: number, end: number): void {
  let from = start;
  for (const node of nodes) {
    expect(node.start).toBeGreaterThanOrEqual(start);
    expect(node.end).toBeLessThanOrEqual(end);
    expect(node.end).toBeGreaterThanOrEqual(node.start);
    // Layers follow each other; fields may share bytes.
    if (start === 0 && node.label !== 'not readable') expect(node.start).toBeGreaterThanOrEqual(from);
    from = node.end;
    within(node.children, node.start, node.end);
  }
}

describe('the layers of a packet', () => {
  it.each(readdirSync(SAMPLES).filter((name) => /^(?:healthy|websocket|asymmetric).*\.pcap(?:ng)?$/.test(name)))(
    'of %s lie within it, one behind the other, TCP among them',
    async (name) => {
      const reader = await openCapture(SAMPLES + name, 0);
      const packet = emptyPacket();
      for (;;) {
        const outcome = reader.read(packet);
        if (outcome === MORE) await reader.fill();
        else if (outcome === PACKET) {
          const tree = packetTree(packet);
          within(tree.nodes, 0, tree.bytes.length);
          for (const { start, end } of tree.hidden)
            expect([start >= 0, end <= tree.bytes.length]).toEqual([true, true]);
          expect(tree.nodes.length).toBeGreaterThan(0);
        } else break;
      }
      reader.close();
    },
  );

  const frame = (hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
  const described = (hex: string, linkType = 1) => {
    const bytes = frame(hex);
    return packetLayers({ linkType, bytes, originalLength: bytes.length });
  };
  const IPV4_TCP = `4500 0028 abcd 4000 3d06 0000 0a00012b 0a000001
    0050 d132 00000001 00000139 5014 0000 0000 0000`;

  it('of a reset say what its fields say, and where', () => {
    const { nodes, payload } = described(`02420a000001 02420a00012b 0800 ${IPV4_TCP}`);
    expect(nodes.map(({ label, start, end }) => [label, start, end])).toEqual([
      ['Ethernet', 0, 14],
      ['IPv4', 14, 34],
      ['TCP', 34, 54],
    ]);
    const values = Object.fromEntries(
      nodes.flatMap(({ children }) => children.map(({ label, value }) => [label, value])),
    );
    expect(values).toMatchObject({
      TTL: '61',
      'IP ID': '0xabcd',
      fragment: 'don’t fragment',
      flags: 'RST ACK',
      seq: '1',
      ack: '313',
      window: '0',
    });
    const ttl = nodes[1]?.children.find(({ label }) => label === 'TTL');
    expect([ttl?.start, ttl?.end]).toEqual([22, 23]);
    expect(payload).toBeNull();
  });

  it('are those of tags and tunnels as well', () => {
    const vlan = described(`02420a000001 02420a00012b 8100 2064 0800 ${IPV4_TCP}`);
    expect(vlan.nodes.map(({ label }) => label)).toEqual(['Ethernet', 'VLAN', 'IPv4', 'TCP']);
    expect(vlan.nodes[1]?.value).toBe('100');
    const ipip = described(`4500 003c 0000 0000 4004 0000 c0000201 c0000202 ${IPV4_TCP}`, 101);
    expect(ipip.nodes.map(({ label }) => label)).toEqual(['IPv4', 'IPv4', 'TCP']);
  });

  it('end where the capture does, at each length', () => {
    const whole = frame(`02420a000001 02420a00012b 0800 ${IPV4_TCP}`);
    for (let length = 0; length < whole.length; length += 1) {
      const bytes = whole.subarray(0, length);
      within(packetLayers({ linkType: 1, bytes, originalLength: whole.length }).nodes, 0, length);
    }
  });
});
