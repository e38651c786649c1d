import { copied } from '../../bytes/copied.js';
import { linkTypeName } from '../../capture/link-types.js';
import type { PacketView } from '../../capture/packet.js';
import type { ByteRange, PacketTree, TreeNode } from '../../facts/packet-tree.js';
import { leaf } from '../../net/describe/leaf.js';
import { packetLayers } from '../../net/describe/packet-layers.js';
import { countText } from '../../text/size.js';
import { payloadTree } from './payload-tree.js';

/** Takes a packet apart; the view is not needed afterwards. */
export function packetTree(packet: PacketView): PacketTree {
  const { reference, atNs, linkType, originalLength } = packet;
  const bytes = copied(packet.buffer, packet.start, packet.end);
  const { nodes, payload, quotedPayload } = packetLayers({ linkType, bytes, originalLength });
  const all: TreeNode[] = [...nodes];
  const hidden: ByteRange[] = [];
  if (payload !== null) {
    const described = payloadTree(bytes, payload);
    all.push(...described.nodes);
    hidden.push(...described.hidden);
  }
  if (quotedPayload !== null) {
    const { start, end } = quotedPayload;
    all.push(leaf('payload, quoted', `${countText(end - start)} bytes`, start, end));
    hidden.push(quotedPayload);
  }
  return { packet: reference, atNs, linkType: linkTypeName(linkType), bytes, originalLength, nodes: all, hidden };
}
