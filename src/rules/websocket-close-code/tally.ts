/** What the rule keeps of a run: per server how many WebSockets it had, and those that were closed for a failure. */
import type { Connection } from '../../facts/connection.js';
import { httpRoles } from '../judgements/http-roles.js';
import { mayOpenWebSocket } from '../judgements/websocket-end.js';
import { type EarlierExchanges, earlierExchanges, exchangesOfAll } from '../tally/earlier-exchanges.js';
import { type KeyedLegs, keyedLegs, mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
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
export interface CloseCodeTally {
  readonly servers: PerServer<ServerTally>;
  readonly legs: KeyedLegs<FailureClose>;
  /** Exchanges that opened WebSockets: how those ended is told with the last batch. */
  readonly waiting: EarlierExchanges;
}

/** Nothing seen yet. */
export function newTally(): CloseCodeTally {
  return { servers: perServer(), legs: keyedLegs(), waiting: earlierExchanges() };
}

/** Enters the WebSockets of a connection. */
export function noteConnection(connection: Connection, tally: CloseCodeTally): void {
  const exchanges = exchangesOfAll(tally.waiting, connection, mayOpenWebSocket);
  if (exchanges === null || connection.webSocketCount === 0) return;
  const server = tallyOf(tally.servers, httpRoles(connection).server.endpoint, newServer);
  if (server === null) return;
  for (const webSocket of connection.webSockets) {
    server.webSockets += 1;
    const close = failureCloseOf(webSocket, connection, exchanges);
    if (close === null) continue;
    addOccurrence(occurrencesIn(server, kindOf(close)), close);
    if (close.key !== null) noteLeg(tally.legs, close.key, close);
  }
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
