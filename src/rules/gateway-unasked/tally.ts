/** What the rule keeps of a run: per server its answers 502, 503 and 504, and per client its connections on which nothing was asked that could be read. */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import type { ResponseMessage } from '../../facts/exchange.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import {
  absorbOccurrences,
  addOccurrence,
  newOccurrences,
  type Occurrence,
  type Occurrences,
  occurrenceIn,
} from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';

/** Answers of one server that are looked at one by one. */
const MAX_ANSWERS = 256;
/** Connections of one client without an exchange, and clients of which they are kept. */
const MAX_ATTEMPTS = 256;
const MAX_CLIENTS = 1024;

/** Whose page it is, as far as its fields tell. */
export type Product = 'nginx' | 'haproxy' | 'apache' | 'envoy' | 'caddy' | 'varnish';

/** An answer 502, 503 or 504; `packet` and `atNs`: of its first byte. */
export interface ErrorAnswer extends Occurrence {
  /** Place of the exchange in its connection. */
  readonly index: number;
  readonly requestPacket: number;
  readonly requestNs: number;
  readonly status: number;
  readonly product: Product | null;
  /** By its length nginx's own page for 503, which it shows of a limit or a `return`, and of no server. */
  readonly isLimitPage: boolean;
}

/** A connection on which somebody may have asked for something that cannot be read, or could not connect. `packet`, `atNs`: its first. */
export interface Attempt extends Moment {
  readonly endNs: number;
  readonly server: Endpoint;
  /** Nobody answered its SYN, or by RST. */
  readonly isUnmet: boolean;
}

/** One client's connections without an exchange. */
export interface Attempts {
  readonly earliest: Earliest<Attempt>;
  /** When the first of all began and the last ended, those on which nothing was asked among them. */
  firstNs: number;
  lastNs: number;
}

/** See the head of this file. */
export interface UnaskedTally {
  readonly servers: PerServer<Occurrences<ErrorAnswer>>;
  readonly attempts: BoundedTable<Attempts>;
}

/** Nothing seen yet. */
export function newTally(): UnaskedTally {
  return { servers: perServer(), attempts: boundedTable(MAX_CLIENTS) };
}

/** Keeps the answers of a connection that a gateway may have given by itself. */
export function noteAnswers(connection: Connection, { servers }: UnaskedTally): void {
  for (const { request, response, index } of connection.exchanges) {
    if (request === null || response === null || response.status < 502 || response.status > 504) continue;
    if (!request.complete || request.lostBytes > 0 || isHealthCheck(request)) continue;
    const of = tallyOf<Occurrences<ErrorAnswer>>(servers, connection.server.endpoint, () =>
      newOccurrences(MAX_ANSWERS),
    );
    if (of === null) return;
    addOccurrence(of, {
      ...occurrenceIn(connection, { atNs: response.startNs, packet: response.firstPacket }),
      index,
      requestPacket: request.firstPacket,
      requestNs: request.startNs,
      status: response.status,
      product: productOf(response),
      isLimitPage: isLimitPage(response),
    });
  }
}

/**
 * Keeps a connection without an exchange. One on which its client sent nothing asked for nothing, unless the server did
 * not take it, or reset it: the SYN of a refused one may not have been captured.
 */
export function noteAttempt(connection: Connection, tally: UnaskedTally): void {
  const { handshake, client, server, close, startNs, endNs, firstPacket } = connection;
  const of = entryOf(tally.attempts, client.endpoint.address, newAttempts);
  if (of === null) return;
  of.firstNs = Math.min(of.firstNs, startNs);
  of.lastNs = Math.max(of.lastNs, endNs);
  const isUnmet = handshake.syn !== null && handshake.synAck === null;
  if (!isUnmet && client.payloadBytes === 0 && close.resetBy !== 'server') return;
  addEarliest(of.earliest, { packet: firstPacket, atNs: startNs, endNs, server: server.endpoint, isUnmet });
}

function newAttempts(): Attempts {
  return {
    earliest: earliest<Attempt>(MAX_ATTEMPTS),
    firstNs: Number.POSITIVE_INFINITY,
    lastNs: Number.NEGATIVE_INFINITY,
  };
}

/** Adds all of `from`. */
export function mergeTally(into: UnaskedTally, from: UnaskedTally): void {
  mergePerServer<Occurrences<ErrorAnswer>>(
    into.servers,
    from.servers,
    () => newOccurrences(MAX_ANSWERS),
    absorbOccurrences,
  );
  mergeTable(into.attempts, from.attempts, newAttempts, (to, of) => {
    mergeEarliest(to.earliest, of.earliest);
    to.firstNs = Math.min(to.firstNs, of.firstNs);
    to.lastNs = Math.max(to.lastNs, of.lastNs);
  });
}

/** Names in the Server field, in lower case, and whose they are. */
const SERVER_NAMES: readonly (readonly [string, Product])[] = [
  ['nginx', 'nginx'],
  ['openresty', 'nginx'],
  ['angie', 'nginx'],
  ['apache', 'apache'],
  ['envoy', 'envoy'],
  ['istio-envoy', 'envoy'],
  ['caddy', 'caddy'],
  ['varnish', 'varnish'],
];
/** Length of HAProxy's own pages (src/http.c): of 502 and 503 as of 504. */
const HAPROXY_PAGES: readonly number[] = [107, 92];

function productOf({ fields, contentLength }: ResponseMessage): Product | null {
  let isHtml = false;
  for (const { name, value } of fields) {
    if (name === 'server') return productNamed(value);
    if (name === 'via' && /varnish/i.test(value)) return 'varnish';
    if (name === 'content-type') isHtml = value === 'text/html';
  }
  return isHtml && contentLength !== null && HAPROXY_PAGES.includes(contentLength) ? 'haproxy' : null;
}

function productNamed(server: string): Product | null {
  return SERVER_NAMES.find(([begin]) => server.toLowerCase().startsWith(begin))?.[1] ?? null;
}

/** Length of nginx's page for 503 (src/http/ngx_http_special_response.c) without what its Server field says, which stands in it. */
const NGINX_503_BYTES = 185;
/** What that is longer by: `bgcolor` until 1.15, and what Chrome and Internet Explorer are sent so that they show it. */
const NGINX_503_EXTRA_BYTES: readonly number[] = [0, 16, 402, 418];

function isLimitPage({ status, fields, contentLength }: ResponseMessage): boolean {
  if (status !== 503 || contentLength === null) return false;
  const fieldOf = (wanted: string): string | null => fields.find(({ name }) => name === wanted)?.value ?? null;
  const server = fieldOf('server');
  const isHtml = fieldOf('content-type')?.startsWith('text/html') === true;
  if (server === null || !isHtml || productNamed(server) !== 'nginx') return false;
  return NGINX_503_EXTRA_BYTES.includes(contentLength - NGINX_503_BYTES - server.length);
}

/** The connections of a client that something may have been asked on, if those that began before `untilNs` are all known; else `null`. */
export function attemptsUntil(
  { attempts: { entries, last } }: Pick<UnaskedTally, 'attempts'>,
  address: string,
  untilNs: number,
): readonly Attempt[] | null {
  const of = entries[address]?.earliest;
  // Where the table is full it may have given way.
  if (of === undefined) return last === null ? [] : null;
  const latest = of.items.at(-1);
  return latest === undefined || of.items.length < of.limit || latest.atNs > untilNs ? of.items : null;
}
