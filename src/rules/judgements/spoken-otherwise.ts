/**
 * Whether a server that hangs up on HTTP/1 in clear is spoken to otherwise by others: in TLS, in HTTP/2,
 * or behind a PROXY header. OpenSSL tells plain HTTP by its first bytes and sends no alert for it, and who
 * expects a PROXY header drops what comes without one: all that is seen of the server then is its close.
 */
import type { Connection } from '../../facts/connection.js';
import type { Moment } from '../tally/earliest.js';
import { silenceIsUnsayable } from './capture-guards.js';

/** A 400 is no conversation: it may say that the server was spoken to in the wrong way. */
const BAD_REQUEST = 400;

/** The earliest conversation of each kind that a server has been seen in; `null`: none. */
export interface Spoken {
  /** TLS, as far as the server's hello, without a PROXY header before it. */
  tls: Moment | null;
  /** HTTP/1 in clear, without a PROXY header before it. */
  clear: Moment | null;
  /** HTTP/2 in clear, likewise. */
  http2: Moment | null;
  /** Any of them behind a PROXY header. */
  proxied: Moment | null;
}

/** Why the server hung up, and the conversation that says so. */
export interface SpokenOtherwise {
  readonly kind: 'plain-to-tls' | 'http1-to-http2' | 'proxy-header-missing';
  readonly by: Moment;
}

/** Nothing seen yet. */
export function newSpoken(): Spoken {
  return { tls: null, clear: null, http2: null, proxied: null };
}

/** Enters how a connection, or its first batch of exchanges, was spoken to. */
export function noteSpoken(connection: Connection, into: Spoken): void {
  const { tls, beginnings, exchanges, protocol } = connection;
  const hello = tls === null ? null : tls.serverHello;
  const moment = hello ?? (tls === null ? answerIn(connection) : null);
  if (beginnings?.client.kind === 'proxy-header') {
    // What is no HTTP is understood where it is answered at all.
    const understood = moment ?? (exchanges.length === 0 ? beginnings.server : null);
    if (understood !== null) into.proxied = earlier(into.proxied, understood);
  } else if (hello !== null) into.tls = earlier(into.tls, hello);
  else if (moment === null) return;
  else if (protocol === 'h2') into.http2 = earlier(into.http2, moment);
  else into.clear = earlier(into.clear, moment);
}

/** Adds what another part of the run saw. */
export function mergeSpoken(into: Spoken, from: Spoken): void {
  if (from.tls !== null) into.tls = earlier(into.tls, from.tls);
  if (from.clear !== null) into.clear = earlier(into.clear, from.clear);
  if (from.http2 !== null) into.http2 = earlier(into.http2, from.http2);
  if (from.proxied !== null) into.proxied = earlier(into.proxied, from.proxied);
}

/** What the server's conversations with others say of a request that {@link hungUpInClear}; `null`: nothing. */
export function spokenOtherwise({ tls, clear, http2, proxied }: Spoken): SpokenOtherwise | null {
  if (clear !== null) return null;
  if (tls !== null) return { kind: 'plain-to-tls', by: tls };
  if (http2 !== null) return { kind: 'http1-to-http2', by: http2 };
  return proxied === null ? null : { kind: 'proxy-header-missing', by: proxied };
}

/** The server's close that met the first request of a connection in clear, before any byte of the server; `null`: another story. */
export function hungUpInClear(connection: Connection): Moment | null {
  const { tls, beginnings, exchangeOffset, exchanges, close, server, guards, protocol } = connection;
  const [first] = close.segments;
  if (first === undefined || first.from !== 'server' || tls !== null || server.payloadBytes > 0) return null;
  if (protocol !== 'http/1.1' || exchangeOffset > 0 || guards.midStream || beginnings?.client.kind === 'proxy-header')
    return null;
  const [only] = exchanges;
  if (only?.request == null || only.response !== null || first.atNs < only.request.startNs) return null;
  return silenceIsUnsayable(connection, first) === null ? { packet: first.packet, atNs: first.atNs } : null;
}

function answerIn({ exchanges }: Connection): Moment | null {
  const [first] = exchanges;
  if (first?.request == null || first.response === null || first.response.status === BAD_REQUEST) return null;
  return { packet: first.response.firstPacket, atNs: first.response.startNs };
}

function earlier(known: Moment | null, moment: Moment): Moment {
  return known === null || moment.packet < known.packet ? { packet: moment.packet, atNs: moment.atNs } : known;
}
