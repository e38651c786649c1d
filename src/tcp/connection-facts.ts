/**
 * From a connection as it was read, by direction, to facts by role.
 *
 * Here it is decided who the client is (contract.md): the sender of the first SYN, else the
 * receiver of a SYN-ACK, else as the bytes say, else as the ports say, else the first to speak.
 */
import type { Anomaly } from '../facts/anomaly.js';
import type { Close, CloseSegment } from '../facts/close.js';
import type { ClientBasis, Connection, IdlePeriod, SideFacts } from '../facts/connection.js';
import type { Side } from '../facts/endpoint.js';
import type { Handshake } from '../facts/handshake.js';
import { type SegmentEvidence, TCP_OPTION } from '../facts/segment-evidence.js';
import { addressText } from '../text/address.js';
import type { SegmentDraft, TrackedConnection } from './connection.js';
import { type Direction, NEVER } from './direction.js';

/** Ports below this are given to services (RFC 6335 §6). */
const SYSTEM_PORTS = 1024;
/** Registered ports on which HTTP commonly stands behind proxies; tells a server where neither port is a system port. */
const HTTP_PORTS: ReadonlySet<number> = new Set([
  3000, 3128, 5000, 8000, 8008, 8080, 8081, 8088, 8443, 8888, 9000, 9090, 9443,
]);

/** What TCP knows of a connection; the pipeline adds what was said in it. */
export type TcpFacts = Omit<
  Connection,
  'protocol' | 'exchanges' | 'exchangeOffset' | 'undecodedBytes' | 'anomalies' | 'guards'
> & {
  readonly anomalies: readonly Anomaly[];
  readonly midStream: boolean;
  readonly oneSided: boolean;
  readonly snapped: boolean;
  readonly clockStepped: boolean;
};

/** Which direction is the client's, and why. */
export function clientOf(connection: TrackedConnection): { isFirst: boolean; basis: ClientBasis } {
  if (connection.syn !== null) return { isFirst: connection.syn.fromFirst, basis: 'syn' };
  if (connection.synAck !== null) return { isFirst: !connection.synAck.fromFirst, basis: 'syn-ack' };
  if (connection.contentClientIsFirst !== null)
    return { isFirst: connection.contentClientIsFirst, basis: connection.contentBasis };
  const first = serviceRank(connection.firstPort);
  const second = serviceRank(connection.secondPort);
  if (first !== second) return { isFirst: first < second, basis: 'port' };
  return { isFirst: true, basis: 'first-packet' };
}

/** The facts of a connection that has ended. */
export function tcpFactsOf(connection: TrackedConnection): TcpFacts {
  const { isFirst, basis } = clientOf(connection);
  const sideOf = (fromFirst: boolean): Side => (fromFirst === isFirst ? 'client' : 'server');
  const client = isFirst ? connection.first : connection.second;
  const server = isFirst ? connection.second : connection.first;
  return {
    stream: connection.stream,
    clientBasis: basis,
    client: sideFacts(connection, client, server),
    server: sideFacts(connection, server, client),
    firstPacket: connection.firstPacket,
    lastPacket: connection.lastPacket,
    startNs: connection.startNs,
    // Where the clock stepped back behind the first packet, no time passed that could be told.
    endNs: Math.max(connection.endNs, connection.startNs),
    handshake: handshakeOf(connection, sideOf),
    close: closeOf(connection, sideOf),
    idlePeriods: connection.idlePeriods.map(
      ({ afterFirst, endedBy, endedByFirst, ...idle }): IdlePeriod => ({
        ...idle,
        after: sideOf(afterFirst),
        endedBy: endedBy === 'capture-ended' ? endedBy : `${sideOf(endedByFirst)}-${endedBy}`,
      }),
    ),
    idlePeriodCount: connection.idlePeriodCount,
    unreachables: connection.unreachables.map(({ quotedFirst, ...rest }) => ({ ...rest, quoted: sideOf(quotedFirst) })),
    anomalies:
      connection.outOfWindow === 0
        ? []
        : [
            {
              name: 'tcp-out-of-window',
              from: null,
              packet: connection.outOfWindowPacket,
              count: connection.outOfWindow,
            },
          ],
    midStream: connection.syn === null && connection.synAck === null,
    oneSided: isOneSided(client, server) || isOneSided(server, client),
    snapped: client.snapped + server.snapped > 0,
    clockStepped: connection.clockStepped,
  };
}

function serviceRank(port: number): number {
  if (port < SYSTEM_PORTS) return 2;
  return HTTP_PORTS.has(port) ? 1 : 0;
}

/** Nothing of `silent` was captured though the other side acknowledged bytes of it, or went on sending as if it were heard. */
function isOneSided(silent: Direction, other: Direction): boolean {
  return (
    silent.packets === 0 &&
    (other.acknowledged > 1 || (other.hasSyn ? other.packets > 2 && other.payloadBytes > 0 : other.packets > 1))
  );
}

function sideFacts(connection: TrackedConnection, direction: Direction, other: Direction): SideFacts {
  const at = direction === connection.first ? 0 : 4;
  const { words } = connection;
  const unseen = direction.packets === 0 && other.acknowledged > 1 ? other.acknowledged - 1 : 0;
  return {
    endpoint: {
      address: addressText(connection.family, words[at], words[at + 1], words[at + 2], words[at + 3]),
      port: at === 0 ? connection.firstPort : connection.secondPort,
    },
    packets: direction.packets,
    payloadBytes: direction.payloadBytes,
    lostBytes: direction.stream.lostBytes + unseen,
    retransmissions: direction.retransmissions,
    outOfOrder: direction.outOfOrder,
    duplicates: direction.duplicates,
    oversized: direction.oversized,
    ttl: direction.ttl.value < 0 ? null : direction.ttl.value,
    ttlVaries: direction.ttl.varies,
    mac: direction.mac.value < 0 ? null : direction.mac.value,
    macVaries: direction.mac.varies,
    zeroIpIds: direction.zeroIpIds,
    plainSegments: direction.plainSegments,
    direction: direction.captureDirection,
    firstPayloadNs: direction.firstPayloadNs === NEVER ? null : direction.firstPayloadNs,
    lastPayloadNs: direction.lastPayloadNs === NEVER ? null : direction.lastPayloadNs,
    zeroWindows: direction.zeroWindows,
    highestAcknowledged: direction.acknowledged < 0 ? null : direction.acknowledged,
    nextSequence: direction.lastPacket < 0 ? null : direction.nextOffset,
  };
}

function handshakeOf(connection: TrackedConnection, sideOf: (fromFirst: boolean) => Side): Handshake {
  const { syn, synAck, ackNs } = connection;
  const bySide = (draft: SegmentDraft | null): SegmentEvidence | null => {
    if (draft === null) return null;
    const { fromFirst, ...rest } = draft;
    return { ...rest, from: sideOf(fromFirst) };
  };
  const answered = syn !== null && synAck !== null && syn.fromFirst !== synAck.fromFirst;
  const repeated = connection.synRetransmissions + connection.synAckRetransmissions > 0;
  const both = (option: number): boolean => answered && (syn.options & option) !== 0 && (synAck.options & option) !== 0;
  return {
    kind: answered && ackNs !== NEVER ? 'complete' : syn !== null || synAck !== null ? 'partial' : 'none',
    syn: bySide(syn),
    synAck: bySide(synAck),
    ackNs: ackNs === NEVER ? null : ackNs,
    // With a repeated SYN or SYN-ACK it is not known which copy was answered (Karn's rule, RFC 6298 §3).
    synToSynAckNs: answered && !repeated ? synAck.atNs - syn.atNs : null,
    synAckToAckNs: answered && !repeated && ackNs !== NEVER ? ackNs - synAck.atNs : null,
    synRetransmissions: connection.synRetransmissions,
    synAckRetransmissions: connection.synAckRetransmissions,
    timestampsNegotiated: both(TCP_OPTION.timestamps),
    sackNegotiated: both(TCP_OPTION.sackPermitted),
  };
}

function closeOf(connection: TrackedConnection, sideOf: (fromFirst: boolean) => Side): Close {
  const segments = connection.closes.map(
    ({ fromFirst, ...rest }): CloseSegment => ({ ...rest, from: sideOf(fromFirst) }),
  );
  const { first, second } = connection;
  const reset = segments.find((segment) => segment.kind === 'rst') ?? null;
  const bothFinished = first.hasFin && second.hasFin;
  const finsBeforeReset = new Set<Side>();
  for (const segment of segments) {
    if (segment === reset) break;
    finsBeforeReset.add(segment.from);
  }
  const kind =
    reset !== null && finsBeforeReset.size < 2 ? 'rst' : bothFinished || first.hasFin || second.hasFin ? 'fin' : 'open';
  return { kind, resetBy: reset?.from ?? null, segments, segmentCount: connection.closeCount };
}
