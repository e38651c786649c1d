/** The headers that people look at, field by field. A field that the capture cut off is left out. */
import type { TreeNode } from '../../facts/packet-tree.js';
import { ipv4Text, ipv6Text } from '../../text/address.js';
import { leaf } from './leaf.js';

/** Bytes of a packet from where a header begins; reads nothing beyond the end. */
class Header {
  readonly fields: TreeNode[] = [];

  constructor(
    private readonly view: DataView,
    readonly start: number,
    private readonly end: number,
  ) {}

  /** Adds a field of `length` bytes at `at`, if it is there. */
  add(label: string, at: number, length: number, value: (at: number, view: DataView) => string): void {
    const from = this.start + at;
    if (from + length > this.end) return;
    this.fields.push(leaf(label, value(from, this.view), from, from + length));
  }

  has(at: number, length: number): boolean {
    return this.start + at + length <= this.end;
  }
}

/** IEEE 802.3 §3.2. */
export function ethernetFields(view: DataView, start: number, end: number): TreeNode[] {
  const header = new Header(view, start, end);
  header.add('destination', 0, 6, macText);
  header.add('source', 6, 6, macText);
  header.add('type', 12, 2, etherTypeText);
  return header.fields;
}

/** IEEE 802.1Q §9.6. */
export function vlanFields(view: DataView, start: number, end: number): TreeNode[] {
  const header = new Header(view, start, end);
  header.add('priority', 0, 1, (at, bytes) => String(bytes.getUint8(at) >>> 5));
  header.add('VLAN', 0, 2, (at, bytes) => String(bytes.getUint16(at) & 0x0fff));
  header.add('type', 2, 2, etherTypeText);
  return header.fields;
}

/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
export function linuxCookedFields(view: DataView, start: number, end: number): TreeNode[] {
  const header = new Header(view, start, end);
  header.add('packet type', 0, 2, (at, bytes) => COOKED_TYPES[bytes.getUint16(at)] ?? String(bytes.getUint16(at)));
  header.add('source', 6, 6, macText);
  header.add('type', 14, 2, etherTypeText);
  return header.fields;
}

/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
export function linuxCooked2Fields(view: DataView, start: number, end: number): TreeNode[] {
  const header = new Header(view, start, end);
  header.add('type', 0, 2, etherTypeText);
  header.add('interface', 4, 4, (at, bytes) => String(bytes.getUint32(at)));
  header.add('packet type', 10, 1, (at, bytes) => COOKED_TYPES[bytes.getUint8(at)] ?? String(bytes.getUint8(at)));
  header.add('source', 12, 6, macText);
  return header.fields;
}

const COOKED_TYPES: readonly string[] = ['to us', 'broadcast', 'multicast', 'to another host', 'from us'];

/** RFC 791 §3.1. */
export function ipv4Fields(view: DataView, start: number, end: number): TreeNode[] {
  const header = new Header(view, start, end);
  header.add('header length', 0, 1, (at, bytes) => `${(bytes.getUint8(at) & 15) * 4} bytes`);
  header.add('DSCP', 1, 1, (at, bytes) => String(bytes.getUint8(at) >>> 2));
  header.add('ECN', 1, 1, (at, bytes) => ECN[bytes.getUint8(at) & 3] ?? '');
  header.add('total length', 2, 2, uint16Text);
  header.add('IP ID', 4, 2, (at, bytes) => hexText(bytes.getUint16(at), 4));
  header.add('fragment', 6, 2, fragmentText);
  header.add('TTL', 8, 1, uint8Text);
  header.add('protocol', 9, 1, protocolText);
  header.add('checksum', 10, 2, (at, bytes) => hexText(bytes.getUint16(at), 4));
  header.add('source', 12, 4, (at, bytes) => ipv4Text(bytes.getUint32(at)));
  header.add('destination', 16, 4, (at, bytes) => ipv4Text(bytes.getUint32(at)));
  return header.fields;
}

/** RFC 3168 §5. */
const ECN: readonly string[] = ['not ECT', 'ECT(1)', 'ECT(0)', 'CE'];

/** RFC 8200 §3. */
export function ipv6Fields(view: DataView, start: number, end: number): TreeNode[] {
  const header = new Header(view, start, end);
  header.add('traffic class', 0, 2, (at, bytes) => String((bytes.getUint16(at) >>> 4) & 0xff));
  header.add('flow label', 1, 3, (at, bytes) => hexText(bytes.getUint32(at - 1) & 0xfffff, 5));
  header.add('payload length', 4, 2, uint16Text);
  header.add('next header', 6, 1, protocolText);
  header.add('TTL', 7, 1, (at, bytes) => `${bytes.getUint8(at)} (hop limit)`);
  header.add('source', 8, 16, ipv6At);
  header.add('destination', 24, 16, ipv6At);
  return header.fields;
}

/** RFC 9293 §3.1. */
export function tcpFields(view: DataView, start: number, end: number): TreeNode[] {
  const header = new Header(view, start, end);
  header.add('source port', 0, 2, uint16Text);
  header.add('destination port', 2, 2, uint16Text);
  header.add('seq', 4, 4, (at, bytes) => String(bytes.getUint32(at)));
  header.add('ack', 8, 4, (at, bytes) => String(bytes.getUint32(at)));
  header.add('header length', 12, 1, (at, bytes) => `${(bytes.getUint8(at) >>> 4) * 4} bytes`);
  header.add('flags', 13, 1, (at, bytes) => tcpFlagsText(bytes.getUint8(at)));
  header.add('window', 14, 2, uint16Text);
  header.add('checksum', 16, 2, (at, bytes) => hexText(bytes.getUint16(at), 4));
  header.add('urgent pointer', 18, 2, uint16Text);
  if (!header.has(20, 0)) return header.fields;
  const optionsEnd = Math.min(end, start + (view.getUint8(start + 12) >>> 4) * 4);
  if (optionsEnd > start + 20) {
    const options = tcpOptions(view, start + 20, optionsEnd);
    const names = options.map(({ label }) => label).join(', ');
    header.fields.push({ label: 'options', value: names, start: start + 20, end: optionsEnd, children: options });
  }
  return header.fields;
}

/** RFC 9293 §3.2; one that lies about its length ends them. */
function tcpOptions(view: DataView, start: number, end: number): TreeNode[] {
  const options: TreeNode[] = [];
  for (let at = start; at < end; ) {
    const kind = view.getUint8(at);
    if (kind === 0) break;
    if (kind === 1) {
      at += 1;
      continue;
    }
    const length = end - at < 2 ? 0 : view.getUint8(at + 1);
    if (length < 2 || at + length > end) {
      options.push(leaf('malformed option', `kind ${kind}, length ${length}`, at, end));
      break;
    }
    options.push(leaf(TCP_OPTIONS[kind] ?? `option ${kind}`, tcpOptionText(view, at, kind, length), at, at + length));
    at += length;
  }
  return options;
}

/** https://www.iana.org/assignments/tcp-parameters */
const TCP_OPTIONS: Readonly<Record<number, string>> = {
  2: 'MSS',
  3: 'window scale',
  4: 'SACK permitted',
  5: 'SACK',
  8: 'timestamps',
  19: 'MD5',
  29: 'TCP-AO',
  30: 'MPTCP',
  34: 'Fast Open',
};

function tcpOptionText(view: DataView, at: number, kind: number, length: number): string {
  if (kind === 2 && length === 4) return String(view.getUint16(at + 2));
  if (kind === 3 && length === 3) return `${view.getUint8(at + 2)} (times ${2 ** Math.min(14, view.getUint8(at + 2))})`;
  if (kind === 8 && length === 10) return `${view.getUint32(at + 2)}, echo ${view.getUint32(at + 6)}`;
  if (kind === 5 && (length - 2) % 8 === 0) {
    const blocks: string[] = [];
    for (let from = at + 2; from < at + length; from += 8)
      blocks.push(`${view.getUint32(from)}–${view.getUint32(from + 4)}`);
    return blocks.join(', ');
  }
  return length === 2 ? '' : `${length} bytes`;
}

/** RFC 768. */
export function udpFields(view: DataView, start: number, end: number): TreeNode[] {
  const header = new Header(view, start, end);
  header.add('source port', 0, 2, uint16Text);
  header.add('destination port', 2, 2, uint16Text);
  header.add('length', 4, 2, uint16Text);
  header.add('checksum', 6, 2, (at, bytes) => hexText(bytes.getUint16(at), 4));
  return header.fields;
}

/** RFC 792, RFC 4443. */
export function icmpFields(view: DataView, start: number, end: number): TreeNode[] {
  const header = new Header(view, start, end);
  header.add('type', 0, 1, uint8Text);
  header.add('code', 1, 1, uint8Text);
  header.add('checksum', 2, 2, (at, bytes) => hexText(bytes.getUint16(at), 4));
  header.add('next-hop MTU', 6, 2, uint16Text);
  return header.fields;
}

const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const;

/** `SYN ACK`. */
function tcpFlagsText(flags: number): string {
  const names = FLAGS.filter((_, bit) => (flags & (1 << bit)) !== 0);
  return names.length === 0 ? 'none' : names.join(' ');
}

function fragmentText(at: number, view: DataView): string {
  const field = view.getUint16(at);
  const offset = (field & 0x1fff) * 8;
  const words: string[] = [];
  if ((field & 0x4000) !== 0) words.push('don’t fragment');
  if ((field & 0x2000) !== 0) words.push('more fragments');
  if (offset !== 0) words.push(`offset ${offset}`);
  return words.length === 0 ? 'none' : words.join(', ');
}

function macText(at: number, view: DataView): string {
  return [0, 1, 2, 3, 4, 5]
    .map((byte) =>
      view
        .getUint8(at + byte)
        .toString(16)
        .padStart(2, '0'),
    )
    .join(':');
}

function ipv6At(at: number, view: DataView): string {
  return ipv6Text(view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12));
}

function etherTypeText(at: number, view: DataView): string {
  const type = view.getUint16(at);
  const name = ETHER_TYPES[type];
  return name === undefined ? hexText(type, 4) : `${name} (${hexText(type, 4)})`;
}

const ETHER_TYPES: Readonly<Record<number, string>> = {
  2048: 'IPv4',
  2054: 'ARP',
  33024: '802.1Q',
  34525: 'IPv6',
  34887: 'MPLS',
  34916: 'PPPoE',
  34984: '802.1ad',
};

function protocolText(at: number, view: DataView): string {
  const protocol = view.getUint8(at);
  const name = PROTOCOLS[protocol];
  return name === undefined ? String(protocol) : `${name} (${protocol})`;
}

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'ICMP',
  4: 'IPv4',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  132: 'SCTP',
};

function uint8Text(at: number, view: DataView): string {
  return String(view.getUint8(at));
}

function uint16Text(at: number, view: DataView): string {
  return String(view.getUint16(at));
}

function hexText(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
