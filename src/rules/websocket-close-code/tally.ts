/** What the rule keeps of a run: per server how many WebSockets it had, and those that were closed for a failure. */
import type { Connection } from '../../facts/connection.js';
import { httpRoles } from '../judgements/http-roles.js';
import { mayOpenWebSocket } from '../judgements/websocket-end.js';
import { type EarlierExchanges, earlierExchanges, exchangesOfAll } from '../tally/earlier-exchanges.js';
import { type KeyedLegs, keyedLegs, mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { type Said, saidOf } from './said.js';

/** Of one server and code so many are looked at one by one. */
const MAX_SAID = 64;

/** One server. */
export interface ServerTally {
  webSockets: number;
  /** By who closed and with which code, as {@link saidBy} writes it. */
  readonly said: Record<string, Occurrences<Said>>;
}

/** The rule's tally. */
export interface CloseCodeTally {
  readonly servers: PerServer<ServerTally>;
  readonly legs: KeyedLegs<Said>;
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
    const said = saidOf(webSocket, connection, exchanges);
    if (said === null) continue;
    addOccurrence(occurrencesIn(server, saidBy(said)), said);
    if (said.key !== null) noteLeg(tally.legs, said.key, said);
  }
}

/** Adds all of `from`. */
export function mergeTally(into: CloseCodeTally, from: CloseCodeTally): void {
  mergePerServer(into.servers, from.servers, newServer, (server, part) => {
    server.webSockets += part.webSockets;
    for (const [by, occurrences] of Object.entries(part.said))
      absorbOccurrences(occurrencesIn(server, by), occurrences);
  });
  mergeLegs(into.legs, from.legs);
}

function occurrencesIn(server: ServerTally, by: string): Occurrences<Said> {
  const known = server.said[by] ?? newOccurrences<Said>(MAX_SAID);
  server.said[by] = known;
  return known;
}

/** `server 1011`. */
function saidBy({ by, code }: Said): string {
  return `${by} ${code}`;
}

function newServer(): ServerTally {
  return { webSockets: 0, said: {} };
}
