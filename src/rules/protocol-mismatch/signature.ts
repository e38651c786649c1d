/** What of a mismatch a single connection shows: the first bytes of both sides, or an end in place of the server's. */
import type { BeginningKind } from '../../facts/beginning.js';
import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { STATUS } from '../../facts/status.js';
import { announcesClose } from '../judgements/closing-message.js';
import { type BegunIn, type HangUp, isRefusedHeader } from '../judgements/spoken-otherwise.js';
import type { Moment } from '../tally/earliest.js';
import { occurrenceIn } from '../tally/occurrences.js';
import { type Answer, type AnswerKind, answerOf } from './answer.js';
import type { MismatchKind } from './facts.js';
import type { Begun, Mismatch } from './mismatch.js';

/** What it is where the client begins with the one and the server answers with the other. */
const KINDS: Readonly<Record<string, MismatchKind | undefined>> = {
  'tls-handshake http-response': 'tls-to-plain',
  'tls-handshake tls-demand': 'tls-to-plain',
  'tls-handshake markup': 'tls-to-plain',
  'tls-handshake h2-settings': 'tls-to-plain',
  'tls-handshake http-request': 'tls-to-plain',
  'http-request tls-alert': 'plain-to-tls',
  'http-request tls-handshake': 'plain-to-tls',
  'http-request h2-settings': 'http1-to-http2',
  'h2-preface http-response': 'http2-to-http1',
  'h2-preface markup': 'http2-to-http1',
  'h2-preface tls-alert': 'plain-to-tls',
  'fastcgi http-response': 'gateway-to-http',
  'fastcgi tls-demand': 'gateway-to-http',
  'ajp http-response': 'gateway-to-http',
  'ajp tls-demand': 'gateway-to-http',
  'uwsgi http-response': 'gateway-to-http',
  'uwsgi tls-demand': 'gateway-to-http',
  'fastcgi markup': 'gateway-to-http',
  'ajp markup': 'gateway-to-http',
  'uwsgi markup': 'gateway-to-http',
};

const BEGUN: Readonly<Record<string, Begun>> = {
  'tls-handshake': 'tls',
  'h2-preface': 'http/2',
  fastcgi: 'fastcgi',
  ajp: 'ajp',
  uwsgi: 'uwsgi',
};

const ANSWERED: Readonly<Record<string, AnswerKind | undefined>> = {
  'http-response': 'http1',
  'tls-demand': 'http1',
  markup: 'markup',
  'http-request': 'request',
  'h2-settings': 'http2',
  'tls-alert': 'tls-alert',
  'tls-handshake': 'tls-handshake',
};

/**
 * A 400 to the only request that says that TLS belongs here. Who says so ends the connection with it; a proxy
 * that hands on what a server behind it has said keeps its own, where its client lets it.
 */
export function demandIn(connection: Connection): Mismatch | null {
  const { beginnings, exchanges, handshake } = connection;
  const server = beginnings?.server ?? null;
  if (beginnings === null || server?.kind !== 'tls-demand' || handshake.synAck === null) return null;
  const { client } = beginnings;
  if ((client.kind !== 'http-request' && client.kind !== 'h2-preface') || exchanges.length > 1) return null;
  return {
    ...occurrenceIn(connection, { packet: server.packet, atNs: server.atNs }),
    index: null,
    startNs: connection.startNs,
    kind: 'plain-to-tls',
    begun: BEGUN[client.kind] ?? 'http/1',
    answer: answerOf(demandKind(client.kind, exchanges[0])),
    asked: { packet: client.packet, atNs: client.atNs },
  };
}

function demandKind(began: BeginningKind, exchange: Exchange | undefined): AnswerKind {
  // The preface of HTTP/2 is no request that anybody hands on.
  if (began === 'h2-preface') return 'demanded';
  const { request = null, response = null } = exchange ?? {};
  if (request === null || response === null || !announcesClose(response)) return 'refused';
  return announcesClose(request) ? 'handed-on' : 'demanded';
}

/** What the first bytes of both sides show; `null`: no mismatch. */
export function mismatchOf(connection: Connection): Mismatch | null {
  if (connection.beginnings === null) return null;
  const { client, server } = connection.beginnings;
  const asked = { packet: client.packet, atNs: client.atNs };
  if (client.kind === 'proxy-header') return refusedHeader(connection, asked);
  if (server === null) return null;
  // Upon a request the server may have gone over to another protocol, in an answer before its first bytes seen.
  if (client.kind === 'http-request' && connection.handshake.synAck === null) return null;
  const kind = KINDS[`${client.kind} ${server.kind}`];
  const said = ANSWERED[server.kind];
  if (kind === undefined || said === undefined) return null;
  const [exchange] = connection.exchanges;
  // Over uwsgi an application answers in HTTP as well. Who takes its request for HTTP refuses it, and hangs up.
  if (client.kind === 'uwsgi' && server.kind === 'http-response' && !isRefused(exchange)) return null;
  const status = exchange?.response?.status;
  return {
    ...occurrenceIn(connection, { packet: server.packet, atNs: server.atNs }),
    index: null,
    startNs: connection.startNs,
    kind,
    begun: BEGUN[client.kind] ?? 'http/1',
    asked,
    answer: answerOf(said, status === undefined || status === 0 ? null : status),
  };
}

const HUNG_UP_ON: Readonly<Record<BegunIn, Begun>> = { clear: 'http/1', tls: 'tls', http2: 'http/2' };

/** 400, and the end: no application says of its connection that it ends it, which is its server's matter. */
function isRefused(exchange: Exchange | undefined): boolean {
  const { response = null } = exchange ?? {};
  return response !== null && response.status === STATUS.badRequest && announcesClose(response);
}

/** A close in place of an answer, of the server or of a client that has waited long enough: a mismatch where others speak otherwise. */
export function hangUpMismatch(connection: Connection, hangUp: HangUp): Mismatch {
  const [first] = connection.close.segments;
  return {
    ...occurrenceIn(connection, hangUp),
    index: null,
    startNs: connection.startNs,
    kind: 'plain-to-tls',
    begun: HUNG_UP_ON[hangUp.on],
    asked: hangUp.asked,
    answer: first?.from === 'client' ? answerOf('silence') : closeOf(first),
  };
}

/** A 400 in clear to the only request: a mismatch where others speak TLS (nginx's 497); `null`: it is none. */
export function refusalIn(connection: Connection): Mismatch | null {
  const { tls, exchanges, protocol } = connection;
  const [exchange] = exchanges;
  if (tls !== null || exchanges.length !== 1 || exchange?.request == null) return null;
  const { request, response } = exchange;
  if (response?.status !== STATUS.badRequest) return null;
  return {
    ...occurrenceIn(connection, { packet: response.firstPacket, atNs: response.startNs }),
    index: null,
    startNs: connection.startNs,
    kind: 'plain-to-tls',
    begun: protocol === 'h2' ? 'http/2' : 'http/1',
    asked: { packet: request.firstPacket, atNs: request.startNs },
    answer: answerOf('refused'),
  };
}

/** A PROXY header, and a server that takes it for a bad request, answers with a page alone, or closes at once. */
function refusedHeader(connection: Connection, asked: Moment): Mismatch | null {
  const { exchanges, close, server, guards } = connection;
  const refusedBy = ({ packet, atNs }: Moment, answer: Answer): Mismatch => ({
    ...occurrenceIn(connection, { packet, atNs }),
    index: null,
    startNs: connection.startNs,
    kind: 'proxy-header-unexpected',
    begun: 'proxy-header',
    asked,
    answer,
  });
  // The 400 may come before the request does.
  const [answered, ...further] = exchanges.filter(({ response }) => response !== null);
  if (further.length === 0 && answered?.response != null && isRefusedHeader(answered)) {
    const { firstPacket: packet, startNs: atNs, status } = answered.response;
    const answer = status === STATUS.badRequest ? answerOf('bad-request') : answerOf('http1', status);
    return refusedBy({ packet, atNs }, answer);
  }
  const page = connection.beginnings?.server;
  // The first word but two is no version: what answers so takes it for HTTP/0.9, which has no status line (Python).
  if (page?.kind === 'markup' && !guards.oneSided && answered === undefined && !exchanges.some(isSimpleRequest))
    return refusedBy(page, answerOf('markup'));
  const [first] = close.segments;
  if (first === undefined || first.from !== 'server' || server.payloadBytes > 0 || guards.oneSided) return null;
  return server.lostBytes > server.snappedBytes ? null : refusedBy(first, closeOf(first));
}

/** A request of HTTP/0.9 behind the header, of which a page alone is the answer. */
function isSimpleRequest({ request }: Exchange): boolean {
  return request?.version === 'HTTP/0.9';
}

function closeOf(first: Pick<CloseSegment, 'kind'> | undefined): Answer {
  return answerOf(first?.kind === 'rst' ? 'rst' : 'fin');
}
