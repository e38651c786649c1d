/**
 * Which exchange was made when, by whom, of whom, and how it was answered: enough to tell, at the
 * end, a retry from a failure that stood (judgements/retries), and which exchange behind a proxy
 * served which before it (judgements/leg-pairing).
 *
 * One row of numbers for each exchange, and no object: texts stand once, in a list. There is room
 * for {@link MAX_LOGGED} rows; beyond that only those are kept whose key has so many low bits zero,
 * one bit more each time. A key has two parts, each of which may have them: what both legs of a
 * request share, and what all tries of it share, its sender included. Of a part all rows are kept or
 * none, so what is known of it is the whole truth; of the others it is known that it is not known.
 * Every order of reading and every split ends with the same.
 */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { type Exchange, type RequestMessage, UNKNOWN_TEXT } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { hostNameOf } from '../../text/host-name.js';
import { isTooLate } from '../judgements/too-late.js';
import type { Moment } from '../tally/earliest.js';
import { rankOf, rankOfText } from '../tally/rank.js';

/** Rows kept: some 8 MB, and all exchanges in a capture of a minute at a thousand a second. */
export const MAX_LOGGED = 65_536;
/** Characters of a target that tell it from others: a proxy may take a prefix off, never what tells requests apart. */
const TARGET_END = 64;
/** Characters of an address: IPv6 with an IPv4 address in it, a zone and a port; what is longer is none. */
const MAX_ADDRESS = 64;
/** Ports are below this: an endpoint is its address's place among the texts, and its port. */
const PORTS = 65_536;
const WORD = 2 ** 32;
/** Bits of a key beside those that both legs share: as many as a number holds exactly. */
const OWN_BITS = 21;

/** Columns of a row. */
const KEY = 0;
const STREAM = 1;
const INDEX = 2;
const PACKET = 3;
const START = 4;
const END = 5;
const STATUS = 6;
const ANSWER = 7;
const CLIENT = 8;
const SERVER = 9;
const AUTHORITY = 10;
const SERVER_NAME = 11;
const SHAPE = 12;
const TRACE = 13;
const AGENT = 14;
const FORWARDED = 15;
const WIDTH = 16;
/** Columns that hold the place of a text, with a port and alone. */
const ENDPOINTS = [CLIENT, SERVER];
const TEXTS = [AUTHORITY, SERVER_NAME, FORWARDED];
/** Rows that there is room for at first. */
const FIRST_ROWS = 16;
/** Stands in a row for what there was not; the texts' places and all other figures are not negative. */
const NONE = -1;

/** Plain data; see the head of this file. */
export interface ExchangeLog {
  readonly limit: number;
  /** Keys of which a part has this many low bits zero are kept. */
  level: number;
  /** Rows end to end, {@link WIDTH} numbers each: the first `size` numbers; behind them is room. */
  rows: Float64Array;
  size: number;
  /** Addresses and names of the rows, which say where they stand here. */
  texts: string[];
}

/** One row, read. */
export interface LoggedExchange {
  /** Equal on both legs of a request: method and the end of the target. */
  readonly key: number;
  readonly stream: number;
  /** Place in its connection. */
  readonly index: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** The name that is asked for (text/host-name); `null`: none, or not known. */
  readonly authority: string | null;
  /** The server name of the connection's ClientHello; `null`: none, or no TLS. */
  readonly serverName: string | null;
  /** Length of the ClientHello, HTTP/2 stream and bytes of the request's head in one number: equal on both legs where a proxy passes TLS through. */
  readonly shape: number;
  /** First packet of the request. */
  readonly packet: PacketReference;
  /** First byte of the request. */
  readonly startNs: number;
  /** First byte of the response; where there was none, since when there could be none: a close, or the end of the connection. */
  readonly endNs: number;
  /** Status of the response; `null`: there was none. */
  readonly status: number | null;
  /** First packet of the response, or the server's close that came instead; `null`: neither was seen. */
  readonly answerPacket: PacketReference | null;
  /** Rank of an id that the request carries (X-Request-ID and the like), and of its User-Agent; `null`: none. */
  readonly trace: number | null;
  readonly agent: number | null;
  /** The last address that X-Forwarded-For names, which the one before it added; `null`: none. */
  readonly forwardedFor: string | null;
}

/** One try of a request. */
export interface Try {
  readonly startNs: number;
  readonly stream: number;
  /** Status of the final response; 0: none. */
  readonly status: number;
  /** The request's first packet. */
  readonly packet: PacketReference;
  readonly server: Endpoint;
  /** The name that it asked for. */
  readonly authority: string | null;
}

/** An empty log. */
export function exchangeLog(limit = MAX_LOGGED): ExchangeLog {
  return { limit, level: 0, rows: new Float64Array(Math.min(FIRST_ROWS, limit + 1) * WIDTH), size: 0, texts: [] };
}

/**
 * Equal for a request and its retry: same client address (`clientRank`: its rank), same X-Forwarded-For
 * behind a gateway, method, target and length of the body. The low 32 bits are {@link legKeyOf};
 * -1: nobody knows what was asked for.
 */
export function requestKey(clientRank: number, request: RequestMessage): number {
  return isUnknown(request) ? -1 : keyOf(legKeyOf(request), clientRank, request);
}

/** Enters the exchanges of a connection, or of a batch; in `failures` those that failed as well. */
export function logExchanges(connection: Connection, log: ExchangeLog, failures: ExchangeLog): void {
  const { exchanges } = connection;
  let clientRank = -1;
  for (let at = 0; at < exchanges.length; at += 1) {
    const exchange = exchanges[at];
    if (exchange === undefined || exchange.request === null || isUnknown(exchange.request)) continue;
    const { request, response } = exchange;
    if (clientRank < 0) clientRank = rankOfText(connection.client.endpoint.address);
    const key = keyOf(legKeyOf(request), clientRank, request);
    if (keeps(log, key)) append(connection, exchange, request, key, log);
    if ((response === null || response.status >= 500) && keeps(failures, key))
      append(connection, exchange, request, key, failures);
  }
}

/** Adds all of `from`. */
export function mergeExchangeLogs(into: ExchangeLog, from: ExchangeLog): void {
  if (from.level > into.level) thin(into, from.level);
  for (let row = 0; row < from.size; row += WIDTH) {
    if (!keeps(into, from.rows[row] ?? 0)) continue;
    copyRow(into, from, row);
    makeRoom(into);
  }
}

/** All tries of a request, in order of time; `null` when keys like it were not kept. */
export function triesOf(log: ExchangeLog, key: number): Try[] | null {
  if (key < 0 || !keeps(log, key)) return null;
  const { rows } = log;
  const tries: { readonly index: number; readonly one: Try }[] = [];
  for (const row of rowsByLeg(log).get(key % WORD) ?? [])
    if (rows[row] === key)
      tries.push({
        index: rows[row + INDEX] ?? 0,
        one: {
          startNs: rows[row + START] ?? 0,
          stream: rows[row + STREAM] ?? 0,
          status: Math.max(0, rows[row + STATUS] ?? 0),
          packet: rows[row + PACKET] ?? 0,
          server: endpointAt(log, row + SERVER),
          authority: textAt(log, row + AUTHORITY),
        },
      });
  tries.sort((a, b) => a.one.startNs - b.one.startNs || a.one.stream - b.one.stream || a.index - b.index);
  return tries.map(({ one }) => one);
}

/**
 * What is logged of requests whose both legs are, in no particular order, and no exchange twice: what
 * failed is known beyond what found room.
 */
export function loggedExchanges(log: ExchangeLog, failures: ExchangeLog): LoggedExchange[] {
  const logged: LoggedExchange[] = [];
  for (let row = 0; row < log.size; row += WIDTH)
    if (keepsLegs(log, log.rows[row] ?? 0)) logged.push(exchangeAt(log, row));
  for (let row = 0; row < failures.size; row += WIDTH) {
    const key = failures.rows[row] ?? 0;
    if (keepsLegs(failures, key) && !keepsLegs(log, key)) logged.push(exchangeAt(failures, row));
  }
  return logged;
}

/** Whether all rows of requests of this key's legs are kept, or all tries of this one. */
function keeps(log: ExchangeLog, key: number): boolean {
  return keepsLegs(log, key) || ((key / WORD) & ((1 << log.level) - 1)) === 0;
}

/** Whether all rows are kept of requests whose legs have this key. */
function keepsLegs({ level }: ExchangeLog, key: number): boolean {
  return (key & ((1 << level) - 1)) === 0;
}

/** Method and the end of the target, in 32 bits. */
function legKeyOf({ method, target }: Pick<RequestMessage, 'method' | 'target'>): number {
  if (method !== lastMethod) {
    lastMethod = method;
    lastMethodRank = rankOfText(method);
  }
  const path = target.charCodeAt(0) === SLASH ? target : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return rankOfText(path, lastMethodRank, Math.max(0, path.length - TARGET_END));
}

const SLASH = 0x2f;
/** Methods and user agents come again and again; nothing depends on these but speed. */
let lastMethod = '';
let lastMethodRank = rankOfText('');
let lastAgent = '';
let lastAgentRank = rankOfText('');

function agentRank(agent: string): number {
  if (agent !== lastAgent) {
    lastAgent = agent;
    lastAgentRank = rankOfText(agent);
  }
  return lastAgentRank;
}

function isUnknown({ method, target }: RequestMessage): boolean {
  return method === UNKNOWN_TEXT || target === UNKNOWN_TEXT;
}

function keyOf(legKey: number, clientRank: number, { target, contentLength, fields }: RequestMessage): number {
  // A body of unknown length is one of length -1.
  let own = rankOf((contentLength ?? -1) + 1) ^ clientRank ^ target.length;
  // What the leg's part leaves out: no proxy stands between a request and its retry.
  if (target.length > TARGET_END) own = rankOfText(target.slice(0, -TARGET_END), own);
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at];
    if (field !== undefined && field.name === 'x-forwarded-for') own = rankOfText(field.value, own);
  }
  return (rankOf(own) >>> (32 - OWN_BITS)) * WORD + legKey;
}

function append(
  connection: Connection,
  { index, response: seen, h2Stream }: Exchange,
  request: RequestMessage,
  key: number,
  log: ExchangeLog,
): void {
  const response = h2Stream === null && isTooLate(seen, connection.close.segments) ? null : seen;
  let forwardedFor: string | null = null;
  let trace = NONE;
  let agent = NONE;
  const { fields } = request;
  for (let at = 0; at < fields.length; at += 1) {
    const { name = '', value = '' } = fields[at] ?? {};
    switch (name) {
      case 'user-agent':
        agent = agentRank(value);
        break;
      case 'x-forwarded-for':
        forwardedFor = value;
        break;
      // Fields that a proxy hands on or is handed, and that no two requests share.
      case 'x-request-id':
      case 'x-correlation-id':
      case 'x-amzn-trace-id':
        if (trace === NONE) trace = rankOfText(value);
        break;
      default:
    }
  }
  const { stream, client, server, tls } = connection;
  const hello = tls?.clientHello ?? null;
  const close = response === null ? closeInstead(connection, request) : null;
  // Who has closed waits for no answer any more.
  const leftNs = response === null ? (leaveNs(connection, request) ?? connection.endNs) : 0;
  const row = newRow(log);
  const { rows } = log;
  rows[row + KEY] = key;
  rows[row + STREAM] = stream;
  rows[row + INDEX] = index;
  rows[row + PACKET] = request.firstPacket;
  rows[row + START] = request.startNs;
  rows[row + END] = response?.startNs ?? Math.min(close?.atNs ?? leftNs, leftNs);
  rows[row + STATUS] = response?.status ?? NONE;
  rows[row + ANSWER] = response?.firstPacket ?? close?.packet ?? NONE;
  rows[row + CLIENT] = placeOf(log, client.endpoint.address, CLIENT) * PORTS + client.endpoint.port;
  rows[row + SERVER] = placeOf(log, server.endpoint.address, SERVER) * PORTS + server.endpoint.port;
  rows[row + AUTHORITY] = placeOfName(log, request.authority, AUTHORITY);
  rows[row + SERVER_NAME] = placeOfName(log, hello?.serverNames[0] ?? null, SERVER_NAME);
  rows[row + SHAPE] = rankOf(
    ((hello?.bytes ?? 0) * PORTS + request.headBytes) ^ Math.imul((h2Stream ?? -1) + 1, 0x9e3779b1),
  );
  rows[row + TRACE] = trace;
  rows[row + AGENT] = agent;
  rows[row + FORWARDED] = forwardedFor === null ? NONE : placeOf(log, lastAddressIn(forwardedFor), FORWARDED);
  makeRoom(log);
}

/** Where a new row begins. */
function newRow(log: ExchangeLog): number {
  const { rows, size } = log;
  if (size + WIDTH > rows.length) {
    // Room for one row more than the limit, which makes room for others.
    log.rows = new Float64Array(Math.min(2 * rows.length, (log.limit + 1) * WIDTH));
    log.rows.set(rows);
  }
  log.size = size + WIDTH;
  return size;
}

/** RFC 7239 §7.4: each proxy adds the address of its client behind the others. */
function lastAddressIn(forwardedFor: string): string {
  return forwardedFor
    .slice(forwardedFor.lastIndexOf(',') + 1)
    .trim()
    .slice(0, MAX_ADDRESS);
}

/** The server's close, which came instead of an answer, and since when there could be none; `null`: it did not close. */
function closeInstead({ close }: Connection, { startNs }: RequestMessage): Moment | null {
  const own = close.segments.filter(({ from }) => from === 'server');
  const [first] = own;
  if (first === undefined) return null;
  const { packet } = own.find(({ atNs }) => atNs >= startNs) ?? first;
  return { packet, atNs: Math.max(startNs, first.atNs) };
}

/** When the client, which had no answer, closed; `null`: it did not. */
function leaveNs({ close }: Connection, { startNs }: RequestMessage): number | null {
  const own = close.segments.find(({ from, atNs }) => from === 'client' && atNs >= startNs);
  return own?.atNs ?? null;
}

function makeRoom(log: ExchangeLog): void {
  while (log.size > log.limit * WIDTH && log.level < 31) thin(log, log.level + 1);
}

/** Leaves the rows whose keys have so many low bits zero. */
function thin(log: ExchangeLog, level: number): void {
  const { rows, size } = log;
  log.level = level;
  log.size = 0;
  // Rows only ever move towards the beginning.
  for (let row = 0; row < size; row += WIDTH) {
    if (!keeps(log, rows[row] ?? 0)) continue;
    rows.copyWithin(log.size, row, row + WIDTH);
    log.size += WIDTH;
  }
  if (log.texts.length * WIDTH > log.size) dropTexts(log);
}

/** Leaves the texts that rows name. */
function dropTexts(log: ExchangeLog): void {
  const { texts } = log;
  log.texts = [];
  for (let row = 0; row < log.size; row += WIDTH) placeTexts(log, row, texts);
}

/** Adds a row of another log. */
function copyRow(into: ExchangeLog, { rows, texts }: ExchangeLog, row: number): void {
  const to = newRow(into);
  for (let column = 0; column < WIDTH; column += 1) into.rows[to + column] = rows[row + column] ?? NONE;
  placeTexts(into, to, texts);
}

/** Has a row name its texts, which stand in `texts`, by where they stand in the log. */
function placeTexts(log: ExchangeLog, row: number, texts: readonly string[]): void {
  const { rows } = log;
  for (const column of ENDPOINTS) {
    const value = rows[row + column] ?? 0;
    const place = Math.floor(value / PORTS);
    rows[row + column] = placeOf(log, texts[place] ?? '', column) * PORTS + (value - place * PORTS);
  }
  for (const column of TEXTS) {
    const place = rows[row + column] ?? NONE;
    if (place !== NONE) rows[row + column] = placeOf(log, texts[place] ?? '', column);
  }
}

/** Where a text stands in the log, which it is added to where it is new. */
function placeOf(log: ExchangeLog, text: string, column: number): number {
  const { texts } = log;
  if (LAST_TEXTS[column] === text && LAST_LISTS[column] === texts) return LAST_PLACES[column] ?? 0;
  let places = PLACES.get(texts);
  if (places === undefined) {
    places = new Map(texts.map((known, place) => [known, place]));
    PLACES.set(texts, places);
  }
  let place = places.get(text);
  if (place === undefined) {
    place = texts.length;
    texts.push(text);
    places.set(text, place);
  }
  LAST_TEXTS[column] = text;
  LAST_LISTS[column] = texts;
  LAST_PLACES[column] = place;
  return place;
}

/** Where each text of a list stands: made of the list where it comes from elsewhere. */
const PLACES = new WeakMap<readonly string[], Map<string, number>>();
/** What was asked for last in each column: mostly the same again. */
const LAST_TEXTS: string[] = new Array<string>(WIDTH).fill('');
const LAST_LISTS: (readonly string[])[] = new Array<readonly string[]>(WIDTH).fill([]);
const LAST_PLACES: number[] = new Array<number>(WIDTH).fill(0);

function placeOfName(log: ExchangeLog, authority: string | null, column: number): number {
  const name = authority === null ? null : hostNameOf(authority);
  return name === null ? NONE : placeOf(log, name, column);
}

/** Rows by leg key, made when it is first asked for: a log that is asked is not added to any more. */
function rowsByLeg(log: ExchangeLog): Map<number, number[]> {
  const known = INDICES.get(log.rows);
  if (known !== undefined && known.size === log.size) return known.byLeg;
  const byLeg = new Map<number, number[]>();
  for (let row = 0; row < log.size; row += WIDTH) {
    const leg = (log.rows[row] ?? 0) % WORD;
    const rows = byLeg.get(leg);
    if (rows === undefined) byLeg.set(leg, [row]);
    else rows.push(row);
  }
  INDICES.set(log.rows, { size: log.size, byLeg });
  return byLeg;
}

const INDICES = new WeakMap<Float64Array, { readonly size: number; readonly byLeg: Map<number, number[]> }>();

function exchangeAt(log: ExchangeLog, row: number): LoggedExchange {
  const at = (column: number): number => log.rows[row + column] ?? NONE;
  const orNull = (value: number): number | null => (value === NONE ? null : value);
  return {
    key: at(KEY) % WORD,
    stream: at(STREAM),
    index: at(INDEX),
    client: endpointAt(log, row + CLIENT),
    server: endpointAt(log, row + SERVER),
    authority: textAt(log, row + AUTHORITY),
    serverName: textAt(log, row + SERVER_NAME),
    shape: at(SHAPE),
    packet: at(PACKET),
    startNs: at(START),
    endNs: at(END),
    status: orNull(at(STATUS)),
    answerPacket: orNull(at(ANSWER)),
    trace: orNull(at(TRACE)),
    agent: orNull(at(AGENT)),
    forwardedFor: textAt(log, row + FORWARDED),
  };
}

function endpointAt(log: ExchangeLog, at: number): Endpoint {
  const value = log.rows[at] ?? 0;
  const place = Math.floor(value / PORTS);
  return { address: log.texts[place] ?? '', port: value - place * PORTS };
}

function textAt(log: ExchangeLog, at: number): string | null {
  const place = log.rows[at] ?? NONE;
  return place === NONE ? null : (log.texts[place] ?? null);
}
