/** What the rule keeps of a run: per server the WebSockets that it cut, and those that were opened or outlasted the others. */
import type { Connection } from '../../facts/connection.js';
import { httpRoles } from '../judgements/http-roles.js';
import { mayOpenWebSocket, type WebSocketCut, webSocketCutOf } from '../judgements/websocket-end.js';
import { type EarlierExchanges, earlierExchanges, exchangesOfAll } from '../tally/earlier-exchanges.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { type KeyedLegs, keyedLegs, mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
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

/** The rule's tally. */
export interface WebsocketCutTally {
  readonly servers: PerServer<ServerTally>;
  /** All that ended without a Close frame, by whomever, by their keys. */
  readonly legs: KeyedLegs<WebSocketCut>;
  /** Exchanges that opened WebSockets: how those ended is told with the last batch. */
  readonly waiting: EarlierExchanges;
}

/** Nothing seen yet. */
export function newTally(): WebsocketCutTally {
  return { servers: perServer(), legs: keyedLegs(), waiting: earlierExchanges() };
}

/** Enters the WebSockets of a connection. */
export function noteConnection(connection: Connection, tally: WebsocketCutTally): void {
  const exchanges = exchangesOfAll(tally.waiting, connection, mayOpenWebSocket);
  if (exchanges === null || connection.webSocketCount === 0) return;
  const { client, server } = httpRoles(connection);
  const known = tallyOf(tally.servers, server.endpoint, newServer);
  if (known === null) return;
  for (const webSocket of connection.webSockets) {
    const { startNs, handshakePacket, idlePeriods } = webSocket;
    known.webSockets += 1;
    addEarliest(known.opened, { atNs: startNs, packet: handshakePacket, client: client.endpoint.address });
    const ended = webSocketCutOf(webSocket, connection, exchanges);
    const cut = ended === null ? null : serverCutOf(ended, connection);
    for (const { startNs: fromNs, durationNs, endedBy } of idlePeriods)
      if (endedBy !== null && (ended === null || fromNs + durationNs < ended.atNs))
        known.longestSurvivedNs = Math.max(known.longestSurvivedNs, durationNs);
    if (ended?.key != null) noteLeg(tally.legs, ended.key, ended);
    if (cut !== null) addOccurrence(known.cuts, cut);
    else known.longestLifeNs = Math.max(known.longestLifeNs, (ended?.atNs ?? connection.endNs) - startNs);
  }
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
