/**
 * That a server ended a connection without a word: no answer said that it was the last, no GOAWAY, no
 * TLS alert. So it ends an idle connection in clear, on purpose; and so the kernel ends every connection
 * of a process that has died.
 */
import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { STATUS } from '../../facts/status.js';
import type { TlsFacts } from '../../facts/tls.js';
import type { Ending } from '../tally/endings.js';
import { announcesClose } from './closing-message.js';
import { resetShapeOf } from './reset-shape.js';
import { hasForeignTtl } from './sender-ttl.js';
import { resetBefore } from './stream-reset.js';

/** An end so soon behind an answer may belong to it: HTTP over TLS may have said what nobody can read. */
const BEHIND_ANSWER_NS = 50_000_000;

/** The server's end of a connection; `null`: it did not end it first, said so before, or it cannot be told. */
export function abruptEndOf(connection: Connection): Ending | null {
  const [end] = connection.close.segments;
  if (end === undefined || end.from !== 'server' || connection.goesOn) return null;
  const { guards, handshake, client, server, tls } = connection;
  if (guards.oneSided || guards.clockStepped || !isItsOwn(end, connection)) return null;
  const spoken = lastWord(connection, end.atNs);
  if (spoken === null) return null;
  const ageNs = end.atNs - spoken.atNs;
  // Most ends come so: the fields of the messages need not be looked at.
  if (!spoken.inWork && ageNs < BEHIND_ANSWER_NS) return null;
  if (isSaid(connection, end.atNs)) return null;
  return {
    atNs: end.atNs,
    packet: end.packet,
    ageNs,
    openedNs: handshake.syn?.atNs ?? handshake.synAck?.atNs ?? null,
    inWork: spoken.inWork,
    isTls: tls !== null,
    client: client.endpoint.address,
    isOwn: client.endpoint.address === server.endpoint.address,
  };
}

/** A FIN or the abort of a socket, behind all that was seen of its sender, which has heard no FIN that was not. */
function isItsOwn(end: CloseSegment, { server }: Connection): boolean {
  const { kind, deltaSequence, deltaAcknowledgement } = end;
  if (deltaSequence !== 0 || deltaAcknowledgement === null || deltaAcknowledgement > 0) return false;
  return kind === 'fin' || (resetShapeOf(end) === 'B' && !hasForeignTtl(end, server));
}

function isSaid({ tls, h2, exchanges, protocol }: Connection, endNs: number): boolean {
  // A tunnel and a WebSocket have their own ends.
  if (protocol === 'websocket') return true;
  if (tls !== null && isSaidInTls(tls)) return true;
  if (h2 !== null) return h2.goAways.some(({ from, atNs }) => from === 'server' && atNs <= endNs);
  const last = exchanges.findLast((exchange) => isBefore(exchange, endNs));
  if (last === undefined) return false;
  const { request, response } = last;
  if (response !== null && (response.framing === 'tunnel' || response.status === STATUS.requestTimeout)) return true;
  return (request !== null && announcesClose(request)) || (response !== null && announcesClose(response));
}

function isSaidInTls({ alerts, server: { closeNotify }, inner }: TlsFacts): boolean {
  return inner !== null || closeNotify === 'seen' || closeNotify === 'probable' || alerts.some(isServers);
}

function isServers({ from }: TlsFacts['alerts'][number]): boolean {
  return from === 'server';
}

function isBefore({ request, response }: Exchange, endNs: number): boolean {
  return (request ?? response ?? { startNs: Number.POSITIVE_INFINITY }).startNs <= endNs;
}

/** When either side last said something, and whether it was a request that waits; `null`: not known. */
function lastWord(connection: Connection, endNs: number): { readonly atNs: number; readonly inWork: boolean } | null {
  const { exchanges, exchangeOffset, protocol, tls, client, server, handshake } = connection;
  const openedNs = handshake.ackNs ?? handshake.synAck?.atNs ?? null;
  if (protocol === 'tls') {
    const sentNs = tls?.client.lastApplication?.atNs ?? null;
    const heardNs = tls?.server.lastApplication?.atNs ?? null;
    if (sentNs === null && heardNs === null) return null;
    const [sent, heard] = [sentNs ?? Number.NEGATIVE_INFINITY, heardNs ?? Number.NEGATIVE_INFINITY];
    return Math.max(sent, heard) > endNs ? null : { atNs: Math.max(sent, heard), inWork: sent > heard };
  }
  let atNs = Number.NEGATIVE_INFINITY;
  let inWork = false;
  for (const exchange of exchanges) {
    const { request, response } = exchange;
    if (request === null || request.startNs > endNs) continue;
    atNs = Math.max(atNs, Math.min(request.endNs, endNs));
    if (response !== null && response.startNs <= endNs) atNs = Math.max(atNs, Math.min(response.endNs, endNs));
    if ((response === null || !response.complete || response.endNs > endNs) && resetBefore(exchange, endNs) === null)
      inWork = true;
  }
  if (atNs > Number.NEGATIVE_INFINITY) return { atNs, inWork };
  // Its exchanges went before, in other batches: how the last of them ended is not known.
  if (exchangeOffset > 0) {
    const { lastPayloadNs } = server;
    return lastPayloadNs === null || lastPayloadNs > endNs ? null : { atNs: lastPayloadNs, inWork: false };
  }
  // Nobody has said anything yet: a connection in reserve.
  if (client.payloadBytes > 0 || server.payloadBytes > 0 || openedNs === null) return null;
  return { atNs: openedNs, inWork: false };
}
