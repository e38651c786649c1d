/** The signature: a whole request, acknowledged, and then the server's FIN without one byte of a response. */

import { ROLES_REVERSED } from '../../facts/anomaly.js';
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, MIN_IDLE_NS } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { guardSteps, silenceIsUnsayable } from '../judgements/capture-guards.js';
import { announcesClose } from '../judgements/closing-message.js';
import { type Attributes, attributesOf } from '../judgements/discriminating-attribute.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { MAX_CLOCK_SKEW_NS } from '../judgements/moments.js';
import { hasClientSaidGoodbye, sealedTurnsOf, unansweredTurnOf } from '../judgements/sealed-turn.js';
import { hangUpIn } from '../judgements/spoken-otherwise.js';
import { requestKey } from '../observation/request-key.js';
import { rankOfText } from '../tally/rank.js';

/** What crosses the end of an idle connection is as young as this: its server's next turn comes sooner. */
const MAX_CROSSING_NS = 10_000_000;

/** One connection in which it happened. */
export interface Incident {
  /** The server's FIN: what the incident is dated by. */
  readonly packet: PacketReference;
  readonly atNs: number;
  readonly stream: number;
  /** Place of the exchange in its connection; `null`: in TLS without keys. */
  readonly index: number | null;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly synAck: { readonly packet: PacketReference; readonly atNs: number } | null;
  readonly request: {
    /** As sent; `null`, both: in TLS without keys. */
    readonly method: string | null;
    readonly target: string | null;
    readonly firstPacket: PacketReference;
    readonly lastPacket: PacketReference;
    readonly startNs: number;
    readonly endNs: number;
    readonly headBytes: number;
    /** In TLS without keys the bytes of all its records. */
    readonly bodyBytes: number;
    /** Bytes of it that the capture does not hold. */
    readonly lostBytes: number;
  };
  /** Last byte of the request to FIN. */
  readonly delayNs: number;
  /** Handshake to request on a new connection, or the answer before to request. */
  readonly waitNs: number | null;
  readonly isFirst: boolean;
  /** The connection had been idle before: told only where it was not that which ended it. */
  readonly isAfterIdle: boolean;
  readonly attributes: Attributes;
  readonly isHealthCheck: boolean;
  /** In clear, on a connection that had no other (judgements/spoken-otherwise). */
  readonly isHungUp: boolean;
  /** In the log of exchanges; `null`: in TLS without keys. */
  readonly key: number | null;
  /** Steps that guards, and a long wait on a new connection, take from the confidence. */
  readonly steps: number;
}

/** The incident in a connection; `null` when it shows none, or it cannot be told. */
export function incidentOf(connection: Connection): Incident | null {
  const { protocol, anomalies, undecodedBytes, close, exchanges, tls } = connection;
  if (protocol === 'tls') return sealedIncidentOf(connection);
  if (protocol !== 'http/1.1' || anomalies.some(({ name }) => name === ROLES_REVERSED)) return null;
  // What came first, and how long the connection had been idle, tells it from keepalive-race.
  if (connection.guards.clockStepped) return null;
  const [fin] = close.segments;
  // A client that left first took no answer; a RST first is rst-after-request.
  if (fin === undefined || fin.kind !== 'fin' || fin.from !== 'server') return null;
  if (undecodedBytes.server > 0 || silenceIsUnsayable(connection, fin) !== null || !isReadable(connection)) return null;
  const at = exchanges.findIndex(({ request, response }) => request !== null && response === null);
  const exchange = exchanges[at];
  if (exchange?.request == null || exchange.interim.length > 0) return null;
  const { request } = exchange;
  // HTTP/0.9 answers have no head: what a server sends cannot be told from nothing.
  if (request.version === 'HTTP/0.9' || !request.complete || request.lostBytes > 0 || request.endNs > fin.atNs)
    return null;
  // What the FIN does not acknowledge its sender had not read: it closed for another reason (keepalive-race).
  // Where it acknowledges more than was seen, the client's own FIN may have come first.
  if (fin.deltaAcknowledgement !== 0) return null;
  const spokeNs = tls === null ? connection.server.lastPayloadNs : (tls.server.lastApplication?.atNs ?? null);
  if (spokeNs !== null && spokeNs >= request.startNs) return null;
  if (isAnsweredAhead(exchanges, request)) return null;
  const isFirst = exchange.index === 0;
  if (isFirst ? connection.guards.midStream || spokeNs !== null : !isServing(exchanges[at - 1])) return null;
  const begunNs = tls === null ? connection.handshake.ackNs : tls.finishedNs.client;
  const sinceNs = isFirst ? begunNs : spokeNs;
  const waitNs = sinceNs === null ? null : Math.max(0, request.startNs - sinceNs);
  if (!isFirst && waitNs === null) return null;
  const delayNs = fin.atNs - Math.max(request.startNs, request.endNs);
  if (isAfterIdle(isFirst, waitNs) && delayNs < MAX_CROSSING_NS) return null;
  const { address } = connection.client.endpoint;
  const waited = isFirst && (waitNs === null || waitNs >= MIN_IDLE_NS) ? 1 : 0;
  return {
    ...commonOf(connection, fin),
    index: exchange.index,
    request: {
      method: request.method,
      target: request.target,
      firstPacket: request.firstPacket,
      lastPacket: request.lastPacket,
      startNs: request.startNs,
      endNs: request.endNs,
      headBytes: request.headBytes,
      bodyBytes: request.bodyBytes,
      lostBytes: request.lostBytes,
    },
    delayNs,
    waitNs,
    isFirst,
    isAfterIdle: isAfterIdle(isFirst, waitNs),
    attributes: attributesOf(request, address, isFirst),
    isHealthCheck: isHealthCheck(request),
    isHungUp: hangUpIn(connection)?.on === 'clear',
    key: requestKey(rankOfText(address), request),
    steps: Math.min(guardSteps(connection) + waited, 2),
  };
}

function commonOf({ stream, client, server, handshake }: Connection, { packet, atNs }: CloseSegment) {
  const { synAck } = handshake;
  return {
    ...{ packet, atNs, stream, client: client.endpoint, server: server.endpoint },
    synAck: synAck === null ? null : { packet: synAck.packet, atNs: synAck.atNs },
  };
}

/** TLS without keys: a turn of the client that the server's FIN acknowledges, and nothing of the server upon it (rules.md §5). */
function sealedIncidentOf(connection: Connection): Incident | null {
  const [fin] = connection.close.segments;
  if (fin === undefined || fin.kind !== 'fin' || fin.from !== 'server' || fin.deltaSequence !== 0) return null;
  const sealed = sealedTurnsOf(connection);
  const turn = sealed === null ? null : unansweredTurnOf(sealed);
  if (sealed === null || turn === null || turn.endNs > fin.atNs) return null;
  if (silenceIsUnsayable(connection, fin) !== null || (fin.deltaAcknowledgement ?? -1) < 0) return null;
  const { tls, turns, speaks } = sealed;
  // Other protocols on the same port end like this by design: the client's last word needs no answer.
  if (speaks !== 'said' || hasClientSaidGoodbye(tls, fin.atNs)) return null;
  const isFirst = turns.count === 1;
  // Whose certificate is refused learns it by an alert behind its first request (TLS 1.3): tls-handshake-failure.
  if (isFirst && tls.alerts.some(({ from }) => from === 'server')) return null;
  const sinceNs = isFirst ? tls.finishedNs.client : (tls.server.lastApplication?.atNs ?? null);
  if (sinceNs === null || sinceNs > turn.endNs) return null;
  const waitNs = Math.max(0, turn.startNs - sinceNs);
  const delayNs = fin.atNs - turn.endNs;
  if (isAfterIdle(isFirst, waitNs) && delayNs < MAX_CROSSING_NS) return null;
  return {
    ...commonOf(connection, fin),
    index: null,
    request: {
      ...{ method: null, target: null, headBytes: 0, bodyBytes: turn.bytes, lostBytes: 0 },
      ...{ firstPacket: turn.firstPacket, lastPacket: turn.lastPacket, startNs: turn.startNs, endNs: turn.endNs },
    },
    delayNs,
    ...{ waitNs, isFirst, isAfterIdle: isAfterIdle(isFirst, waitNs), attributes: {} },
    ...{ isHealthCheck: false, isHungUp: false, key: null },
    steps: Math.min(guardSteps(connection) + (isFirst && waitNs >= MIN_IDLE_NS ? 2 : 1), 2),
  };
}

/** After half a second and more behind an answer the server may have given the idle connection up: keepalive-race. */
function isAfterIdle(isFirst: boolean, waitNs: number | null): boolean {
  return !isFirst && waitNs !== null && waitNs >= MIN_IDLE_NS;
}

/** In TLS only what was opened whole can be told to hold no answer; an alert of the server has its own rule. */
function isReadable({ tls }: Connection): boolean {
  if (tls === null) return true;
  return (
    tls.decryption === 'whole' && tls.alerts.every(({ from, description }) => from === 'client' || description === 0)
  );
}

/** The exchange before was answered whole, and neither side said that it was the last. */
function isServing(before: Exchange | undefined): boolean {
  if (before?.response == null || !before.response.complete) return false;
  if (before.request !== null && announcesClose(before.request)) return false;
  return !announcesClose(before.response);
}

/** A response that nobody had asked for stands just before the request: its answer, recorded ahead of it. */
function isAnsweredAhead(exchanges: readonly Exchange[], request: RequestMessage): boolean {
  return exchanges.some(
    (other) =>
      other.request === null &&
      other.response !== null &&
      Math.abs(request.startNs - other.response.startNs) <= MAX_CLOCK_SKEW_NS,
  );
}
