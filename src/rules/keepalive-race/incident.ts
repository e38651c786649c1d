/** The signature: a request on a connection that had been idle, and a server that gave it up meanwhile. */
import { ROLES_REVERSED } from '../../facts/anomaly.js';
import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import type { Exchange } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { guardSteps, silenceIsUnsayable } from '../judgements/capture-guards.js';
import {
  type CrossedClose,
  crossedCloseOf,
  idleBefore,
  type LostData,
  lostDataOf,
  serverSpokeSince,
} from '../judgements/crossed-close.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { isUnclear } from '../judgements/idleness.js';
import { MAX_CROSSING_NS } from '../judgements/moments.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import { hasForeignTtl, steadyTtlOf } from '../judgements/sender-ttl.js';

/**
 * How the request met the close. `race`: neither side could know of the other. `stale-pool`: the
 * client's kernel had acknowledged the FIN, and the client used the connection all the same.
 * `abort`: the server reset the connection with the request unread, as it does when its timer and
 * the request come together; that it was the timer shows the server's other closes only. `expiry`:
 * the same with a FIN, of a server whose timer shuts the connection down whatever has come (Tomcat).
 */
export type RaceSort = 'race' | 'stale-pool' | 'abort' | 'expiry';

/** A client that reads its sockets at all does so within this of the FIN's arrival. */
export const STALE_NS = 10_000_000;
/** A reset that the timer brought comes so soon after the request, beyond a round trip (docs/rules/keepalive-race.md, R3). */
const ABORT_WITHIN_NS = 150_000_000;

/** The request that got no answer. */
export interface LostRequest {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** Bytes of it that the capture does not hold. */
  readonly lostBytes: number;
}

/** One connection in which it happened: what the argument needs of its facts. */
export interface Incident {
  /** The lost data's first packet: what the incident is dated by. */
  readonly atNs: number;
  readonly packet: PacketReference;
  readonly stream: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly sort: RaceSort;
  /** `null` in TLS that no key opens. */
  readonly request: LostRequest | null;
  readonly lastPacket: PacketReference;
  /** The last answer before; `null` where it is encrypted or was handed over in an earlier batch. */
  readonly previous: { readonly packet: PacketReference; readonly atNs: number; readonly status: number } | null;
  /** From the last payload before to the server's close, and to the lost data. */
  readonly idleNs: number;
  readonly reuseNs: number;
  readonly close: CloseSegment;
  /** Since when the client's kernel had the FIN when the data left; `null`: it had not, or is not known to. */
  readonly knownForNs: number | null;
  /** The server's first RST after both. */
  readonly reset: CloseSegment | null;
  /** The server's kernel acknowledged bytes after its FIN, and nobody read them (lingering close). */
  readonly isAcknowledgedLater: boolean;
  readonly requestsBefore: number;
  readonly serverTtl: number | null;
  /** Steps that the connection's guards take from the confidence. */
  readonly steps: number;
  readonly isHealthCheck: boolean;
}

/** The incident in a connection; `null` when it shows none, or it cannot be told. */
export function incidentOf(connection: Connection): Incident | null {
  if (connection.anomalies.some(({ name }) => name === ROLES_REVERSED)) return null;
  const crossed = crossedCloseOf(connection) ?? expiryOf(connection);
  return crossed === null ? null : incidentAt(crossed, connection);
}

/** The incident of a request that is known to have met the server's close; `null`: it cannot be told that it was lost. */
export function incidentAt(crossed: CrossedClose, connection: Connection): Incident | null {
  if (silenceIsUnsayable(connection, crossed.close) !== null) return null;
  const { close, lost, heardNs, requestsBefore } = crossed;
  const { exchange } = lost;
  const request = exchange?.request ?? null;
  const knownForNs = knownFor(close, lost, connection);
  const atExpiry = isCovered(close, lost) ? (close.kind === 'rst' ? 'abort' : 'expiry') : null;
  return {
    atNs: lost.atNs,
    packet: lost.packet,
    stream: connection.stream,
    client: connection.client.endpoint,
    server: connection.server.endpoint,
    sort: atExpiry ?? (knownForNs !== null && knownForNs >= STALE_NS ? 'stale-pool' : 'race'),
    request:
      request === null
        ? null
        : {
            method: request.method,
            target: request.target,
            headBytes: request.headBytes,
            bodyBytes: request.bodyBytes,
            lostBytes: request.lostBytes,
          },
    lastPacket: lost.lastPacket,
    previous: exchange === null ? null : previousAnswer(exchange, connection),
    idleNs: close.atNs - heardNs,
    reuseNs: lost.atNs - heardNs,
    close,
    knownForNs,
    reset: resetAfter(close, lost, connection),
    isAcknowledgedLater: (connection.server.highestAcknowledged ?? 0) > (close.acknowledgement ?? 0),
    requestsBefore,
    serverTtl: steadyTtlOf(connection.server),
    steps: guardSteps(connection),
    isHealthCheck: request !== null && isHealthCheck(request),
  };
}

/** The server's kernel had the request, and at once the connection is given up: reset with the request unread, or closed. */
function expiryOf(connection: Connection): CrossedClose | null {
  const [close] = connection.close.segments;
  if (close === undefined || close.from !== 'server') return null;
  // Of a FIN that leaves a part of the request out, the rest was still on its way.
  if (close.kind === 'rst' ? resetShapeOf(close) !== 'B' : close.deltaAcknowledgement !== 0) return null;
  const { protocol, server, handshake } = connection;
  if (protocol !== 'http/1.1' || isUnclear(connection) || close.deltaSequence !== 0) return null;
  if (hasForeignTtl(close, server)) return null;
  const lost = lostDataOf(connection);
  if (lost === null || !isCovered(close, lost)) return null;
  const delayNs = close.atNs - lost.endNs;
  const withinNs = close.kind === 'rst' ? ABORT_WITHIN_NS : MAX_CROSSING_NS;
  if (delayNs < 0 || delayNs > withinNs + (handshake.synToSynAckNs ?? 0)) return null;
  const idle = idleBefore(lost, close, connection);
  if (idle === null || serverSpokeSince(idle.startNs, connection)) return null;
  const { exchanges, exchangeOffset } = connection;
  const before = lost.exchange === null ? 0 : exchangeOffset + exchanges.indexOf(lost.exchange);
  return { close, lost, heardNs: idle.startNs, requestsBefore: before };
}

/** The close comes after the data and acknowledges some of it. */
function isCovered({ atNs, packet, deltaAcknowledgement }: CloseSegment, lost: LostData): boolean {
  const isAfter = atNs > lost.atNs || (atNs === lost.atNs && packet > lost.packet);
  return isAfter && deltaAcknowledgement !== null && -deltaAcknowledgement < lost.bytes;
}

/**
 * How long the client's kernel had known of the FIN. Where the data itself brought the first
 * acknowledgement, the FIN's own way to the client and the data's way back are taken off.
 */
function knownFor(close: CloseSegment, lost: LostData, { handshake }: Connection): number | null {
  const { acknowledgedNs, acknowledgedPacket } = close;
  if (acknowledgedNs === null || acknowledgedPacket === null) return null;
  if (acknowledgedNs > lost.atNs || (acknowledgedNs === lost.atNs && acknowledgedPacket > lost.packet)) return null;
  if (acknowledgedPacket !== lost.packet) return lost.atNs - acknowledgedNs;
  return Math.max(0, lost.atNs - close.atNs - (handshake.synAckToAckNs ?? 0));
}

function resetAfter(close: CloseSegment, lost: LostData, connection: Connection): CloseSegment | null {
  const fromNs = Math.max(close.atNs, lost.atNs);
  return (
    connection.close.segments.find(
      (segment) => segment.kind === 'rst' && segment.from === 'server' && segment !== close && segment.atNs >= fromNs,
    ) ?? null
  );
}

function previousAnswer(exchange: Exchange, { exchanges }: Connection): Incident['previous'] {
  const before = exchanges[exchanges.indexOf(exchange) - 1]?.response;
  return before == null ? null : { packet: before.lastPacket, atNs: before.endNs, status: before.status };
}
