/** What the rule keeps of a run: per server the WebSockets that it cut, and those that were opened or outlasted the others. */
import type { Connection } from '../../facts/connection.js';
import { httpRoles } from '../judgements/http-roles.js';
import { noteWebSockets, type WebSocketTally, webSocketTally } from '../judgements/web-sockets-of.js';
import { type WebSocketCut, webSocketCutOf } from '../judgements/websocket-end.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer } from '../tally/per-server.js';
import { type Cut, serverCutOf } from './incident.js';

/** Cuts of one server that are looked at one by one. */
const MAX_CUTS = 64;
/** WebSockets of one server whose opening is remembered, to see clients come back: as many again, and some. */
const MAX_OPENED = 256;

/** A WebSocket that was accepted. */
export interface Opened extends Moment {
  readonly client: string;
}

/** One server. */
export interface ServerTally {
  webSockets: number;
  readonly cuts: Occurrences<Cut>;
  /** The earliest. */
  readonly opened: Earliest<Opened>;
  /** The longest that one lasted which it did not cut; 0: there was none. */
  longestLifeNs: number;
  /** The longest silence that a frame ended; 0: there was none. */
  longestSurvivedNs: number;
}

/** The rule's tally; its legs are all that ended without a Close frame, by whomever. */
export type WebsocketCutTally = WebSocketTally<ServerTally, WebSocketCut>;

/** Nothing seen yet. */
export function newTally(): WebsocketCutTally {
  return webSocketTally();
}

/** Enters the WebSockets of a connection. */
export function noteConnection(connection: Connection, tally: WebsocketCutTally): void {
  noteWebSockets(connection, tally, newServer, (webSocket, server, exchanges) => {
    const { startNs, handshakePacket, idlePeriods } = webSocket;
    const client = httpRoles(connection).client.endpoint.address;
    addEarliest(server.opened, { atNs: startNs, packet: handshakePacket, client });
    const ended = webSocketCutOf(webSocket, connection, exchanges);
    const cut = ended === null ? null : serverCutOf(ended, connection);
    for (const { startNs: fromNs, durationNs, endedBy } of idlePeriods)
      if (endedBy !== null && (ended === null || fromNs + durationNs < ended.atNs))
        server.longestSurvivedNs = Math.max(server.longestSurvivedNs, durationNs);
    if (ended?.key != null) noteLeg(tally.legs, ended.key, ended);
    if (cut !== null) addOccurrence(server.cuts, cut);
    else server.longestLifeNs = Math.max(server.longestLifeNs, (ended?.atNs ?? connection.endNs) - startNs);
  });
}

/** Adds all of `from`. */
export function mergeTally(into: WebsocketCutTally, from: WebsocketCutTally): void {
  mergePerServer(into.servers, from.servers, newServer, (server, part) => {
    server.webSockets += part.webSockets;
    absorbOccurrences(server.cuts, part.cuts);
    mergeEarliest(server.opened, part.opened);
    server.longestLifeNs = Math.max(server.longestLifeNs, part.longestLifeNs);
    server.longestSurvivedNs = Math.max(server.longestSurvivedNs, part.longestSurvivedNs);
  });
  mergeLegs(into.legs, from.legs);
}

function newServer(): ServerTally {
  return {
    webSockets: 0,
    cuts: newOccurrences(MAX_CUTS),
    opened: earliest(MAX_OPENED),
    longestLifeNs: 0,
    longestSurvivedNs: 0,
  };
}
