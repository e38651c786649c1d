/** A packet's header fields in words, and which of them are unlike those of the same sender's others. */

import type { Connection, SideFacts } from '../../facts/connection.js';
import type { SegmentDetail } from '../../facts/packet-detail.js';
import { TCP_OPTION } from '../../facts/segment-evidence.js';
import { macText } from '../../text/mac.js';
import { countText } from '../../text/size.js';

/** A field's name and value, safe to show. */
export interface Field {
  readonly name: string;
  readonly value: string;
  /** What its sender's other packets have instead; `null`: it is like them, or nothing is known. */
  readonly unlike: string | null;
}

const OPTION_NAMES: readonly (readonly [number, string])[] = [
  [TCP_OPTION.mss, 'MSS'],
  [TCP_OPTION.windowScale, 'window scale'],
  [TCP_OPTION.sackPermitted, 'SACK permitted'],
  [TCP_OPTION.sack, 'SACK'],
  [TCP_OPTION.timestamps, 'timestamps'],
  [TCP_OPTION.fastOpen, 'Fast Open'],
  [TCP_OPTION.md5, 'MD5'],
  [TCP_OPTION.mptcp, 'MPTCP'],
  [TCP_OPTION.other, 'others'],
];

const FLAG_NAMES = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const;
const SYN = 0x02;

/** In the order of the headers. */
export function fieldsOf(segment: SegmentDetail, connection: Connection): readonly Field[] {
  const side = connection[segment.from];
  const isNegotiated = connection.handshake.timestampsNegotiated && (segment.flags & SYN) === 0;
  const hasTimestamps = (segment.options & TCP_OPTION.timestamps) !== 0;
  const fields: Field[] = [];
  const add = (name: string, value: string, unlike: string | null = null) => fields.push({ name, value, unlike });
  if (segment.mac !== null) add('MAC', macText(segment.mac), macUnlike(segment, side));
  if (segment.vlan !== null) add('VLAN', String(segment.vlan));
  if (segment.ttl !== null)
    add('TTL', String(segment.ttl), side.ttl !== null && side.ttl !== segment.ttl ? `others ${side.ttl}` : null);
  if (segment.ipId !== null) add('IP ID', String(segment.ipId), idUnlike(segment, side));
  add('flags', flagsText(segment.flags));
  add('seq', countText(segment.sequence));
  if (segment.acknowledgement !== null) add('ack', countText(segment.acknowledgement));
  add('window', countText(segment.window));
  add('options', optionsText(segment.options), isNegotiated && !hasTimestamps ? 'timestamps were negotiated' : null);
  add('payload', `${countText(segment.payloadLength)} B`);
  if (segment.capturedLength < segment.payloadLength) add('captured', `${countText(segment.capturedLength)} B`);
  return fields;
}

/** `02:42:0a:00:01:2b`. */
function macUnlike(segment: SegmentDetail, side: SideFacts): string | null {
  return side.mac !== null && !side.macVaries && side.mac !== segment.mac ? `others ${macText(side.mac)}` : null;
}

function idUnlike(segment: SegmentDetail, side: SideFacts): string | null {
  return segment.ipId === 0 && side.plainSegments > 0 && side.zeroIpIds === 0 ? 'others are not 0' : null;
}

function flagsText(flags: number): string {
  const names = FLAG_NAMES.filter((_, bit) => (flags & (1 << bit)) !== 0);
  return names.length === 0 ? 'none' : names.join(' ');
}

function optionsText(options: number): string {
  const names = OPTION_NAMES.filter(([bit]) => (options & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? 'none' : names.join(', ');
}
