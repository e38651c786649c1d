/** A WebSocket that its server ended itself, and said nothing of it. */
import type { Connection } from '../../facts/connection.js';
import { isSeenWhole } from '../judgements/message-end.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import { hasForeignTtl } from '../judgements/sender-ttl.js';
import type { GivenUp } from '../judgements/timer-estimate.js';
import type { WebSocketCut } from '../judgements/websocket-end.js';

/** Where the handshake does not show the round trip: the longest that is usual. */
const UNKNOWN_ROUND_TRIP_NS = 1_000_000_000;
/** Shorter is pace: frames were going on until the end. */
const AMID_NS = 1_000_000_000;

/** One that was cut; its age is how long it had lasted. */
export interface Cut extends WebSocketCut, GivenUp {
  /** The connection's own, as its handshake shows it, or what it may be. */
  readonly roundTripNs: number;
}

/** The cut, where the server's hand is beyond doubt; `null`: it is not. */
export function serverCutOf(cut: WebSocketCut, connection: Connection): Cut | null {
  const { client, server, close, tls, guards, handshake } = connection;
  if (cut.by !== 'server' || guards.clockStepped) return null;
  // A Close frame may be among what was not seen.
  if (!isSeenWhole(client) || !isSeenWhole(server) || (tls !== null && tls.decryption !== 'whole')) return null;
  if (cut.how !== 'stream-reset') {
    const [end] = close.segments;
    if (end === undefined || end.deltaSequence !== 0) return null;
    if (end.kind === 'rst' && (resetShapeOf(end) !== 'B' || hasForeignTtl(end, server))) return null;
    // Nobody heard it any more: it gave up on a client that was gone.
    if (server.repeated !== null && !server.repeated.acknowledged) return null;
  }
  const { synToSynAckNs, synAckToAckNs } = handshake;
  const roundTripNs =
    synToSynAckNs === null || synAckToAckNs === null ? UNKNOWN_ROUND_TRIP_NS : synToSynAckNs + synAckToAckNs;
  return { ...cut, ageNs: cut.atNs - cut.openedNs, roundTripNs };
}

/** Frames were sent until right before the end. */
export function isAmidFrames({ idleNs }: Cut): boolean {
  return idleNs < AMID_NS;
}
