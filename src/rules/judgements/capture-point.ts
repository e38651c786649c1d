/**
 * Where it was captured (docs/judging.md): half of the proofs need to know.
 *
 * The handshake passes the capture point three times. Where the SYN is answered much faster than
 * the SYN-ACK, the server is near; in the other case, the client.
 */
import type { Connection } from '../../facts/connection.js';
import type { Side } from '../../facts/endpoint.js';
import type { Handshake } from '../../facts/handshake.js';

/** `between`: neither side is near; `loopback`: both are, on one host; `unknown`: connections disagree, or show nothing. */
export type CapturePoint = 'server' | 'client' | 'between' | 'loopback' | 'unknown';

/** The longer part of the handshake must exceed the shorter by this factor. */
const NEAR_RATIO = 4;
/** Both parts below this: the two ends are one host (measured on Linux's loopback). */
const LOOPBACK_NS = 50_000;
/** A round trip below this cannot be told from the capture's own delays. */
const MIN_ROUND_TRIP_NS = 100_000;

/** What each connection of a server says of the capture point, counted; plain data. */
export interface CaptureVotes {
  server: number;
  client: number;
  between: number;
  loopback: number;
}

/** What one connection says; `null` when its handshake was not seen whole. */
export function captureVoteOf(
  connection: Pick<Connection, 'handshake' | 'client' | 'server'>,
): keyof CaptureVotes | null {
  const { client, server, handshake } = connection;
  const byDirection = nearByDirection(client.direction, server.direction);
  if (byDirection !== null && client.endpoint.address !== server.endpoint.address) return byDirection;
  const { synToSynAckNs: toServer, synAckToAckNs: toClient } = handshake;
  if (toServer === null || toClient === null || toServer < 0 || toClient < 0) return null;
  if (toServer < LOOPBACK_NS && toClient < LOOPBACK_NS) return 'loopback';
  // TTL 64, 128 or 255 is what a sender starts with. Fewer: it crossed routers and is not near.
  if (toClient > NEAR_RATIO * toServer) return hasCrossedRouters(server.ttl) ? 'between' : 'server';
  if (toServer > NEAR_RATIO * toClient) return hasCrossedRouters(client.ttl) ? 'between' : 'client';
  return 'between';
}

/** Counts what one connection says. Each by its own name: V8 would look up one that stands in a variable in tables. */
export function countVote(votes: CaptureVotes, vote: keyof CaptureVotes): void {
  if (vote === 'server') votes.server += 1;
  else if (vote === 'client') votes.client += 1;
  else if (vote === 'between') votes.between += 1;
  else votes.loopback += 1;
}

/** What most connections say. Loopback and between are no majority of their own when a side was named as often. */
export function decideCapturePoint(votes: CaptureVotes): CapturePoint {
  const total = votes.server + votes.client + votes.between + votes.loopback;
  if (total === 0) return 'unknown';
  for (const point of ['server', 'client', 'between', 'loopback'] as const) if (votes[point] * 2 > total) return point;
  return 'unknown';
}

/** The side that the capture was taken at; `null` when it was neither, or both. */
export function nearSideOf(point: CapturePoint): Side | null {
  return point === 'server' || point === 'client' ? point : null;
}

/** The round trip from the capture point to the far side, nanoseconds; `null` when not known or too short to reason with. */
export function farRoundTripNs(handshake: Handshake, point: CapturePoint): number | null {
  const roundTrip = point === 'server' ? handshake.synAckToAckNs : point === 'client' ? handshake.synToSynAckNs : null;
  return roundTrip !== null && roundTrip >= MIN_ROUND_TRIP_NS ? roundTrip : null;
}

function nearByDirection(client: 'inbound' | 'outbound' | null, server: 'inbound' | 'outbound' | null): Side | null {
  if (client === 'outbound' && server === 'inbound') return 'client';
  return server === 'outbound' && client === 'inbound' ? 'server' : null;
}

function hasCrossedRouters(ttl: number | null): boolean {
  return ttl !== null && ttl !== 32 && ttl !== 64 && ttl !== 128 && ttl !== 255;
}
