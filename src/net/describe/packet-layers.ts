/**
 * One packet's headers as a tree, each with the bytes it stands in.
 *
 * Which headers there are is what the decoder itself reads (decoder.ts), step by step, so every link
 * type and tunnel that it knows has its place here, and no other account of a packet exists. What the
 * fields say is described for the headers that people look at.
 */
import { LINKTYPE_PRINTED, linkTypeName } from '../../capture/link-types.js';
import type { ByteRange, TreeNode } from '../../facts/packet-tree.js';
import { Cursor } from '../cursor.js';
import { MAX_LAYERS, readLayer } from '../decoder.js';
import * as layer from '../layer.js';
import type { SegmentView } from '../segment.js';
import * as headers from './headers.js';
import { leaf } from './leaf.js';
import { isSaid, printedIp, saidAt } from './printed-fields.js';

/** A packet taken apart as far as TCP. */
export interface PacketLayers {
  /** From the outermost header on. */
  readonly nodes: readonly TreeNode[];
  /** Captured TCP payload; `null`: there is none, or the packet is none of TCP. */
  readonly payload: ByteRange | null;
  /** Behind the quoted header of an ICMP error: what was quoted of the payload; `null`: nothing. */
  readonly quotedPayload: ByteRange | null;
}

/** What is described: the captured bytes alone, from index 0. */
export interface DescribedPacket {
  readonly linkType: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
}

const TCP_HEADER = 20;

/** See the head of this file. */
export function packetLayers({ linkType, bytes, originalLength }: DescribedPacket): PacketLayers {
  const nodes: TreeNode[] = [];
  let payload: ByteRange | null = null;
  let segmentAt = 0;
  const cursor = new Cursor({
    segment: ({ payloadStart, payloadEnd }: SegmentView) => {
      const fields = headers.tcpFields(cursor.view, segmentAt, payloadStart);
      const said = linkType === LINKTYPE_PRINTED ? saidAt(cursor.view, 0) : null;
      const shown = said === null ? fields : fields.filter(({ label }) => isSaid(label, said, true));
      nodes.push(nodeOf('TCP', shown, segmentAt, payloadStart));
      if (payloadEnd > payloadStart) payload = { start: payloadStart, end: payloadEnd };
    },
    quoted: () => undefined,
    name: () => undefined,
    presence: () => undefined,
    quicInitial: () => undefined,
  });
  cursor.enter(bytes);
  cursor.wireEnd = Math.max(bytes.length, originalLength);
  cursor.linkType = linkType;
  let quotedPayload: ByteRange | null = null;
  let next: layer.Layer = layer.LINK_TYPE;
  for (let layers = 0; next !== layer.NONE && layers < MAX_LAYERS; layers += 1) {
    const current = next;
    const start = cursor.at;
    segmentAt = start;
    next = readLayer(cursor, current);
    if (current === layer.TCP) {
      if (!cursor.quoting) break;
      const end = Math.min(cursor.end, start + TCP_HEADER);
      nodes.push(nodeOf('TCP, quoted', headers.tcpFields(cursor.view, start, end), start, end));
      if (cursor.end > end) quotedPayload = { start: end, end: cursor.end };
      break;
    }
    // What fragments or compression hid stands in bytes of its own, not in this packet.
    if (cursor.buffer !== bytes) {
      nodes.push(leaf('reassembled', 'what follows was put together of several packets', start, bytes.length));
      break;
    }
    const node = described(current, cursor, start, linkType);
    if (node !== null) nodes.push(node);
  }
  for (const [name] of cursor.anomalies) nodes.push(leaf('not readable', name, cursor.at, cursor.end));
  return { nodes, payload, quotedPayload };
}

/** The header that was read from `start` to where the cursor stands; `null`: it took no bytes. */
function described(read: layer.Layer, cursor: Cursor, start: number, linkType: number): TreeNode | null {
  const { view, at, quoting } = cursor;
  const end = at > start ? at : icmpEnd(read, start, cursor.end);
  if (end <= start) return null;
  const quote = quoting && (read === layer.IPV4 || read === layer.IPV6) ? ', quoted' : '';
  switch (read) {
    case layer.LINK_TYPE:
      if (linkType === 113) return nodeOf('Linux cooked', headers.linuxCookedFields(view, start, end), start, end);
      if (linkType === 276) return nodeOf('Linux cooked 2', headers.linuxCooked2Fields(view, start, end), start, end);
      if (linkType === LINKTYPE_PRINTED) {
        const ip = printedIp(view, start, end);
        return ip === null ? null : nodeOf(ip.label, ip.fields, ip.start, end);
      }
      return nodeOf(linkTypeName(linkType), [], start, end);
    case layer.ETHERNET:
      return nodeOf('Ethernet', headers.ethernetFields(view, start, end), start, end);
    case layer.ETHER_TYPE:
      return end - start === 4
        ? nodeOf('VLAN', headers.vlanFields(view, start, end), start, end)
        : nodeOf('tag', [], start, end);
    case layer.IPV4:
      return nodeOf(`IPv4${quote}`, headers.ipv4Fields(view, start, end), start, end);
    case layer.IPV6:
      return nodeOf(`IPv6${quote}`, headers.ipv6Fields(view, start, end), start, end);
    case layer.UDP:
      return nodeOf('UDP', headers.udpFields(view, start, end), start, end);
    case layer.ICMP:
    case layer.ICMPV6:
      return nodeOf(read === layer.ICMP ? 'ICMP' : 'ICMPv6', headers.icmpFields(view, start, end), start, end);
    default:
      return nodeOf(NAMES[read] ?? `layer ${read}`, [], start, end);
  }
}

/** ICMP that is no error moves the cursor nowhere, and still has a header. */
function icmpEnd(read: layer.Layer, start: number, end: number): number {
  return read === layer.ICMP || read === layer.ICMPV6 ? Math.min(end, start + 8) : start;
}

const NAMES: Readonly<Record<number, string>> = {
  [layer.LLC]: 'LLC',
  [layer.IP_PROTOCOL]: 'IP extension',
  [layer.GRE]: 'GRE',
  [layer.MPLS]: 'MPLS',
  [layer.PPP]: 'PPP',
  [layer.PPPOE]: 'PPPoE',
  [layer.IEEE80211]: '802.11',
  [layer.VXLAN]: 'VXLAN',
  [layer.VXLAN_GPE]: 'VXLAN GPE',
  [layer.GENEVE]: 'GENEVE',
  [layer.GTP]: 'GTP',
  [layer.TEREDO]: 'Teredo',
  [layer.L2TP]: 'L2TP',
  [layer.TZSP]: 'TZSP',
  [layer.DNS]: 'DNS',
  [layer.NSH]: 'NSH',
  [layer.IPCOMP]: 'IPComp',
  [layer.QUIC]: 'QUIC',
  [layer.L2TP_SESSION]: 'L2TP',
  [layer.LISP]: 'LISP',
  [layer.GUE]: 'GUE',
  [layer.CAPWAP]: 'CAPWAP',
};

/** A layer, and in one line what of it matters most. */
function nodeOf(label: string, children: readonly TreeNode[], start: number, end: number): TreeNode {
  const valueNamed = (name: string) => children.find((child) => child.label === name)?.value ?? '';
  return { label, value: summaryOf(label.split(',')[0] ?? '', valueNamed, end - start), start, end, children };
}

/** Nothing where a text does not say it. */
function ttlText(value: string): string {
  return value === '' ? '' : `  TTL ${value.split(' ')[0]}`;
}

function summaryOf(label: string, valueNamed: (name: string) => string, length: number): string {
  switch (label) {
    case 'Ethernet':
      return `${valueNamed('source')} → ${valueNamed('destination')}`;
    case 'IPv4':
    case 'IPv6':
      return `${valueNamed('source')} → ${valueNamed('destination')}${ttlText(valueNamed('TTL'))}`;
    case 'TCP':
      return `${valueNamed('flags')}  ${valueNamed('source port')} → ${valueNamed('destination port')}`;
    case 'UDP':
      return `${valueNamed('source port')} → ${valueNamed('destination port')}`;
    case 'VLAN':
      return valueNamed('VLAN');
    case 'ICMP':
    case 'ICMPv6':
      return `type ${valueNamed('type')} code ${valueNamed('code')}`;
    case 'Linux cooked':
    case 'Linux cooked 2':
      return `${valueNamed('packet type')}, source ${valueNamed('source')}`;
    default:
      return `${length} bytes`;
  }
}
