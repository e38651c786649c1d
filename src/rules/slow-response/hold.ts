/**
 * A connection on which nothing is asked for a while: spare ones of browsers, idle ones of pools. Where a
 * worker serves one connection at a time, and is given it before anything is asked on it, that worker waits
 * with it.
 */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { Moment } from '../tally/earliest.js';

/** Below a second nobody waits for it. */
const MIN_IDLE_NS = 1_000_000_000;
/** TLS may be told of the end before the connection ends. */
const LAST_WORDS_NS = 500_000_000;

/** See the head of this file; `packet`, `atNs`: what ended it. */
export interface Hold extends Moment {
  readonly stream: number;
  readonly server: Endpoint;
  readonly firstPacket: PacketReference;
  readonly openedNs: number;
  /** Since when it was silent. */
  readonly sinceNs: number;
  /** Nothing had ever been asked on it. */
  readonly isUnused: boolean;
  /** By whom it ended; `server`: of itself, by a timer; `null`: it did not, as far as was seen. */
  readonly endedBy: 'client' | 'server' | null;
}

/** What a connection may hold a worker up with; `null`: nothing, or it is not there whole. */
export function holdOf(connection: Connection): Hold | null {
  const { client, server, close, handshake, goesOn, guards, protocol, stream, firstPacket, startNs } = connection;
  if (goesOn || guards.clockStepped) return null;
  const [end] = close.segments;
  const { packet, atNs } = end ?? { packet: connection.lastPacket, atNs: Number.MAX_SAFE_INTEGER };
  const common = { packet, atNs, stream, server: server.endpoint, firstPacket, openedNs: startNs };
  if (client.firstPayloadNs === null) {
    if (handshake.kind !== 'complete' || client.lostBytes > 0 || atNs - startNs < MIN_IDLE_NS) return null;
    return { ...common, sinceNs: startNs, isUnused: true, endedBy: end?.from ?? null };
  }
  if (protocol !== 'http/1.1') return null;
  const idle = idleOf(connection);
  if (idle === null || idle.untilNs - idle.sinceNs < MIN_IDLE_NS || idle.untilNs > atNs) return null;
  if (end !== undefined && atNs - idle.untilNs > LAST_WORDS_NS) return null;
  return {
    ...common,
    sinceNs: idle.sinceNs,
    isUnused: false,
    endedBy: end === undefined ? null : idle.endedBy,
  };
}

/** The last time that nobody said anything on a connection, no request waited for its answer, and none came behind it. */
function idleOf({ idlePeriods, exchanges }: Connection) {
  const last = idlePeriods.at(-1);
  if (last === undefined) return null;
  const { startNs: sinceNs, durationNs, endedBy, packet } = last;
  // What is asked at last may be what others wait for: a message, for who polls.
  const isAsked = exchanges.some(
    ({ request, response }) =>
      request !== null &&
      (request.startNs > sinceNs || (request.endNs <= sinceNs && (response === null || response.startNs > sinceNs))),
  );
  if (isAsked) return null;
  const untilNs = packet === null ? Number.MAX_SAFE_INTEGER : sinceNs + durationNs;
  return { sinceNs, untilNs, endedBy: endedBy.startsWith('server') ? 'server' : 'client' } as const;
}
