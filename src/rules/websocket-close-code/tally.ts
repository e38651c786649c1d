/** What the rule keeps of a run: per server how many WebSockets it had, and those that were closed for a failure. */
import type { Connection } from '../../facts/connection.js';
import { noteWebSockets, type WebSocketTally, webSocketTally } from '../judgements/web-sockets-of.js';
import { mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer } from '../tally/per-server.js';
import { type FailureClose, failureCloseOf } from './failure-close.js';

/** Closes of one server, side and code that are looked at one by one. */
const MAX_CLOSES = 64;

/** One server. */
export interface ServerTally {
  webSockets: number;
  /** By who closed and with which code, as {@link kindOf} writes it. */
  readonly closes: Record<string, Occurrences<FailureClose>>;
}

/** The rule's tally. */
export type CloseCodeTally = WebSocketTally<ServerTally, FailureClose>;

/** Nothing seen yet. */
export function newTally(): CloseCodeTally {
  return webSocketTally();
}

/** Enters the WebSockets of a connection. */
export function noteConnection(connection: Connection, tally: CloseCodeTally): void {
  noteWebSockets(connection, tally, newServer, (webSocket, server, exchanges) => {
    const close = failureCloseOf(webSocket, connection, exchanges);
    if (close === null) return;
    addOccurrence(occurrencesIn(server, kindOf(close)), close);
    if (close.key !== null) noteLeg(tally.legs, close.key, close);
  });
}

/** Adds all of `from`. */
export function mergeTally(into: CloseCodeTally, from: CloseCodeTally): void {
  mergePerServer(into.servers, from.servers, newServer, (server, part) => {
    server.webSockets += part.webSockets;
    for (const [kind, occurrences] of Object.entries(part.closes))
      absorbOccurrences(occurrencesIn(server, kind), occurrences);
  });
  mergeLegs(into.legs, from.legs);
}

function occurrencesIn(server: ServerTally, kind: string): Occurrences<FailureClose> {
  const known = server.closes[kind] ?? newOccurrences<FailureClose>(MAX_CLOSES);
  server.closes[kind] = known;
  return known;
}

/** `server 1011`. */
function kindOf({ by, code }: FailureClose): string {
  return `${by} ${code}`;
}

function newServer(): ServerTally {
  return { webSockets: 0, closes: {} };
}
