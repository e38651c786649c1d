/**
 * ICMP errors and what they quote. RFC 792, RFC 1191, RFC 4443; the redirect of RFC 4861 §4.5. And what shows
 * that a host is there: answers to pings, and neighbour discovery (RFC 4861 §4.3, §4.4).
 */
import { addressText, ipv6Text } from '../text/address.js';
import type { Cursor } from './cursor.js';
import { IPV4, IPV6, type Layer, NONE } from './layer.js';
import type { PresenceSign } from './segment.js';

const HEADER = 8;
const ICMP_MTU = 6;
const ICMPV6_MTU = 4;

const ECHO_REPLY = 0;
const UNREACHABLE = 3;
const SOURCE_QUENCH = 4;
const REDIRECT = 5;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;
const FRAGMENTATION_NEEDED = 4;

const V6_UNREACHABLE = 1;
const V6_PACKET_TOO_BIG = 2;
const V6_PARAMETER_PROBLEM = 4;
const V6_ECHO_REPLY = 129;
const V6_NEIGHBOUR_SOLICITATION = 135;
const V6_NEIGHBOUR_ADVERTISEMENT = 136;
const V6_REDIRECT = 137;
/** Type, code, checksum, flags; then the target's address. */
const V6_TARGET = 8;
const V6_ADDRESS = 16;
/** Type, code, checksum, reserved, target, destination; then options. */
const V6_REDIRECT_HEADER = 40;
const REDIRECTED_HEADER = 4;
const OPTION_UNIT = 8;

/** ICMP for IPv4. */
export function icmp(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.quoting) return NONE;
  if (cursor.end - at < HEADER) return cursor.malformed('icmp-header-cut');
  const type = view.getUint8(at);
  const code = view.getUint8(at + 1);
  switch (type) {
    case UNREACHABLE:
    case SOURCE_QUENCH:
    case REDIRECT:
    case TIME_EXCEEDED:
    case PARAMETER_PROBLEM: {
      // RFC 1191 §4: routers older than it leave the field 0.
      const mtu = type === UNREACHABLE && code === FRAGMENTATION_NEEDED ? view.getUint16(at + ICMP_MTU) : 0;
      beginQuote(cursor, type, code, mtu === 0 ? -1 : mtu);
      cursor.at = at + HEADER;
      return cursor.at < cursor.end ? IPV4 : NONE;
    }
    case ECHO_REPLY:
      return presence(cursor, 'echo', senderOf(cursor));
    default:
      return NONE;
  }
}

/** ICMPv6. */
export function icmpv6(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.quoting) return NONE;
  if (cursor.end - at < HEADER) return cursor.malformed('icmpv6-header-cut');
  const type = view.getUint8(at);
  const code = view.getUint8(at + 1);
  if (type === V6_REDIRECT) return redirectedHeader(cursor, code);
  if (type === V6_ECHO_REPLY) return presence(cursor, 'echo', senderOf(cursor));
  if (type === V6_NEIGHBOUR_SOLICITATION || type === V6_NEIGHBOUR_ADVERTISEMENT) return neighbour(cursor, type);
  if (type < V6_UNREACHABLE || type > V6_PARAMETER_PROBLEM) return NONE;
  beginQuote(cursor, type, code, type === V6_PACKET_TOO_BIG ? view.getUint32(at + ICMPV6_MTU) : -1);
  cursor.at = at + HEADER;
  return cursor.at < cursor.end ? IPV6 : NONE;
}

/** Who is asked for, and who asks; or who says that it is there. */
function neighbour(cursor: Cursor, type: number): Layer {
  const { view, at, end, segment } = cursor;
  if (end - at < V6_TARGET + V6_ADDRESS) return NONE;
  const word = (index: number): number => view.getUint32(at + V6_TARGET + 4 * index);
  const target = ipv6Text(word(0), word(1), word(2), word(3));
  if (type === V6_NEIGHBOUR_ADVERTISEMENT) return presence(cursor, 'neighbour', target);
  // Whoever makes sure that an address is free has none yet. RFC 4862 §5.4.2.
  const { source0, source1, source2, source3 } = segment;
  if ((source0 | source1 | source2 | source3) !== 0) presence(cursor, 'neighbour', senderOf(cursor));
  return presence(cursor, 'asked', target);
}

function presence({ sink, segment }: Cursor, kind: PresenceSign['kind'], address: string): Layer {
  const { packet, atNs, mac } = segment;
  sink.presence({ packet, atNs, address, kind, mac: kind === 'neighbour' && mac >= 0 ? mac : null });
  return NONE;
}

function senderOf({ segment }: Cursor): string {
  const { family, source0, source1, source2, source3 } = segment;
  return addressText(family, source0, source1, source2, source3);
}

/** Looks among the redirect's options for the packet that it is about. RFC 4861 §4.6.3. */
function redirectedHeader(cursor: Cursor, code: number): Layer {
  const { view, end } = cursor;
  let at = cursor.at + V6_REDIRECT_HEADER;
  while (end - at > OPTION_UNIT) {
    const length = view.getUint8(at + 1) * OPTION_UNIT;
    if (length === 0) return cursor.malformed('icmpv6-option-length');
    if (view.getUint8(at) === REDIRECTED_HEADER) {
      cursor.at = at;
      cursor.limit(length);
      cursor.at = at + OPTION_UNIT;
      beginQuote(cursor, V6_REDIRECT, code, -1);
      return cursor.at < cursor.end ? IPV6 : NONE;
    }
    at += length;
  }
  return NONE;
}

/** Takes down the message and its sender, before the quoted header overwrites the addresses. */
function beginQuote(cursor: Cursor, type: number, code: number, mtu: number): void {
  const { segment, quoted } = cursor;
  quoted.icmpFamily = segment.family;
  quoted.sender0 = segment.source0;
  quoted.sender1 = segment.source1;
  quoted.sender2 = segment.source2;
  quoted.sender3 = segment.source3;
  quoted.icmpType = type;
  quoted.icmpCode = code;
  quoted.mtu = mtu;
  quoted.numbered = segment.family === 6 || type !== REDIRECT;
  cursor.quoting = true;
}
