/**
 * tcpdump's printed output as a capture in classic pcap: each segment with its headers, and of its
 * payload what is printed; the rest counts as cut by the snap length.
 */
import type { NameRecord } from '../reader.js';
import { Hosts } from './hosts.js';
import { beginsPacket, type PrintedSegment, readPrinted } from './line.js';
import { SequenceNumbers } from './numbers.js';

const LINKTYPE_RAW = 101;
const NANOSECOND_MAGIC = 0xa1b23c4d;
const SNAP_LENGTH = 262_144;
const TCP = 6;
/** For experiments: nobody reads it. RFC 3692 §2.1. */
const EXPERIMENTAL = 253;
const OTHER_PACKET = /\b(?:IP6?|ARP)[ ,]/;
/** What most systems send with; a line without -v does not say. */
const USUAL_TTL = 64;
/** A packet's lines joined; longer ones are something else. */
const MAX_PACKET_TEXT = 4096;
const DAY_NS = 86_400_000_000_000n;
/** A clock that steps back by so much has passed midnight. */
const HALF_DAY_NS = DAY_NS / 2n;

/** A text as a pcap file, and how many segments were found in it. */
export function pcapOfText(
  text: string,
  onName: (record: NameRecord) => void,
): { readonly pcap: Uint8Array; readonly segments: number } {
  const hosts = new Hosts(onName);
  const numbers = new SequenceNumbers();
  const parts: Buffer[] = [fileHeader()];
  let segments = 0;
  let days = 0n;
  let lastNs = 0n;
  for (const packet of packetsIn(text)) {
    const segment = readPrinted(packet);
    if (segment === null) {
      // Other packets keep their place, so that numbers are those of `tcpdump -r --number`.
      if (OTHER_PACKET.test(packet)) parts.push(placeholder(lastNs));
      continue;
    }
    segments += 1;
    if (!segment.hasDate && segment.atNs + days * DAY_NS < lastNs - HALF_DAY_NS) days += 1n;
    const atNs = segment.atNs + (segment.hasDate ? 0n : days * DAY_NS);
    lastNs = atNs;
    parts.push(record(atNs, segment, hosts, numbers));
  }
  return { pcap: Buffer.concat(parts), segments };
}

/** The lines of each packet joined: a packet begins with a time, and goes on until the next. */
function* packetsIn(text: string): Generator<string> {
  let packet = '';
  for (const raw of text.split('\n')) {
    // Quoting of mails and tickets, and the end of a line as terminals wrote it.
    const line = raw.replace(/\r$/, '').replace(/^(?:\s*[>|])+ ?/, '');
    if (beginsPacket(line)) {
      if (packet !== '') yield packet;
      packet = line;
    } else if (
      packet !== '' &&
      packet.length < MAX_PACKET_TEXT &&
      !/, length \d+/.test(packet.slice(packet.indexOf('Flags [')))
    ) {
      packet += ` ${line.trim()}`;
    }
  }
  if (packet !== '') yield packet;
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(NANOSECOND_MAGIC, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(SNAP_LENGTH, 16);
  header.writeUInt32LE(LINKTYPE_RAW, 20);
  return header;
}

/** A packet of which nothing is known but that it was there. */
function placeholder(atNs: bigint): Buffer {
  const packet = Buffer.alloc(36);
  packet.writeUInt32LE(Number(atNs / 1_000_000_000n), 0);
  packet.writeUInt32LE(Number(atNs % 1_000_000_000n), 4);
  packet.writeUInt32LE(20, 8);
  packet.writeUInt32LE(20, 12);
  packet[16] = 0x45;
  packet.writeUInt16BE(20, 18);
  packet[24] = USUAL_TTL;
  packet[25] = EXPERIMENTAL;
  return packet;
}

function record(atNs: bigint, segment: PrintedSegment, hosts: Hosts, numbers: SequenceNumbers): Buffer {
  const tcp = tcpHeader(segment, numbers);
  const payload = payloadOf(segment);
  const source = hosts.addressOf(segment.source.host);
  const destination = hosts.addressOf(segment.destination.host);
  const ip =
    source.length === 16
      ? ipv6Header(segment, tcp.length, source, destination)
      : ipv4Header(segment, tcp.length, source, destination);
  const captured = Buffer.concat([ip, tcp, payload]);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Number(atNs / 1_000_000_000n), 0);
  header.writeUInt32LE(Number(atNs % 1_000_000_000n), 4);
  header.writeUInt32LE(captured.length, 8);
  header.writeUInt32LE(ip.length + tcp.length + segment.length, 12);
  return Buffer.concat([header, captured]);
}

/** The first line of HTTP. A target that somebody blotted out begins with a slash, as targets do. */
function payloadOf({ text, length }: PrintedSegment): Buffer {
  if (text === null) return Buffer.alloc(0);
  const line = /^HTTP\//.test(text) ? text : text.replace(/^([A-Z-]+) (?![/*]|[a-z]+:)/, '$1 /');
  return Buffer.from(`${line}\r\n`, 'latin1').subarray(0, length);
}

function tcpHeader(segment: PrintedSegment, numbers: SequenceNumbers): Buffer {
  const { source, destination, flags, window, options } = segment;
  const { sequence, acknowledgement } = numbers.numbersOf(segment);
  const header = Buffer.alloc(20 + options.length);
  header.writeUInt16BE(source.port, 0);
  header.writeUInt16BE(destination.port, 2);
  header.writeUInt32BE(sequence, 4);
  header.writeUInt32BE(acknowledgement, 8);
  header[12] = (header.length / 4) << 4;
  header[13] = flags;
  header.writeUInt16BE(window, 14);
  header.set(options, 20);
  return header;
}

function ipv4Header(
  { ttl, ipId, length }: PrintedSegment,
  tcpBytes: number,
  source: Uint8Array,
  destination: Uint8Array,
): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + tcpBytes + length, 2);
  header.writeUInt16BE(ipId ?? 0, 4);
  header.writeUInt16BE(0x4000, 6);
  header[8] = ttl ?? USUAL_TTL;
  header[9] = TCP;
  header.set(source, 12);
  header.set(destination.subarray(0, 4), 16);
  return header;
}

function ipv6Header(
  { ttl, length }: PrintedSegment,
  tcpBytes: number,
  source: Uint8Array,
  destination: Uint8Array,
): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(tcpBytes + length, 4);
  header[6] = TCP;
  header[7] = ttl ?? USUAL_TTL;
  header.set(source, 8);
  header.set(destination, 24);
  return header;
}
