/**
 * Whether a server that hangs up on a client's first bytes is spoken to otherwise by others: in TLS or in
 * clear, in HTTP/2, behind a PROXY header. OpenSSL tells plain HTTP by its first bytes and sends no alert for
 * it, and who expects a PROXY header drops what comes without one: all that is seen of the server then is its
 * close.
 */
import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { Endpoint, Side } from '../../facts/endpoint.js';
import type { Exchange, ResponseMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { STATUS } from '../../facts/status.js';
import type { TlsFacts } from '../../facts/tls.js';
import type { Moment } from '../tally/earliest.js';
import { silenceIsUnsayable } from './capture-guards.js';
import { isSeenWhole } from './message-end.js';

/** The earliest conversation of each kind that a server has been seen in; `null`: none. */
export interface Spoken {
  /** TLS, as far as the server's hello or an alert of its own in clear, without a PROXY header before it. */
  tls: Moment | null;
  /** HTTP/1 in clear, without a PROXY header before it. */
  clear: Moment | null;
  /** An answer in clear that sends its client to https:// on the same port. */
  toTls: Moment | null;
  /** HTTP/2 in clear, likewise. */
  http2: Moment | null;
  /** Any of them behind a PROXY header. */
  proxied: Moment | null;
  /** A PROXY header that the server let stand without a word: after a while it was the client who went. */
  headed: Moment | null;
}

/** Why a server hangs up. */
export type SpokenOtherwise =
  | 'tls-to-plain'
  | 'plain-to-tls'
  | 'http2-to-http1'
  | 'http1-to-http2'
  | 'proxy-header-missing';

/** What the client began with when the server hung up: HTTP/1 in clear, a ClientHello, or the preface of HTTP/2 in clear. */
export type BegunIn = 'clear' | 'tls' | 'http2';

/** A server's close that met the client's first bytes, before any byte of its own. */
export interface HangUp extends Moment {
  readonly on: BegunIn;
  /** Where those bytes came. */
  readonly asked: Moment;
}

/** The port that is assigned to HTTP in TLS: who speaks anything else there is seen to. */
export const HTTPS_PORT = 443;

/** Nothing seen yet. */
export function newSpoken(): Spoken {
  return { tls: null, clear: null, toTls: null, http2: null, proxied: null, headed: null };
}

/** Enters how a connection, or its first batch of exchanges, was spoken to. For every connection: what is later than what is known makes nothing. */
export function noteSpoken(connection: Connection, into: Spoken): void {
  const { tls, beginnings, exchanges, protocol } = connection;
  const hello = tls === null ? null : firstWordIn(tls);
  const answer = tls === null ? answerIn(connection) : null;
  if (beginnings !== null && beginnings.client.kind === 'proxy-header') {
    if (hello !== null) note(into, 'proxied', hello.packet, hello.atNs);
    else if (answer !== null && !exchanges.slice(0, 1).some(isRefusedHeader))
      note(into, 'proxied', answer.firstPacket, answer.startNs);
    // What is no HTTP is understood where it is answered at all, but for a page without a status line: HTTP's refusal.
    else if (exchanges.length === 0 && beginnings.server !== null && beginnings.server.kind !== 'markup')
      note(into, 'proxied', beginnings.server.packet, beginnings.server.atNs);
    else if (isLeftStanding(connection, beginnings.client.atNs))
      note(into, 'headed', beginnings.client.packet, beginnings.client.atNs);
  } else if (hello !== null) note(into, 'tls', hello.packet, hello.atNs);
  else if (answer !== null) {
    note(into, protocol === 'h2' ? 'http2' : 'clear', answer.firstPacket, answer.startNs);
    if (sendsToTls(answer, connection.server.endpoint)) note(into, 'toTls', answer.firstPacket, answer.startNs);
  }
}

/** Who takes no PROXY header refuses one sooner. A check of whether the port is open goes before that, and shows nothing. */
const TO_REFUSE_NS = 50_000_000;

function isLeftStanding({ beginnings, close, server, guards }: Connection, headedNs: number): boolean {
  const [first] = close.segments;
  if (first?.from !== 'client' || first.atNs - headedNs < TO_REFUSE_NS) return false;
  return beginnings?.server === null && !guards.oneSided && server.lostBytes === 0;
}

/** Adds what another part of the run saw. */
export function mergeSpoken(into: Spoken, from: Spoken): void {
  for (const how of ['tls', 'clear', 'toTls', 'http2', 'proxied', 'headed'] as const) {
    const moment = from[how];
    if (moment !== null) note(into, how, moment.packet, moment.atNs);
  }
}

/** What the server's conversations with others say of a {@link HangUp}, and where there are none its port; `null`: nothing. */
export function spokenOtherwise(
  { tls, clear, toTls, http2, proxied }: Spoken,
  { port }: Pick<Endpoint, 'port'>,
  on: BegunIn,
): SpokenOtherwise | null {
  if (on === 'tls') {
    if (tls !== null || toTls !== null) return null;
    if (clear !== null || http2 !== null) return 'tls-to-plain';
    return proxied === null ? null : 'proxy-header-missing';
  }
  if (on === 'http2' ? http2 !== null : clear !== null) return null;
  if (on === 'http2' && clear !== null) return 'http2-to-http1';
  if (tls !== null) return 'plain-to-tls';
  if (http2 !== null) return 'http1-to-http2';
  if (proxied !== null) return 'proxy-header-missing';
  return port === HTTPS_PORT ? 'plain-to-tls' : null;
}

/** The server's close that met the first bytes of a connection without a PROXY header, before any byte of the server; `null`: another story. */
export function hangUpIn(connection: Connection): HangUp | null {
  const first = firstCloseUnanswered(connection, 'server');
  const begun = begunIn(connection);
  if (
    first === null ||
    begun === null ||
    first.atNs < begun.asked.atNs ||
    silenceIsUnsayable(connection, first) !== null
  )
    return null;
  return { packet: first.packet, atNs: first.atNs, ...begun };
}

/** Shorter patience is a client that went away. */
const WAITED_OUT_NS = 1e9;

/**
 * The close of a client that has waited for the answer to its ClientHello, which the server acknowledged and says
 * nothing to: servers of plain HTTP that look for the end of a line wait for it on and on (gunicorn, Twisted);
 * `null`: another story.
 */
export function waitedOutIn(connection: Connection): HangUp | null {
  const { client, server, guards } = connection;
  const first = firstCloseUnanswered(connection, 'client');
  if (first === null || guards.oneSided) return null;
  const begun = begunIn(connection);
  if (begun?.on !== 'tls' || first.atNs - begun.asked.atNs < WAITED_OUT_NS) return null;
  // What was not acknowledged may not have come. The client's FIN, counted as one byte, need not be.
  if (client.nextSequence === null || (server.highestAcknowledged ?? 0) < client.nextSequence - 1) return null;
  if (!isSeenWhole(server)) return null;
  return { packet: first.packet, atNs: first.atNs, ...begun };
}

/** The first close, where this side sends it, of a connection that began here without a PROXY header, and before which the server said nothing. */
function firstCloseUnanswered(
  { beginnings, exchangeOffset, close, server, guards }: Connection,
  by: Side,
): CloseSegment | null {
  const [first] = close.segments;
  if (first === undefined || first.from !== by) return null;
  // Who waits for the end of a line takes the client's end for it, and answers nobody (mini_httpd).
  const { firstPayloadNs } = server;
  if (firstPayloadNs !== null && (by === 'server' || firstPayloadNs <= first.atNs)) return null;
  if (exchangeOffset > 0 || guards.midStream || beginnings?.client.kind === 'proxy-header') return null;
  return first;
}

function begunIn({ tls, protocol, exchanges, beginnings }: Connection): Pick<HangUp, 'on' | 'asked'> | null {
  if (tls !== null) {
    const { clientHello, serverHello } = tls;
    if (clientHello === null || serverHello !== null) return null;
    return { on: 'tls', asked: { packet: clientHello.lastPacket, atNs: clientHello.atNs } };
  }
  // A server of HTTP/2 greets as well, whatever it is asked. RFC 9113 §3.4.
  if (beginnings !== null && beginnings.client.kind === 'h2-preface' && beginnings.server === null) {
    const { packet, atNs } = beginnings.client;
    return { on: 'http2', asked: { packet, atNs } };
  }
  const [only] = exchanges;
  if (protocol !== 'http/1.1' || only?.request == null || only.response !== null) return null;
  return { on: 'clear', asked: { packet: only.request.firstPacket, atNs: only.request.startNs } };
}

/**
 * A header in text looks like a request by the method PROXY, of no version: 400, or what is said of an unknown method or
 * version. Of GET and HEAD every server knows the method (RFC 9110 §9.1).
 */
export function isRefusedHeader({ request, response }: Exchange): boolean {
  const status = response?.status;
  if (status === STATUS.badRequest) return true;
  if (status !== STATUS.notImplemented && status !== STATUS.versionNotSupported) return false;
  return request === null || request.method === 'GET' || request.method === 'HEAD';
}

/** What shows that a server speaks TLS: its hello, or the alert by which it refuses the client's. */
function firstWordIn({ serverHello, alerts }: TlsFacts): Moment | null {
  return serverHello ?? alerts.find(({ from, basis }) => from === 'server' && basis === 'clear') ?? null;
}

function answerIn({ exchanges }: Connection): ResponseMessage | null {
  const [first] = exchanges;
  if (first === undefined || first.request === null || first.response === null) return null;
  // A 400 is no conversation: it may say that the server was spoken to in the wrong way.
  return first.response.status === STATUS.badRequest ? null : first.response;
}

/** Whether an answer sends its client to https:// on the same port: who does that speaks TLS there too. */
function sendsToTls({ status, fields }: ResponseMessage, { port }: Endpoint): boolean {
  const location = status >= 300 && status < 400 ? fields.find(({ name }) => name === 'location')?.value : undefined;
  const url = location === undefined ? null : URL.parse(location);
  return url !== null && url.protocol === 'https:' && Number(url.port || HTTPS_PORT) === port;
}

function note(into: Spoken, how: keyof Spoken, packet: PacketReference, atNs: number): void {
  const known = into[how];
  if (known === null || packet < known.packet) into[how] = { packet, atNs };
}
