/**
 * Where the decoding of one packet stands: one object for a whole run.
 *
 * Invariant: start of the packet ≤ at ≤ end ≤ wireEnd, and no function reads outside [at, end).
 * A function that has read its header narrows `end` and `wireEnd` by the lengths the header states,
 * so that trailers and padding are gone before TCP is reached; nothing ever widens them, except a
 * reassembled datagram, which brings a buffer of its own.
 */
import { DOUBLE } from '../bytes/double.js';
import { FragmentTable } from './fragments.js';
import { type Layer, NONE } from './layer.js';
import type { PacketSink, QuotedSegment, SegmentView } from './segment.js';

const EMPTY = new Uint8Array(0);
const EMPTY_VIEW = new DataView(EMPTY.buffer);

/** State shared by the protocol functions; see the head of this file. */
export class Cursor {
  buffer: Uint8Array = EMPTY;
  view: DataView = EMPTY_VIEW;
  /** Offset in `buffer` of the header to be read next. */
  at = 0;
  /** Where the packet begins in its buffer. */
  start = 0;
  /** End of the captured bytes of what is being read. */
  end = 0;
  /** Where they ended on the wire: above `end` when the snap length cut the packet. */
  wireEnd = 0;
  /** EtherType, IP protocol and LINKTYPE_ number for ETHER_TYPE, IP_PROTOCOL and LINK_TYPE. */
  etherType = 0;
  protocol = 0;
  linkType = 0;
  /** Within an ICMP error: what follows is a quotation, possibly cut short. */
  quoting = false;
  /** The rest of an 802.11 A-MSDU, to be read after the subframe in hand; equal when there is none. */
  aggregateAt = 0;
  aggregateEnd = 0;
  aggregateBuffer: Uint8Array = EMPTY;
  aggregateView: DataView = EMPTY_VIEW;
  /** Segments and quoted segments delivered. */
  delivered = 0;
  /** Where the segment in hand is written down. */
  segment: SegmentView = emptySegment();
  readonly quoted: QuotedSegment = emptyQuoted();
  readonly fragments = new FragmentTable();
  /** Bytes of compressed payloads (IPComp) so far, packed and unpacked. */
  packedBytes = 0;
  unpackedBytes = 0;
  /** Packets of link types that are not decoded: LINKTYPE_ number → packets. */
  readonly unknownLinkTypes = new Map<number, number>();
  /** Malformed or unreadable headers: name → packets. */
  readonly anomalies = new Map<string, number>();

  constructor(readonly sink: PacketSink) {}

  /** Goes on in bytes of their own: a datagram put together or unpacked. */
  enter(bytes: Uint8Array): void {
    this.buffer = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    this.start = 0;
    this.end = bytes.length;
    this.wireEnd = bytes.length;
  }

  /** Counts a header that cannot be read; nothing more is read of this packet. */
  malformed(name: string): Layer {
    this.anomalies.set(name, (this.anomalies.get(name) ?? 0) + 1);
    return NONE;
  }

  /** Moves past `length` bytes to `next`, or counts `name` where so many were not captured. */
  skip(length: number, next: Layer, name: string): Layer {
    if (length > this.end - this.at) return this.malformed(name);
    this.at += length;
    return next;
  }

  /** What is being read ends, on the wire, `length` bytes behind the cursor; more than there is changes nothing. */
  limit(length: number): void {
    const wireEnd = this.at + length;
    if (wireEnd >= this.wireEnd) return;
    this.wireEnd = wireEnd;
    if (wireEnd < this.end) this.end = wireEnd;
  }
}

/** A segment with nothing in it. */
export function emptySegment(): SegmentView {
  return {
    packet: DOUBLE,
    observationPoint: 0,
    atNs: DOUBLE,
    family: 4,
    source0: DOUBLE,
    source1: DOUBLE,
    source2: DOUBLE,
    source3: DOUBLE,
    destination0: DOUBLE,
    destination1: DOUBLE,
    destination2: DOUBLE,
    destination3: DOUBLE,
    sourcePort: 0,
    destinationPort: 0,
    sequence: DOUBLE,
    acknowledgement: DOUBLE,
    flags: 0,
    window: 0,
    options: 0,
    mss: -1,
    windowScale: -1,
    timestampValue: DOUBLE,
    timestampEcho: DOUBLE,
    unseenOptions: 0,
    sackStart: DOUBLE,
    sackEnd: DOUBLE,
    ttl: 0,
    ipId: -1,
    mac: DOUBLE,
    macTo: DOUBLE,
    vlan: -1,
    depth: 0,
    direction: null,
    interfaceIndex: 0,
    buffer: EMPTY,
    view: EMPTY_VIEW,
    payloadStart: 0,
    payloadEnd: 0,
    payloadLength: 0,
  };
}

function emptyQuoted(): QuotedSegment {
  return {
    packet: DOUBLE,
    atNs: DOUBLE,
    family: 4,
    source0: DOUBLE,
    source1: DOUBLE,
    source2: DOUBLE,
    source3: DOUBLE,
    destination0: DOUBLE,
    destination1: DOUBLE,
    destination2: DOUBLE,
    destination3: DOUBLE,
    sourcePort: 0,
    destinationPort: 0,
    icmpFamily: 4,
    sender0: DOUBLE,
    sender1: DOUBLE,
    sender2: DOUBLE,
    sender3: DOUBLE,
    icmpType: 0,
    icmpCode: 0,
    mtu: DOUBLE,
    numbered: false,
  };
}
