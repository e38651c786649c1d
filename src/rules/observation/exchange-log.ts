/**
 * Which exchange was made when, by whom, of whom, and how it was answered: enough to tell, at the
 * end, a retry from a failure that stood (judgements/retries), and which exchange behind a proxy
 * served which before it (judgements/leg-pairing).
 *
 * One row of numbers for each exchange, and no object: texts stand once, in a list. There is room
 * for `MAX_LOGGED` rows; beyond that only those are kept whose key has so many low bits zero,
 * one bit more each time. A key has two parts, each of which may have them: what both legs of a
 * request share, and what all tries of it share, its sender included. Of a part all rows are kept or
 * none, so what is known of it is the whole truth; of the others it is known that it is not known.
 * Every order of reading and every split ends with the same.
 */
import type { Connection } from '../../facts/connection.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import { outcomeOf } from '../judgements/gateway-error.js';
import { isTooLate } from '../judgements/too-late.js';
import type { Moment } from '../tally/earliest.js';
import { rankOf, rankOfText } from '../tally/rank.js';
import {
  AGENT,
  ANSWER,
  AUTHORITY,
  CLIENT,
  END,
  type ExchangeLog,
  FORWARDED,
  INDEX,
  KEY,
  keeps,
  MANY_ROWS,
  NONE,
  PACKET,
  PORTS,
  SERVER,
  SERVER_NAME,
  SHAPE,
  START,
  STATUS,
  STREAM,
  TRACE,
  WIDTH,
} from './exchange-rows.js';
import { placeOf, placeOfAuthority, placeOfName, placeTexts } from './exchange-texts.js';
import { agentRank, isUnknown, keyOf, legKeyOf } from './request-key.js';

/** Characters of an address: IPv6 with an IPv4 address in it, a zone and a port; what is longer is none. */
const MAX_ADDRESS = 64;

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

function append(
  connection: Connection,
  { index, response: seen, h2, h2Stream }: Exchange,
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
  // A stream may end alone.
  const reset = response === null ? (h2?.reset ?? null) : null;
  const close = response !== null ? null : reset?.by === 'server' ? reset : closeInstead(connection, request);
  // Who has closed waits for no answer any more.
  const leftNs = response === null ? (leaveNs(connection, request) ?? connection.endNs) : 0;
  const row = newRow(log);
  const { rows } = log;
  rows[row + KEY] = key;
  rows[row + STREAM] = stream;
  rows[row + INDEX] = index;
  rows[row + PACKET] = request.firstPacket;
  rows[row + START] = request.startNs;
  rows[row + END] = response?.startNs ?? Math.min(close?.atNs ?? leftNs, reset?.atNs ?? leftNs, leftNs);
  rows[row + STATUS] = response === null ? NONE : outcomeOf(response, h2);
  rows[row + ANSWER] = response?.firstPacket ?? close?.packet ?? NONE;
  rows[row + CLIENT] = placeOf(log, client.endpoint.address, CLIENT) * PORTS + client.endpoint.port;
  rows[row + SERVER] = placeOf(log, server.endpoint.address, SERVER) * PORTS + server.endpoint.port;
  rows[row + AUTHORITY] = placeOfAuthority(log, request.authority);
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
    const most = (log.limit + 1) * WIDTH;
    log.rows = new Float64Array(size < MANY_ROWS * WIDTH ? Math.min(2 * rows.length, most) : most);
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
