/** One connection in which it happened: what the argument needs of its facts. */
import type { CloseSegment } from '../../facts/close.js';
import type { Connection, SideFacts } from '../../facts/connection.js';
import { captureIndexOf, type PacketReference } from '../../facts/packet-reference.js';
import type { RequestSpan } from '../judgements/forger-place.js';
import { mayBeRefusedHandshake, refusalOfHandshake } from '../judgements/refused-handshake.js';

/** Resets kept of an incident: a burst shows itself in four. */
const MAX_RESETS = 4;
/** Further requests of one HTTP/2 connection that are kept: the count says how many there were. */
export const MAX_FURTHER_REQUESTS = 3;

/** The request that got no answer. */
export interface LostRequest {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly version: string;
  readonly authority: string | null;
  readonly firstPacket: PacketReference;
  readonly lastPacket: PacketReference;
  readonly startNs: number;
  readonly endNs: number;
  readonly headBytes: number;
  readonly bodyBytes: number;
  readonly complete: boolean;
  /** Bytes of it that the capture does not hold: its head was cut, or none of it was printed. */
  readonly lostBytes: number;
}

/**
 * What of the client's stood unanswered: a request that was read; data that TLS hides and that is most
 * likely one (application data of a client that speaks HTTP); bytes of which nobody can tell; or the
 * first bytes of a connection of which the capture has no more than that they were sent (cut by the
 * snap length, or not printed in a text).
 */
export type Outstanding = 'request' | 'application-data' | 'unknown-bytes' | 'uncaptured-bytes';

/** One connection in which it happened: what the argument needs of its facts. */
export interface Incident {
  /** The server's reset: what the incident is dated by. */
  readonly atNs: number;
  readonly packet: PacketReference;
  readonly stream: number;
  readonly client: SideFacts;
  readonly server: SideFacts;
  readonly handshake: Connection['handshake'];
  readonly guards: Connection['guards'];
  /** Indices of the captures that hold the packets which are compared, in order. */
  readonly captures: readonly number[];
  readonly outstanding: Outstanding;
  /** The first one that got no answer; `null` where it was not read: in TLS that no key opens, or not captured. */
  readonly request: LostRequest | null;
  /** HTTP/2: streams whose requests stood unanswered; 1 elsewhere. */
  readonly lostRequests: number;
  /** The next of them, at most {@link MAX_FURTHER_REQUESTS}. */
  readonly furtherRequests: readonly LostRequest[];
  /** The packet of the last data of the client, where that is encrypted or not captured, and stood unanswered. */
  readonly dataPacket: PacketReference | null;
  readonly requestIsFirst: boolean;
  /** Where the request stands in the client's stream; `null` when its framing hides its length. */
  readonly requestSpan: RequestSpan | null;
  /** Last byte that the client had outstanding. */
  readonly outstandingNs: number;
  readonly serverReset: CloseSegment;
  /** All resets, in capture order, the first {@link MAX_RESETS}. */
  readonly resets: readonly CloseSegment[];
  readonly delayNs: number;
  /** Handshake to first request; `null` on a reused connection or when the handshake was not seen. */
  readonly ageNs: number | null;
  /** Last payload to the request, on a reused connection. */
  readonly pauseNs: number | null;
  /** That pause was long enough to be idleness: told only where the server's idle time-out is not what ended it. */
  readonly isAfterIdle: boolean;
  /** An answer that came after the reset: its sender knew nothing of it. */
  readonly laterAnswer: { readonly packet: PacketReference; readonly atNs: number; readonly status: number } | null;
  /**
   * The handshake's own ACK was reset, so that the request had no part in it: `sure`, by the server's kernel as its
   * TTL has it, which is accept-queue-overflow's where others are accepted; `likely`: the TTL is not known.
   */
  readonly refusesHandshake: 'sure' | 'likely' | null;
  /** Network trouble on this connection. */
  readonly unreachable: PacketReference | null;
  /** Something that the client's bytes did wrong: anomaly name and first packet. */
  readonly clientAnomaly: { readonly name: string; readonly packet: PacketReference } | null;
}

/** What an incident has of its own: the rest is its connection's. */
type Lost = Pick<
  Incident,
  | 'outstanding'
  | 'request'
  | 'lostRequests'
  | 'furtherRequests'
  | 'dataPacket'
  | 'requestIsFirst'
  | 'requestSpan'
  | 'outstandingNs'
  | 'delayNs'
  | 'ageNs'
  | 'pauseNs'
  | 'isAfterIdle'
  | 'laterAnswer'
>;

/** Each field by name: spreading one object into the other costs many times as much, as a flood of resets shows. */
export function incidentWith(connection: Connection, serverReset: CloseSegment, lost: Lost): Incident {
  const { close, anomalies, unreachables } = connection;
  const wrong = anomalies.find((anomaly) => anomaly.from === 'client' && anomaly.name.startsWith('http1-'));
  return {
    atNs: serverReset.atNs,
    packet: serverReset.packet,
    stream: connection.stream,
    client: connection.client,
    server: connection.server,
    handshake: connection.handshake,
    guards: connection.guards,
    captures: capturesOf(connection),
    serverReset,
    resets: close.segments.filter((segment) => segment.kind === 'rst').slice(0, MAX_RESETS),
    refusesHandshake: refusesHandshake(connection),
    unreachable: unreachables[0]?.packet ?? null,
    clientAnomaly: wrong === undefined ? null : { name: wrong.name, packet: wrong.packet },
    outstanding: lost.outstanding,
    request: lost.request,
    lostRequests: lost.lostRequests,
    furtherRequests: lost.furtherRequests,
    dataPacket: lost.dataPacket,
    requestIsFirst: lost.requestIsFirst,
    requestSpan: lost.requestSpan,
    outstandingNs: lost.outstandingNs,
    delayNs: lost.delayNs,
    ageNs: lost.ageNs,
    pauseNs: lost.pauseNs,
    isAfterIdle: lost.isAfterIdle,
    laterAnswer: lost.laterAnswer,
  };
}

function refusesHandshake({ handshake, client, server, close }: Connection): Incident['refusesHandshake'] {
  const facts = { handshake, client, server, resets: close.segments };
  if (refusalOfHandshake(facts) !== null) return 'sure';
  return mayBeRefusedHandshake(facts) ? 'likely' : null;
}

/** The captures whose packets are compared with each other. */
function capturesOf({ firstPacket, handshake, close, exchanges }: Connection): number[] {
  const others: (PacketReference | null | undefined)[] = [handshake.syn?.packet, handshake.synAck?.packet];
  for (const { packet, peerPacket, lifeAfter } of close.segments) others.push(packet, peerPacket, lifeAfter);
  for (const { request, response } of exchanges)
    others.push(request?.firstPacket, request?.lastPacket, response?.firstPacket, response?.lastPacket);
  const found = new Set([captureIndexOf(firstPacket)]);
  for (const packet of others) if (packet != null) found.add(captureIndexOf(packet));
  return [...found].sort((one, other) => one - other);
}
