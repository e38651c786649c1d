/**
 * Printed output as a capture in classic pcap: each segment with the headers that are printed, and of
 * its payload what is; the rest counts as cut by the snap length, and headers that are not printed are
 * marked as not known (printed-header.ts).
 */
import type { NameRecord } from '../reader.js';
import { type PrintedArp, readArp } from './arp-line.js';
import { datagramIn, dumpedBytes } from './hex-dump.js';
import { Hosts } from './hosts.js';
import type { PrintedSegment } from './line.js';
import { SequenceNumbers } from './numbers.js';
import type { PrintedPacket } from './packets.js';
import { payloadOf } from './payload.js';
import type { PrintedLink } from './printed-header.js';
import { type Read, readingOf } from './reading.js';
import { arpRecord, dumpedRecord, pcapHeader, segmentRecord, unknownRecord, unreachableRecord } from './record.js';
import { portOf } from './services.js';
import { readUnreachable, UnansweredSyns } from './unreachable-line.js';

const DAY_NS = 86_400_000_000_000n;
/** A clock that steps back by so much has passed midnight. */
const HALF_DAY_NS = DAY_NS / 2n;
/** No pause between two packets lasts longer: times of day below it may be pauses (-ttt). */
const HOUR_NS = 3_600_000_000_000n;

/** What a text was found to hold. */
export interface TextFound {
  readonly pcap: Uint8Array;
  readonly segments: number;
  /** Segments whose bytes were printed. */
  readonly dumped: number;
  /** Segments with payload of which nothing is printed. */
  readonly withoutPayload: number;
  readonly hasDates: boolean;
  /** Times count from the first packet: when that was is not said. */
  readonly isRelative: boolean;
  /** No segment says its TTL. */
  readonly lacksTtl: boolean;
  readonly hasMadeAddresses: boolean;
  /** Names of ports that stand for made-up numbers. */
  readonly madePorts: readonly string[];
  /** By interface index less one. */
  readonly interfaces: readonly string[];
  /** Listed packets of HTTP or TLS that fit no one connection. */
  readonly unplaced: number;
  /** Segments of which the text does not have enough. */
  readonly cut: number;
}

/** A packet of the text, and when it was. */
interface TimedRead extends Read {
  /** Epoch nanoseconds. */
  atNs: bigint;
}

/** A text as a pcap file, and what was found in it. */
export function pcapOfText(text: string, onName: (record: NameRecord) => void): TextFound {
  const { packets: read, unplaced, cut } = readingOf(text);
  const packets = read.map((one): TimedRead => ({ ...one, atNs: 0n }));
  timeAll(packets);
  const writer = new TextWriter(onName);
  for (const packet of packets) writer.add(packet);
  return {
    ...writer.found(),
    hasDates: packets.some(({ listed: { segment } }) => segment?.time.hasDate === true),
    isRelative: read.length > 0 && read.every(({ time }) => time?.isRelative === true),
    unplaced,
    cut,
  };
}

/** Gives every packet its time: behind midnight a day more, and pauses (-ttt) added up. */
function timeAll(packets: readonly TimedRead[]): void {
  const times = packets.map(({ time }) => time);
  const arePauses = isPauses(times.flatMap((time) => (time === null ? [] : [time])));
  let days = 0n;
  let lastNs = 0n;
  for (const [at, read] of packets.entries()) {
    const time = times[at] ?? null;
    if (time !== null && arePauses) lastNs += time.atNs;
    else if (time !== null) {
      if (!time.hasDate && time.atNs + days * DAY_NS < lastNs - HALF_DAY_NS) days += 1n;
      lastNs = time.atNs + (time.hasDate ? 0n : days * DAY_NS);
    }
    read.atNs = lastNs;
  }
}

/** Whether times are those of -ttt, each counted from the packet before: the first is 0, and they go up and down. */
function isPauses(times: readonly { readonly atNs: bigint; readonly hasDate: boolean }[]): boolean {
  const [first] = times;
  if (first?.atNs !== 0n || times.some(({ atNs, hasDate }) => hasDate || atNs > HOUR_NS)) return false;
  return times.some(({ atNs }, at) => at > 0 && atNs < (times[at - 1]?.atNs ?? 0n));
}

/** Writes the packets of one text as records. */
class TextWriter {
  private readonly hosts: Hosts;
  private readonly numbers = new SequenceNumbers();
  private readonly syns = new UnansweredSyns();
  private readonly interfaces: string[] = [];
  private readonly parts: Uint8Array[] = [pcapHeader()];
  private segments = 0;
  private dumped = 0;
  private withoutPayload = 0;
  private lacksTtl = true;

  constructor(onName: (record: NameRecord) => void) {
    this.hosts = new Hosts(onName);
  }

  add({ listed: { segment }, packet, atNs }: TimedRead): void {
    const whole = dumpedBytes(packet.body);
    if (segment !== null) this.parts.push(this.segment(segment, packet, whole, atNs));
    else {
      // Other packets keep their place, so that numbers are those of `tcpdump -r --number`.
      const datagram = whole.length === 0 ? null : datagramIn(whole, null);
      if (datagram !== null) this.parts.push(dumpedRecord(atNs, NO_LINK, datagram.bytes, 0));
      else
        this.parts.push(
          this.arp(readArp(packet.line), atNs) ?? this.unreachable(packet.line, atNs) ?? unknownRecord(atNs),
        );
    }
  }

  found(): Omit<TextFound, 'hasDates' | 'isRelative' | 'unplaced' | 'cut'> {
    const { segments, dumped, withoutPayload, lacksTtl, interfaces, hosts } = this;
    const { hasMadeAddresses, madePorts } = hosts;
    const pcap = Buffer.concat(this.parts);
    return { pcap, segments, dumped, withoutPayload, lacksTtl, interfaces, hasMadeAddresses, madePorts };
  }

  private segment(segment: PrintedSegment, { body }: PrintedPacket, whole: Uint8Array, atNs: bigint): Uint8Array {
    const { source, destination, length } = segment;
    this.segments += 1;
    this.syns.note(segment, atNs);
    const link = this.linkOf(segment.link);
    const datagram = whole.length === 0 ? null : datagramIn(whole, [portOf(source.port), portOf(destination.port)]);
    if (datagram !== null) {
      const { bytes, linkBytes } = datagram;
      this.dumped += 1;
      this.lacksTtl = false;
      const [sender, receiver] = addressesIn(bytes);
      this.hosts.learn(source.host, sender);
      this.hosts.learn(destination.host, receiver);
      this.numbers.numbersOf(segment);
      const missing = Math.max(0, datagramBytes(bytes) - bytes.length);
      return dumpedRecord(atNs, linkBytes === ETHERNET_HEADER ? withMacs(link, whole) : link, bytes, missing);
    }
    const payload = payloadOf(segment, body);
    if (length > 0 && payload.length === 0) this.withoutPayload += 1;
    if (segment.ttl !== null) this.lacksTtl = false;
    return segmentRecord(atNs, {
      ...segment,
      link,
      source: this.hosts.addressOf(source.host, destination.host),
      destination: this.hosts.addressOf(destination.host, source.host),
      sourcePort: this.hosts.portOf(source),
      destinationPort: this.hosts.portOf(destination),
      ...this.numbers.numbersOf(segment),
      payload,
    });
  }

  /** `null`: it is no ARP, or of hosts that have no IPv4 address. */
  private arp(arp: PrintedArp | null, atNs: bigint): Uint8Array | null {
    if (arp === null) return null;
    const [sender, target] = [arp.sender, arp.target].map((host) =>
      host === null ? null : this.hosts.addressOf(host),
    );
    if (sender?.length === 16 || target?.length === 16) return null;
    return arpRecord(atNs, { ...arp, sender: sender ?? null, target: target ?? null, link: this.linkOf(arp.link) });
  }

  /** `null`: it is no ICMP error of IPv4, or not known about which connection. */
  private unreachable(line: string, atNs: bigint): Uint8Array | null {
    const error = readUnreachable(line);
    const syn = error === null ? null : this.syns.take(error, atNs);
    if (error === null || syn === null) return null;
    const [sender, receiver, target] = [error.sender, error.receiver, error.target].map((host) =>
      this.hosts.addressOf(host),
    );
    if (sender?.length !== 4 || receiver?.length !== 4 || target?.length !== 4) return null;
    const [sourcePort, destinationPort] = [this.hosts.portOf(syn.from), this.hosts.portOf(syn.to)];
    const quoted = { source: receiver, destination: target, sourcePort, destinationPort };
    return unreachableRecord(atNs, this.linkOf(error.link), error.code, [sender, receiver], quoted);
  }

  private linkOf({ interfaceName, ...link }: PrintedSegment['link']): PrintedLink {
    if (interfaceName === null) return { ...link, interfaceIndex: 0 };
    const known = this.interfaces.indexOf(interfaceName);
    if (known < 0) this.interfaces.push(interfaceName);
    return { ...link, interfaceIndex: known < 0 ? this.interfaces.length : known + 1 };
  }
}

const NO_LINK: PrintedLink = { direction: null, interfaceIndex: 0, mac: null, macTo: null, vlan: null };
const ETHERNET_HEADER = 14;

/** The addresses of an IP header. RFC 791 §3.1, RFC 8200 §3. */
function addressesIn(bytes: Uint8Array): readonly [Uint8Array, Uint8Array] {
  return (bytes[0] ?? 0) >>> 4 === 6
    ? [bytes.slice(8, 24), bytes.slice(24, 40)]
    : [bytes.slice(12, 16), bytes.slice(16, 20)];
}

/** How long the IP header says that the datagram is; 0: it does not say. */
function datagramBytes(bytes: Uint8Array): number {
  const isV6 = (bytes[0] ?? 0) >>> 4 === 6;
  const at = isV6 ? 4 : 2;
  return ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0) + (isV6 ? 40 : 0);
}

/** The addresses of the Ethernet header that was printed too. IEEE 802.3 §3.2. */
function withMacs(link: PrintedLink, frame: Uint8Array): PrintedLink {
  return { ...link, mac: [...frame.subarray(6, 12)], macTo: [...frame.subarray(0, 6)] };
}
