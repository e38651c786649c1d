/** The signature: a server's window closed for a fifth of a second and longer, or a client's for a second. */
import type { Connection, WindowClosure } from '../../facts/connection.js';
import { OPPOSITE, type Side } from '../../facts/endpoint.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** Shorter a server that reads is only busy. */
const MIN_CLOSED_NS = 200_000_000;
/** A client that fetches slowly (a limit of its own, a slower line behind it) closes its window again and again for moments: flow control at work. */
const MIN_CLOSED_BY_CLIENT_NS = 1_000_000_000;

/** One connection whose receiver stood still. */
export interface Stall extends Occurrence {
  /** Whose window was closed. */
  readonly side: Side;
  readonly closure: WindowClosure;
  readonly zeroWindows: number;
  /** The other side went on sending afterwards: it had been waiting. */
  readonly wentOn: boolean;
  /** Nothing but who spoke first in the capture says which side is the server. */
  readonly isRoleGuessed: boolean;
}

/** The longer of both sides' stalls; `null`: there is none. What is short for its side hides nothing of the other's. */
export function stallOf(connection: Connection): Stall | null {
  const { client, server, goesOn } = connection;
  if ((client.windowClosure === null && server.windowClosure === null) || goesOn) return null;
  const ofServer = stallOn(connection, 'server', MIN_CLOSED_NS);
  const ofClient = stallOn(connection, 'client', MIN_CLOSED_BY_CLIENT_NS);
  if (ofServer === null || ofClient === null) return ofServer ?? ofClient;
  return ofClient.closure.durationNs > ofServer.closure.durationNs ? ofClient : ofServer;
}

function stallOn(connection: Connection, side: Side, leastNs: number): Stall | null {
  const { windowClosure: closure, zeroWindows } = connection[side];
  const other = connection[OPPOSITE[side]];
  if (closure === null || closure.durationNs < leastNs || other.payloadBytes === 0) return null;
  const endNs = closure.startNs + closure.durationNs;
  // Its own reset, or the other's, ended what was to be read.
  if (closure.openedBy === null && connection.close.segments.some(({ atNs }) => atNs < endNs - MIN_CLOSED_NS))
    return null;
  return {
    ...occurrenceIn(connection, { atNs: closure.startNs, packet: closure.packet }),
    side,
    closure,
    zeroWindows,
    wentOn: (other.lastPayloadNs ?? Number.NEGATIVE_INFINITY) >= endNs,
    isRoleGuessed: connection.clientBasis === 'first-packet',
  };
}
