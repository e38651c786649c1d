/** One request for a WebSocket: what it asked for, what it lacked, and what came of it. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { guardSteps } from '../judgements/capture-guards.js';
import { announcesClose } from '../judgements/closing-message.js';
import { fieldValue, hasToken } from '../judgements/field-values.js';
import { httpRoles } from '../judgements/http-roles.js';
import type { Leg } from '../tally/keyed-legs.js';
import type { Occurrence } from '../tally/occurrences.js';

/**
 * How it failed. `stripped`: Sec-WebSocket fields without what makes an upgrade of it. `h2-get`: the
 * same over HTTP/2, which has no Upgrade. `keyless`: an upgrade without a key. `refused`: a whole
 * handshake, answered otherwise. `wrong-accept`: a 101 that the client must not take.
 */
export type Failure = 'stripped' | 'h2-get' | 'keyless' | 'refused' | 'wrong-accept';

/** Characters kept of what names a client, an origin or a path. */
const MAX_TEXT = 120;

/** An attempt; its packet and time are those of the answer. */
export interface Attempt extends Occurrence, Leg {
  /** `null`: it became a WebSocket. */
  readonly failure: Failure | null;
  readonly status: number;
  readonly method: string;
  readonly target: string;
  /** Of HTTP: `HTTP/1.1`, `HTTP/2`. */
  readonly version: string;
  /** Sec-WebSocket-Key as sent; `null`: none. */
  readonly key: string | null;
  /** Sec-WebSocket-Version as sent; `null`: none. */
  readonly webSocketVersion: string | null;
  readonly origin: string | null;
  readonly authority: string | null;
  readonly path: string;
  /** Who asked: the first of X-Forwarded-For, else the client's address. */
  readonly asker: string;
  /** It came through a proxy, as its fields say. */
  readonly isForwarded: boolean;
  /** Its answer came through a proxy, as Via says. RFC 9110 §7.6.3. */
  readonly isAnswerForwarded: boolean;
  /** HTTP/1.0, or `Connection: close`: as nginx speaks to servers unless told otherwise. */
  readonly announcesClose: boolean;
  /** The server's SETTINGS in HTTP/2; `null`: HTTP/1, or not seen. */
  readonly settings: {
    readonly packet: PacketReference;
    readonly atNs: number;
    readonly allowsConnect: boolean;
  } | null;
}

/** The attempts among the exchanges of a connection. */
export function attemptsOf(connection: Connection): Attempt[] {
  const attempts: Attempt[] = [];
  for (const exchange of connection.exchanges) {
    const attempt = attemptOf(exchange, connection);
    if (attempt !== null) attempts.push(attempt);
  }
  return attempts;
}

function attemptOf(exchange: Exchange, connection: Connection): Attempt | null {
  const { request, response, h2 } = exchange;
  if (request === null || response === null || response.status < 101 || h2?.unknownFields.client === true) return null;
  const { fields } = request;
  const key = fieldValue(fields, 'sec-websocket-key');
  const webSocketVersion = fieldValue(fields, 'sec-websocket-version');
  const asksUpgrade = hasToken(fields, 'upgrade', 'websocket');
  const isExtended = h2?.protocol === 'websocket';
  if (key === null && webSocketVersion === null && !asksUpgrade && !isExtended) return null;
  // Where part of the head is missing, what is not there may have been lost.
  if (request.lostBytes > 0) return null;
  const { client, server } = httpRoles(connection);
  const settings = connection.h2?.settings.server ?? null;
  return {
    packet: response.firstPacket,
    atNs: response.startNs,
    stream: connection.stream,
    client: client.endpoint,
    server: server.endpoint,
    steps: guardSteps(connection),
    failure: failureOf(exchange, request, response, connection, asksUpgrade, key),
    status: response.status,
    method: request.method,
    target: request.target,
    version: request.version,
    requestPacket: request.firstPacket,
    requestNs: request.startNs,
    answerPacket: response.firstPacket,
    answerNs: response.startNs,
    key,
    webSocketVersion,
    origin: cut(fieldValue(fields, 'origin')),
    authority: cut(request.authority),
    path: cut(request.target.split('?', 1).join('')) ?? '',
    asker: cut(fieldValue(fields, 'x-forwarded-for')?.split(',', 1).join('').trim() ?? null) ?? client.endpoint.address,
    isForwarded: fields.some(({ name }) => name === 'via' || name === 'forwarded' || name.startsWith('x-forwarded-')),
    isAnswerForwarded: response.fields.some(({ name }) => name === 'via'),
    announcesClose: h2 === null && announcesClose(request),
    settings:
      settings === null
        ? null
        : { packet: settings.packet, atNs: settings.atNs, allowsConnect: settings.enableConnectProtocol === true },
  };
}

function failureOf(
  { h2, h2Stream }: Exchange,
  { fields }: RequestMessage,
  { status, headPacket }: ResponseMessage,
  { webSockets }: Connection,
  asksUpgrade: boolean,
  key: string | null,
): Failure | null {
  if (h2 !== null) {
    if (h2.protocol !== 'websocket') return 'h2-get';
    return status < 300 ? null : 'refused';
  }
  if (status === 101) {
    const accepted = webSockets.find((one) => one.handshakePacket === headPacket && one.h2Stream === h2Stream);
    return accepted?.accept === 'wrong' || accepted?.accept === 'missing' ? 'wrong-accept' : null;
  }
  if (!asksUpgrade || !hasToken(fields, 'connection', 'upgrade')) return 'stripped';
  return key === null ? 'keyless' : 'refused';
}

function cut(text: string | null): string | null {
  return text === null ? null : text.slice(0, MAX_TEXT);
}
