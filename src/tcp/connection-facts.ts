/**
 * Turns a tracked connection, kept by direction, into facts by role.
 *
 * This file decides which side is the client: the sender of the first SYN, else the receiver of a
 * SYN-ACK, else the side that the bytes indicate, else the ports, else the sender of the first packet.
 */
import { type Anomaly, OUT_OF_WINDOW } from '../facts/anomaly.js';
import type { Close } from '../facts/close.js';
import type { ClientBasis, Connection, IdlePeriod, Resend, SideFacts } from '../facts/connection.js';
import type { Draft } from '../facts/draft.js';
import { OPPOSITE, type Side } from '../facts/endpoint.js';
import type { Handshake } from '../facts/handshake.js';
import { TCP_OPTION } from '../facts/segment-evidence.js';
import { addressText } from '../text/address.js';
import type { TrackedConnection } from './connection.js';
import type { Direction } from './direction.js';
import { NEVER } from './never.js';

/** Ports below this are assigned to services (RFC 6335 §6). */
const SYSTEM_PORTS = 1024;
/** Linux assigns client ports from here on (ip_local_port_range); IANA's dynamic ports begin higher (RFC 6335 §6). */
const EPHEMERAL_PORTS = 32_768;
/** Registered ports on which HTTP servers behind proxies commonly listen. They identify the server where neither port is a system port. */
const HTTP_PORTS: ReadonlySet<number> = new Set([
  3000, 3128, 5000, 8000, 8008, 8080, 8081, 8088, 8443, 8888, 9000, 9090, 9443,
]);
/** Registered ports of other services. They identify the server only where the other port is in the ephemeral range. */
const SERVICE_PORTS: ReadonlySet<number> = new Set([
  1080, 1433, 1521, 1883, 2049, 2181, 2379, 2380, 3306, 3389, 5001, 5222, 5432, 5671, 5672, 5900, 5985, 5986, 6379,
  6443, 7000, 7001, 8001, 8009, 8082, 8083, 9092, 9200, 9300, 11211, 27017,
]);

/** What the decoders found in a connection, by direction. */
export interface Said
  extends Pick<
    Connection,
    | 'tls'
    | 'protocol'
    | 'exchanges'
    | 'exchangeOffset'
    | 'h2'
    | 'webSockets'
    | 'webSocketCount'
    | 'signs'
    | 'beginnings'
    | 'anomalies'
  > {
  readonly undecodedFirst: number;
  readonly undecodedSecond: number;
}

/** What the run knows in addition to the connection itself. */
export interface Circumstances {
  /** Time of the latest packet of the run, nanoseconds. */
  readonly latestNs: number;
  /** Epoch time of the connection's first packet. */
  readonly startEpoch: Connection['startEpoch'];
  /** The capturing kernel dropped packets. */
  readonly captureDrops: boolean;
  /** The connection is still open. Its facts leave out how it ends and whatever is only known of the whole connection. */
  readonly goesOn: boolean;
}

const OPEN: Close = { kind: 'open', resetBy: null, segments: [], segmentCount: 0 };

/** A connection whose last packet lies this close to the end of the capture may have continued after it (docs/judging.md). */
export const CAPTURE_END_NS = 2_000_000_000;

/** Which direction is the client's, and why. */
export function clientOf(connection: TrackedConnection): { isFirst: boolean; basis: ClientBasis } {
  const { syn, synAck } = connection.handshake;
  if (syn !== null) return { isFirst: syn.from === connection.firstStandsFor, basis: 'syn' };
  if (synAck !== null) return { isFirst: synAck.from !== connection.firstStandsFor, basis: 'syn-ack' };
  if (connection.contentClientIsFirst !== null)
    return { isFirst: connection.contentClientIsFirst, basis: connection.contentBasis };
  const first = serviceRank(connection.firstPort);
  const second = serviceRank(connection.secondPort);
  if (first !== second) return { isFirst: first < second, basis: 'port' };
  if (isOfService(connection.secondPort, connection.firstPort)) return { isFirst: true, basis: 'port' };
  if (isOfService(connection.firstPort, connection.secondPort)) return { isFirst: false, basis: 'port' };
  return { isFirst: true, basis: 'first-packet' };
}

/**
 * The facts of a connection that has ended, or that hands over a batch of its exchanges (`goesOn`). One
 * object literal makes both, so that all facts have the same shape.
 *
 * The drafts themselves become the facts; a connection that is still open keeps using them.
 */
export function connectionFactsOf(connection: TrackedConnection, said: Said, circumstances: Circumstances): Connection {
  const { isFirst, basis } = clientOf(connection);
  const client = isFirst ? connection.first : connection.second;
  const server = isFirst ? connection.second : connection.first;
  if (isFirst !== (connection.firstStandsFor === 'client')) turnOver(connection);
  const { goesOn } = circumstances;
  const close = goesOn ? OPEN : closeOf(connection);
  // Where the clock stepped back to before the first packet, the duration is unknown and counts as 0.
  // Not Math.max: V8 makes a small integer of its result where it can, and the field is then no double (bytes/double.ts).
  let { endNs } = connection;
  if (endNs < connection.startNs) endNs = connection.startNs;
  return Object.freeze({
    stream: connection.stream,
    clientBasis: basis,
    client: sideFacts(connection, client, server),
    server: sideFacts(connection, server, client),
    firstPacket: connection.firstPacket,
    lastPacket: connection.lastPacket,
    startEpoch: circumstances.startEpoch,
    startNs: connection.startNs,
    endNs,
    handshake: handshakeOf(connection),
    close,
    idlePeriods: goesOn ? [] : connection.idlePeriods.kept,
    idlePeriodCount: goesOn ? 0 : connection.idlePeriods.count,
    unreachables: goesOn ? [] : connection.unreachables,
    tls: said.tls,
    protocol: said.protocol,
    exchanges: said.exchanges,
    exchangeOffset: said.exchangeOffset,
    isImage: connection.isImage,
    goesOn,
    h2: goesOn ? null : said.h2,
    webSockets: goesOn ? [] : said.webSockets,
    webSocketCount: goesOn ? 0 : said.webSocketCount,
    signs: said.signs,
    beginnings: said.beginnings,
    undecodedBytes: {
      client: isFirst ? said.undecodedFirst : said.undecodedSecond,
      server: isFirst ? said.undecodedSecond : said.undecodedFirst,
    },
    anomalies: anomaliesOf(connection, said),
    guards: {
      midStream: connection.handshake.syn === null && connection.handshake.synAck === null,
      cutByCaptureEnd: goesOn || (close.kind === 'open' && circumstances.latestNs - endNs < CAPTURE_END_NS),
      oneSided: isOneSided(client, server) || isOneSided(server, client),
      snapped: client.snapped + server.snapped > 0,
      captureDrops: circumstances.captureDrops,
      clockStepped: connection.clockStepped,
      severalPoints: isOfSeveralPoints(connection),
    },
  });
}

/** Swaps the role that `first` stands for, in existing drafts and in later ones. */
function turnOver(connection: TrackedConnection): void {
  connection.firstStandsFor = OPPOSITE[connection.firstStandsFor];
  for (const draft of [connection.handshake.syn, connection.handshake.synAck, ...connection.closes.kept])
    if (draft !== null) draft.from = OPPOSITE[draft.from];
  for (const draft of connection.unreachables) draft.quoted = OPPOSITE[draft.quoted];
  for (const draft of connection.idlePeriods.kept) {
    draft.after = OPPOSITE[draft.after];
    draft.endedBy = TURNED_OVER[draft.endedBy];
  }
}

const TURNED_OVER: Readonly<Record<IdlePeriod['endedBy'], IdlePeriod['endedBy']>> = {
  'client-payload': 'server-payload',
  'server-payload': 'client-payload',
  'client-fin': 'server-fin',
  'server-fin': 'client-fin',
  'client-rst': 'server-rst',
  'server-rst': 'client-rst',
  'capture-ended': 'capture-ended',
};

function anomaliesOf(connection: TrackedConnection, { anomalies }: Said): readonly Anomaly[] {
  const { outOfWindowPacket: packet, outOfWindow: count } = connection;
  return count === 0 ? anomalies : [{ name: OUT_OF_WINDOW, from: null, packet, count }, ...anomalies];
}

function serviceRank(port: number): number {
  if (port < SYSTEM_PORTS) return 2;
  return HTTP_PORTS.has(port) ? 1 : 0;
}

/** A high port alone proves nothing: containers and gRPC servers listen there, and clients may use lower ones. */
function isOfService(port: number, other: number): boolean {
  return other >= EPHEMERAL_PORTS && SERVICE_PORTS.has(port);
}

/** Whether nothing of `silent` was captured although `other` acknowledged its bytes, or kept sending as if `silent` answered. */
function isOneSided(silent: Direction, other: Direction): boolean {
  return (
    silent.packets === 0 &&
    (other.acknowledged > 1 || (other.hasSyn ? other.packets > 2 && other.payloadBytes > 0 : other.packets > 1))
  );
}

/** Whether the connection's segments, copies left out, come from more than one observation point. */
function isOfSeveralPoints({ first, second }: TrackedConnection): boolean {
  if (first.isOfSeveralPoints || second.isOfSeveralPoints) return true;
  return first.lastPacket >= 0 && second.lastPacket >= 0 && first.lastPoint !== second.lastPoint;
}

function sideFacts(connection: TrackedConnection, direction: Direction, other: Direction): SideFacts {
  const at = direction === connection.first ? 0 : 4;
  const { words } = connection;
  const unseen = direction.packets === 0 && other.acknowledged > 1 ? other.acknowledged - 1 : 0;
  const { firstPayloadNs, lastPayloadNs } = direction;
  const { ttl, mac } = direction.baseline;
  const facts: Draft<SideFacts> = {
    endpoint: {
      address: addressText(connection.family, words[at], words[at + 1], words[at + 2], words[at + 3]),
      port: at === 0 ? connection.firstPort : connection.secondPort,
    },
    packets: direction.packets,
    payloadBytes: direction.payloadBytes,
    lostBytes: direction.stream.lostBytes + unseen,
    snappedBytes: direction.stream.snappedBytes,
    retransmissions: direction.retransmissions,
    needless: direction.needless,
    resends: direction.resends === null ? NONE : resendsOf(direction.resends),
    outOfOrder: direction.outOfOrder,
    refills: direction.refills,
    firstAgain: direction.againPacket < 0 ? null : { packet: direction.againPacket, atNs: direction.againNs },
    duplicates: direction.duplicates,
    duplicatesElsewhere: direction.duplicatesElsewhere,
    oversized: direction.oversized,
    ttl: ttl.value <= 0 ? null : ttl.value,
    ttlVaries: ttl.varies,
    mac: mac.value < 0 ? null : mac.value,
    macVaries: mac.varies,
    zeroIpIds: direction.zeroIpIds,
    plainSegments: direction.plainSegments,
    direction: direction.captureDirection,
    firstPayloadNs: 0,
    lastPayloadNs: 0,
    zeroWindows: direction.zeroWindows,
    windowClosure: windowClosureOf(direction, connection.endNs),
    repeated: direction.mostRepeated.times < 2 ? null : repeatedOf(direction, other),
    shortBehind: direction.shortBehind,
    firstLarge: direction.firstLarge < 0 ? null : direction.firstLarge,
    highestAcknowledged: direction.acknowledged < 0 ? null : direction.acknowledged,
    nextSequence: direction.lastPacket < 0 ? null : direction.nextOffset,
  };
  // Set apart from the literal, which holds a small integer for each. Where such a field has only held `null` and
  // doubles, V8 (Node 20.20) discards and remakes the optimised code for each connection of the first two seconds,
  // whose times fit a small integer: a third of the run on a capture of short connections.
  facts.firstPayloadNs = firstPayloadNs === NEVER ? null : firstPayloadNs;
  facts.lastPayloadNs = lastPayloadNs === NEVER ? null : lastPayloadNs;
  return facts;
}

const NONE: readonly Resend[] = Object.freeze([]);

function resendsOf(resends: readonly number[]): readonly Resend[] {
  const all: Resend[] = [];
  for (let at = 0; at < resends.length; at += 2)
    all.push({ atNs: resends[at] ?? NEVER, sequence: resends[at + 1] ?? 0 });
  return all;
}

function windowClosureOf({ windowClosures }: Direction, endNs: number): SideFacts['windowClosure'] {
  const { closedNs, closedPacket, longestNs, longestStartNs, longestPacket, longestOpenedBy } = windowClosures;
  const openNs = closedNs === NEVER ? -1 : endNs - closedNs;
  if (openNs < 0 && longestNs < 0) return null;
  if (openNs > longestNs) return { packet: closedPacket, startNs: closedNs, durationNs: openNs, openedBy: null };
  return { packet: longestPacket, startNs: longestStartNs, durationNs: longestNs, openedBy: longestOpenedBy };
}

function repeatedOf({ mostRepeated }: Direction, other: Direction): SideFacts['repeated'] {
  const { start, length, longest, times, firstPacket, firstNs, lastPacket, lastNs } = mostRepeated;
  const acknowledged = other.acknowledged >= start + length;
  return { sequence: start, length, longest, times, firstPacket, firstNs, lastPacket, lastNs, acknowledged };
}

function handshakeOf(connection: TrackedConnection): Handshake {
  const { first, second, handshake } = connection;
  const { syn, synAck, ackNs } = handshake;
  const answered = syn !== null && synAck !== null && syn.from !== synAck.from;
  const repeated = handshake.synRetransmissions + handshake.synAckRetransmissions > 0;
  const common = answered ? syn.options & synAck.options : 0;
  return {
    kind: answered && ackNs !== NEVER ? 'complete' : syn !== null || synAck !== null ? 'partial' : 'none',
    syn,
    synElsewhere: syn !== null && (syn.from === connection.firstStandsFor ? first : second).isResetUnknown(1),
    synAck,
    ackNs: ackNs === NEVER ? null : ackNs,
    // With a repeated SYN or SYN-ACK it is not known which copy was answered (Karn's rule, RFC 6298 §3).
    synToSynAckNs: answered && !repeated ? synAck.atNs - syn.atNs : null,
    synAckToAckNs: answered && !repeated && ackNs !== NEVER ? ackNs - synAck.atNs : null,
    synRetransmissions: handshake.synRetransmissions,
    synAckRetransmissions: handshake.synAckRetransmissions,
    timestampsNegotiated: (common & TCP_OPTION.timestamps) !== 0,
    sackNegotiated: (common & TCP_OPTION.sackPermitted) !== 0,
  };
}

function closeOf(connection: TrackedConnection): Close {
  const { first, second } = connection;
  const { kept: segments, count: segmentCount } = connection.closes;
  let resetBy: Side | null = null;
  let finsBefore = 0;
  for (const segment of segments) {
    if (segment.kind === 'rst') {
      resetBy = segment.from;
      break;
    }
    finsBefore += 1;
  }
  // A repeated FIN is not among them, so two stand for both sides.
  const kind = resetBy !== null && finsBefore < 2 ? 'rst' : first.hasFin || second.hasFin ? 'fin' : 'open';
  return { kind, resetBy, segments, segmentCount };
}
