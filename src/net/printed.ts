/** Packets that were made of a text (capture/text-log): what the text does not say is not known here either. */
import { DIRECTIONS, PRINTED, PRINTED_HEADER_BYTES, SAID } from '../capture/text-log/printed-header.js';
import type { Cursor } from './cursor.js';
import { macAt } from './ethernet.js';
import { ip } from './ip.js';
import { ipv4 } from './ipv4.js';
import { ipv6 } from './ipv6.js';
import { ARP, IPV4, IPV6, type Layer, NONE } from './layer.js';

/** Reads what the text says of the link, and the IP header behind it, of which it may say but a part; or finds ARP there. */
export function printed(cursor: Cursor): Layer {
  const { view, at, segment } = cursor;
  if (cursor.end - at < PRINTED_HEADER_BYTES) return cursor.malformed('printed-header-cut');
  const said = view.getUint16(at + PRINTED.said);
  if ((said & SAID.nothing) !== 0) return NONE;
  segment.direction = DIRECTIONS[view.getUint8(at + PRINTED.direction)] ?? null;
  segment.interfaceIndex = view.getUint16(at + PRINTED.interfaceIndex);
  if ((said & SAID.mac) !== 0) segment.mac = macAt(view, at + PRINTED.mac);
  if ((said & SAID.macTo) !== 0) segment.macTo = macAt(view, at + PRINTED.macTo);
  if ((said & SAID.vlan) !== 0) segment.vlan = view.getUint16(at + PRINTED.vlan);
  cursor.at = at + PRINTED_HEADER_BYTES;
  if ((said & SAID.arp) !== 0) return ARP;
  const next = readIp(cursor, ip(cursor));
  if ((said & (SAID.bytes | SAID.ttl)) === 0) segment.ttl = -1;
  if ((said & (SAID.bytes | SAID.ipId)) === 0) segment.ipId = -1;
  return next;
}

function readIp(cursor: Cursor, version: Layer): Layer {
  if (version === IPV4) return ipv4(cursor);
  return version === IPV6 ? ipv6(cursor) : NONE;
}
