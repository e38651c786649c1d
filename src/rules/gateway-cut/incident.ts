/** The signature: data of the web server, and then the application server's end of the connection, with nothing said in between. */
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, type IdlePeriod, MIN_IDLE_NS } from '../../facts/connection.js';
import { silenceIsUnsayable } from '../judgements/capture-guards.js';
import { hasForeignTtl } from '../judgements/sender-ttl.js';
import type { Moment } from '../tally/earliest.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** By which web servers ask application servers, other than HTTP. */
export type Gateway = 'fastcgi' | 'ajp' | 'uwsgi';

/**
 * How the request met the end. `read`: the end acknowledges it, and nothing was said upon it. `crossed`: the
 * connection had been idle, and the end acknowledges nothing of the request. `early`: the server had begun to say
 * something, and ended it while the request was still being sent.
 */
export type CutSort = 'read' | 'crossed' | 'early';

/** One request that was cut; its packet and time are those of the server's FIN or RST. */
export interface Cut extends Occurrence {
  readonly gateway: Gateway;
  readonly sort: CutSort;
  readonly how: 'fin' | 'rst';
  /** Where the request begins; in `early`, and on a connection that had served just before, the last data seen. */
  readonly asked: Moment;
  /** Last data of the request to the end; 0 where it was sent behind it. */
  readonly delayNs: number;
  /** How long the connection had been idle before the request; `null`: it was new, or had served just before. */
  readonly idleNs: number | null;
  /** That it was not answered is known only where a web server in front said so. */
  readonly isUnsure: boolean;
}

const GATEWAYS: ReadonlySet<string> = new Set<Gateway>(['fastcgi', 'ajp', 'uwsgi']);

/** Which of them the connection begins with; `null`: none. */
export function gatewayOf({ beginnings }: Connection): Gateway | null {
  const kind = beginnings?.client.kind;
  return kind !== undefined && isGateway(kind) ? kind : null;
}

function isGateway(kind: string): kind is Gateway {
  return GATEWAYS.has(kind);
}

/** The cut in a connection; `null` when it shows none, or it cannot be told. */
export function cutOf(connection: Connection): Cut | null {
  const { beginnings, close, client, server, guards, handshake } = connection;
  const gateway = gatewayOf(connection);
  const [end] = close.segments;
  if (gateway === null || beginnings === null || end === undefined || end.from !== 'server') return null;
  if (guards.midStream || guards.oneSided || guards.clockStepped || handshake.kind !== 'complete') return null;
  // A reset that another system wrote is not the application server's.
  if (end.deltaSequence !== 0 || end.deltaAcknowledgement === null || hasForeignTtl(end, server)) return null;
  if (silenceIsUnsayable(connection, end) !== null || client.lastPayloadNs === null) return null;
  const { packet, atNs } = beginnings.client;
  if (server.lastPayloadNs === null) {
    if (atNs > end.atNs) return null;
    return made(connection, end, { gateway, sort: 'read', asked: { packet, atNs }, idleNs: null, isUnsure: false });
  }
  // Over uwsgi a connection serves once: what the server said belongs to the request that goes on.
  if (gateway === 'uwsgi') return earlyCut(connection, end, gateway);
  const idle = idleBefore(connection, end);
  if (idle !== null) return cutAfterIdle(connection, end, gateway, idle);
  if (client.lastPayloadNs <= server.lastPayloadNs || client.lastPayloadNs > end.atNs) return null;
  const asked = lastDataBefore(end);
  return asked && made(connection, end, { gateway, sort: 'read', asked, idleNs: null, isUnsure: true });
}

/** The server had said something, and resets while the client still sends. */
function earlyCut(connection: Connection, end: CloseSegment, gateway: Gateway): Cut | null {
  const { client, server } = connection;
  const asked = lastDataBefore(end);
  if (end.kind !== 'rst' || asked === null) return null;
  if (client.lastPayloadNs === null || server.firstPayloadNs === null || client.lastPayloadNs < server.firstPayloadNs)
    return null;
  return made(connection, end, { gateway, sort: 'early', asked, idleNs: null, isUnsure: true });
}

/** The last idle time that followed a word of the server, and that the client's next or the server's end came to. */
function idleBefore({ idlePeriods, server }: Connection, end: CloseSegment): IdlePeriod | null {
  const last = idlePeriods.findLast(({ after }) => after === 'server');
  if (last === undefined || last.durationNs < MIN_IDLE_NS || (server.lastPayloadNs ?? 0) > last.startNs) return null;
  return last.endedBy === 'client-payload' || last.packet === end.packet ? last : null;
}

function cutAfterIdle(
  connection: Connection,
  end: CloseSegment,
  gateway: Gateway,
  { startNs, durationNs, endedBy, packet }: IdlePeriod,
): Cut | null {
  const { client, close } = connection;
  // FastCGI's web servers send a body unasked: after an early answer this may be the rest of it, of a slow client.
  const isUnsure = gateway === 'fastcgi';
  if (endedBy === 'client-payload') {
    const askedNs = startNs + durationNs;
    // The end came with the answer before the pause.
    if (packet === null || askedNs > end.atNs) return null;
    const sort = (end.deltaAcknowledgement ?? 0) < 0 ? 'crossed' : 'read';
    return made(connection, end, { gateway, sort, asked: { packet, atNs: askedNs }, idleNs: durationNs, isUnsure });
  }
  // The server ended it, and then the request came: its kernel answers that with a reset.
  if (client.lastPayloadNs === null || client.lastPayloadNs < end.atNs) return null;
  const reset = close.segments.find(({ kind, from, atNs }) => kind === 'rst' && from === 'server' && atNs >= end.atNs);
  const asked = reset === undefined ? null : lastDataBefore(reset);
  if (asked === null || asked.atNs < end.atNs) return null;
  return made(connection, end, { gateway, sort: 'crossed', asked, idleNs: asked.atNs - startNs, isUnsure });
}

/** The client's last segment before an end. */
function lastDataBefore({ peerPacket, sincePeerNs, atNs }: CloseSegment): Moment | null {
  return peerPacket === null || sincePeerNs === null ? null : { packet: peerPacket, atNs: atNs - sincePeerNs };
}

function made(
  connection: Connection,
  end: CloseSegment,
  rest: Pick<Cut, 'gateway' | 'sort' | 'asked' | 'idleNs' | 'isUnsure'>,
): Cut {
  const lastNs = Math.max(rest.asked.atNs, connection.client.lastPayloadNs ?? 0);
  return {
    ...occurrenceIn(connection, end),
    ...rest,
    how: end.kind,
    delayNs: Math.max(0, end.atNs - Math.min(lastNs, end.atNs)),
  };
}
