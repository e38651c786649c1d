/** One connection in which it happened: what the argument needs of its facts. */
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, MIN_IDLE_NS } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import type { RequestMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { Attributes } from '../judgements/discriminating-attribute.js';

/** Further requests of one HTTP/2 connection that are kept: the count says how many there were. */
export const MAX_FURTHER_REQUESTS = 7;

/** A request without an answer. */
export interface UnansweredRequest {
  /** HTTP/2; `null` elsewhere. */
  readonly h2Stream: number | null;
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
}

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
  readonly request: UnansweredRequest;
  /** HTTP/2: requests that stood open; 1 elsewhere. */
  readonly lostRequests: number;
  /** The next of them, in order, at most {@link MAX_FURTHER_REQUESTS}. */
  readonly further: readonly (UnansweredRequest & { readonly key: number })[];
  /** Last byte of the request to FIN. */
  readonly delayNs: number;
  /** Handshake to request on a new connection, or the answer before to request. */
  readonly waitNs: number | null;
  readonly isFirst: boolean;
  /** In TLS without keys, of which its port alone says that it is HTTP: told only where a proxy in front answers for it. */
  readonly isUnsaid: boolean;
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

/** What an incident has of its connection and of the FIN that ended it. */
export function commonOf({ stream, client, server, handshake }: Connection, { packet, atNs }: CloseSegment) {
  const { synAck } = handshake;
  return {
    ...{ packet, atNs, stream, client: client.endpoint, server: server.endpoint },
    synAck: synAck === null ? null : { packet: synAck.packet, atNs: synAck.atNs },
  };
}

/** What is told of a request. */
export function unansweredRequest(request: RequestMessage, h2Stream: number | null): UnansweredRequest {
  const { method, target, firstPacket, lastPacket, startNs, endNs, headBytes, bodyBytes, lostBytes } = request;
  return { h2Stream, method, target, firstPacket, lastPacket, startNs, endNs, headBytes, bodyBytes, lostBytes };
}

/** After half a second and more behind an answer the server may have given the idle connection up: keepalive-race. */
export function isAfterIdle(isFirst: boolean, waitNs: number | null): boolean {
  return !isFirst && waitNs !== null && waitNs >= MIN_IDLE_NS;
}

/** In TLS only what was opened whole can be told to hold no answer; an alert of the server has its own rule. */
export function isReadable({ tls }: Connection): boolean {
  if (tls === null) return true;
  return (
    tls.decryption === 'whole' && tls.alerts.every(({ from, description }) => from === 'client' || description === 0)
  );
}
