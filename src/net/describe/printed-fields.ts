/** Of a packet that was made of a text: the fields that the text says, and no others. */
import { PRINTED, PRINTED_HEADER_BYTES, SAID } from '../../capture/text-log/printed-header.js';
import type { TreeNode } from '../../facts/packet-tree.js';
import { ipv4Fields, ipv6Fields } from './headers.js';

/** Labels of fields (headers.ts), and the bit without which a text does not say them. */
const FIELDS: readonly (readonly [bit: number, labels: readonly string[]])[] = [
  [SAID.ttl, ['TTL']],
  [SAID.ipId, ['IP ID']],
  [SAID.fragment, ['fragment', 'total length', 'payload length']],
  [SAID.trafficClass, ['DSCP', 'ECN', 'traffic class']],
  [SAID.tcpChecksum, ['checksum']],
  [SAID.bytes, ['header length', 'flow label', 'urgent pointer', 'options']],
];

/** Whether a field of an IP or TCP header is one that the text says. */
export function isSaid(label: string, said: number, isTcp: boolean): boolean {
  if ((said & SAID.bytes) !== 0) return true;
  // What is printed of options is what of them is in the packet; the checksum printed is TCP's.
  if (label === 'options' && isTcp) return true;
  if (label === 'checksum' && !isTcp) return false;
  const field = FIELDS.find(([, labels]) => labels.includes(label));
  return field === undefined || (said & field[0]) !== 0;
}

/** What the text says at all of the packet that begins at `start`. */
export function saidAt(view: DataView, start: number): number {
  return view.byteLength < start + PRINTED_HEADER_BYTES ? SAID.nothing : view.getUint16(start + PRINTED.said);
}

/** The IP header behind the one that says what is said; `null`: there is none. */
export function printedIp(
  view: DataView,
  start: number,
  end: number,
): { readonly label: 'IPv4' | 'IPv6'; readonly start: number; readonly fields: TreeNode[] } | null {
  const at = start + PRINTED_HEADER_BYTES;
  if (at >= end) return null;
  const said = saidAt(view, start);
  if ((said & SAID.arp) !== 0) return null;
  const label = view.getUint8(at) >>> 4 === 6 ? 'IPv6' : 'IPv4';
  const fields = label === 'IPv6' ? ipv6Fields(view, at, end) : ipv4Fields(view, at, end);
  return { label, start: at, fields: fields.filter((field) => isSaid(field.label, said, false)) };
}
