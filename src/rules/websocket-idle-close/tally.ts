/** What the rule keeps of a run: per server the WebSockets that were cut, and the silences they outlived. */
import type { Connection } from '../../facts/connection.js';
import { noteWebSockets, type WebSocketTally, webSocketTally } from '../judgements/web-sockets-of.js';
import type { Moment } from '../tally/earliest.js';
import { mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer } from '../tally/per-server.js';
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
export type IdleCloseTally = WebSocketTally<ServerTally, Cut>;

/** Nothing seen yet. */
export function newTally(): IdleCloseTally {
  return webSocketTally();
}

/** Enters the WebSockets of a connection. */
export function noteConnection(connection: Connection, tally: IdleCloseTally): void {
  noteWebSockets(connection, tally, newServer, (webSocket, server, exchanges) => {
    const cut = cutOf(webSocket, connection, exchanges);
    // What was sent into the end is no silence survived.
    for (const { startNs, durationNs, endedBy, packet } of webSocket.idlePeriods)
      if (endedBy !== null && (cut === null || startNs + durationNs < cut.atNs))
        server.longestSurvived = longer(server.longestSurvived, { idleNs: durationNs, atNs: startNs, packet });
    if (cut === null) return;
    addOccurrence(server.cuts, cut);
    if (cut.key !== null) noteLeg(tally.legs, cut.key, cut);
  });
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
