/** The TCP header and its options. RFC 9293 §3.1, §3.2. */
import { TCP_OPTION } from '../facts/segment-evidence.js';
import type { Cursor } from './cursor.js';
import { type Layer, NONE } from './layer.js';
import type { SegmentView } from './segment.js';

const SEQUENCE = 4;
const ACKNOWLEDGEMENT = 8;
const DATA_OFFSET = 12;
const FLAGS = 13;
const WINDOW = 14;
const MIN_HEADER = 20;
/** What a segment is not one without: ports, numbers, flags, window. */
const UP_TO_WINDOW = 16;
/** What RFC 792 has an ICMP error quote of TCP; the ports alone tell the connection. */
const PORTS = 4;

/** NOP, NOP, timestamps, length 10: how every common stack lays it out, RFC 7323 appendix A. */
const ALIGNED_TIMESTAMPS = 0x0101080a;
const WITH_TIMESTAMPS = MIN_HEADER + 12;

/** Length of a SACK option with one block. RFC 2018 §3. */
const ONE_BLOCK = 10;

const END_OF_OPTIONS = 0;
const NOP = 1;

/**
 * Reads the header, delivers the segment, and ends the packet.
 *
 * A header cut behind the window, or whose data offset cannot be, is still a segment, as in
 * Wireshark: without payload, for where that would begin is unknown (and a host drops such a segment).
 */
export function tcp(cursor: Cursor): Layer {
  const { view, at, segment } = cursor;
  const captured = cursor.end - at;
  if (cursor.quoting) return captured < PORTS ? cursor.malformed('icmp-quote-cut') : quote(cursor, captured);
  if (captured < UP_TO_WINDOW) return cursor.malformed('tcp-header-cut');
  const ports = view.getUint32(at);
  segment.sourcePort = ports >>> 16;
  segment.destinationPort = ports & 0xffff;
  segment.sequence = view.getUint32(at + SEQUENCE);
  segment.acknowledgement = view.getUint32(at + ACKNOWLEDGEMENT);
  segment.flags = view.getUint8(at + FLAGS);
  segment.window = view.getUint16(at + WINDOW);
  segment.mss = -1;
  segment.windowScale = -1;
  segment.unseenOptions = 0;
  const headerLength = (view.getUint8(at + DATA_OFFSET) >>> 4) << 2;
  if (headerLength === MIN_HEADER) {
    segment.options = 0;
    segment.timestampValue = -1;
    segment.timestampEcho = -1;
  } else if (
    headerLength === WITH_TIMESTAMPS &&
    captured >= WITH_TIMESTAMPS &&
    view.getUint32(at + MIN_HEADER) === ALIGNED_TIMESTAMPS
  ) {
    segment.options = TCP_OPTION.timestamps;
    segment.timestampValue = view.getUint32(at + MIN_HEADER + 4);
    segment.timestampEcho = view.getUint32(at + MIN_HEADER + 8);
  } else {
    options(cursor, segment, at + MIN_HEADER, at + headerLength);
  }
  let payloadLength = cursor.wireEnd - at - headerLength;
  if (headerLength < MIN_HEADER || payloadLength < 0) {
    cursor.malformed('tcp-data-offset');
    payloadLength = 0;
  }

  segment.depth = at - cursor.start;
  segment.buffer = cursor.buffer;
  segment.view = view;
  segment.payloadStart = Math.min(at + headerLength, cursor.end);
  segment.payloadEnd = payloadLength === 0 ? segment.payloadStart : cursor.end;
  segment.payloadLength = payloadLength;
  cursor.delivered += 1;
  cursor.sink.segment(segment);
  return NONE;
}

/** Takes the options in [start, headerEnd) as far as captured; one that lies about its length ends them. */
function options(cursor: Cursor, segment: SegmentView, start: number, headerEnd: number): void {
  const { view } = cursor;
  const end = Math.min(headerEnd, cursor.end);
  let bits = 0;
  segment.timestampValue = -1;
  segment.timestampEcho = -1;
  let at = start;
  while (at < end) {
    const kind = view.getUint8(at);
    if (kind === END_OF_OPTIONS) {
      at = headerEnd;
      break;
    }
    if (kind === NOP) {
      at += 1;
      continue;
    }
    const length = end - at < 2 ? 0 : view.getUint8(at + 1);
    if (length < 2 || length > end - at) {
      // Where the snap length cut the header, that was its doing.
      if (end === headerEnd) cursor.malformed('tcp-option-length');
      break;
    }
    bits |= option(view, segment, at, kind, length);
    at += length;
  }
  segment.options = bits;
  // Where it was captured whole, an option that lies about its length hides nothing.
  if (end < headerEnd && at < headerEnd) segment.unseenOptions = headerEnd - at;
}

/** One option's bit; its values where its length is right. https://www.iana.org/assignments/tcp-parameters */
function option(view: DataView, segment: SegmentView, at: number, kind: number, length: number): number {
  switch (kind) {
    case 2:
      if (length === 4) segment.mss = view.getUint16(at + 2);
      return TCP_OPTION.mss;
    case 3:
      if (length === 3) segment.windowScale = view.getUint8(at + 2);
      return TCP_OPTION.windowScale;
    case 4:
      return TCP_OPTION.sackPermitted;
    case 5:
      segment.sackStart = length < ONE_BLOCK ? 0 : view.getUint32(at + 2);
      segment.sackEnd = length < ONE_BLOCK ? 0 : view.getUint32(at + 6);
      return TCP_OPTION.sack;
    case 8:
      if (length !== 10) return TCP_OPTION.other;
      segment.timestampValue = view.getUint32(at + 2);
      segment.timestampEcho = view.getUint32(at + 6);
      return TCP_OPTION.timestamps;
    case 19: // RFC 2385
    case 29: // TCP-AO, RFC 5925: its successor, and to a judgement the same
      return TCP_OPTION.md5;
    case 30:
      return TCP_OPTION.mptcp;
    case 34:
      return TCP_OPTION.fastOpen;
    default:
      return TCP_OPTION.other;
  }
}

/** Delivers the header that an ICMP error quotes. */
function quote(cursor: Cursor, captured: number): Layer {
  const { view, at, segment, quoted } = cursor;
  quoted.packet = segment.packet;
  quoted.atNs = segment.atNs;
  quoted.family = segment.family;
  quoted.source0 = segment.source0;
  quoted.source1 = segment.source1;
  quoted.source2 = segment.source2;
  quoted.source3 = segment.source3;
  quoted.destination0 = segment.destination0;
  quoted.destination1 = segment.destination1;
  quoted.destination2 = segment.destination2;
  quoted.destination3 = segment.destination3;
  quoted.sourcePort = view.getUint16(at);
  quoted.destinationPort = view.getUint16(at + 2);
  if (captured < UP_TO_WINDOW) quoted.numbered = false;
  cursor.delivered += 1;
  cursor.sink.quoted(quoted);
  return NONE;
}
