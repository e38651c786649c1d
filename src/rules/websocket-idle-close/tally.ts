/** What the rule keeps of a run: per server the WebSockets that were cut, and the silences they outlived. */
import type { Connection } from '../../facts/connection.js';
import { httpRoles } from '../judgements/http-roles.js';
import { mayOpenWebSocket } from '../judgements/websocket-end.js';
import { type EarlierExchanges, earlierExchanges, exchangesOfAll } from '../tally/earlier-exchanges.js';
import type { Moment } from '../tally/earliest.js';
import { type KeyedLegs, keyedLegs, mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { type Cut, cutOf } from './cut.js';

/** Cuts of one server that the estimate stands on. */
const MAX_CUTS = 64;

/** A silence that a frame ended. */
export interface Survived extends Moment {
  readonly idleNs: number;
}

/** One server. */
export interface ServerTally {
  webSockets: number;
  readonly cuts: Occurrences<Cut>;
  longestSurvived: Survived | null;
}

/** The rule's tally. */
export interface IdleCloseTally {
  readonly servers: PerServer<ServerTally>;
  readonly legs: KeyedLegs<Cut>;
  /** Exchanges that opened WebSockets: how those ended is told with the last batch. */
  readonly waiting: EarlierExchanges;
}

/** Nothing seen yet. */
export function newTally(): IdleCloseTally {
  return { servers: perServer(), legs: keyedLegs(), waiting: earlierExchanges() };
}

/** Enters the WebSockets of a connection. */
export function noteConnection(connection: Connection, tally: IdleCloseTally): void {
  const exchanges = exchangesOfAll(tally.waiting, connection, mayOpenWebSocket);
  if (exchanges === null || connection.webSocketCount === 0) return;
  const server = tallyOf(tally.servers, httpRoles(connection).server.endpoint, newServer);
  if (server === null) return;
  for (const webSocket of connection.webSockets) {
    server.webSockets += 1;
    const cut = cutOf(webSocket, connection, exchanges);
    // What was sent into the end is no silence survived.
    for (const { startNs, durationNs, endedBy, packet } of webSocket.idlePeriods)
      if (endedBy !== null && (cut === null || startNs + durationNs < cut.atNs))
        server.longestSurvived = longer(server.longestSurvived, { idleNs: durationNs, atNs: startNs, packet });
    if (cut === null) continue;
    addOccurrence(server.cuts, cut);
    if (cut.key !== null) noteLeg(tally.legs, cut.key, cut);
  }
}

/** Adds all of `from`. */
export function mergeTally(into: IdleCloseTally, from: IdleCloseTally): void {
  mergePerServer(into.servers, from.servers, newServer, (server, part) => {
    server.webSockets += part.webSockets;
    absorbOccurrences(server.cuts, part.cuts);
    if (part.longestSurvived !== null) server.longestSurvived = longer(server.longestSurvived, part.longestSurvived);
  });
  mergeLegs(into.legs, from.legs);
}

function longer(one: Survived | null, other: Survived): Survived {
  if (one === null || other.idleNs > one.idleNs) return other;
  return other.idleNs === one.idleNs && other.packet < one.packet ? other : one;
}

function newServer(): ServerTally {
  return { webSockets: 0, cuts: newOccurrences(MAX_CUTS), longestSurvived: null };
}
