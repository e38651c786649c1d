/**
 * Exchanges as each leg of a proxy shows them: enough to find, when all are known, which exchange
 * on the back leg served which on the front leg (rules/judgements/leg-pairing).
 *
 * A key is made of what a proxy hands on as it is: method and the end of the target. Both legs of a
 * request have the same one. There is room for {@link MAX_LEG_EXCHANGES}; beyond that only keys with
 * so many low bits zero are kept, one bit more each time. All exchanges of a key are kept or none, so
 * what is paired among those that are kept is what would be paired among all. Every order of reading
 * and every split ends with the same.
 */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import { UNKNOWN_TEXT } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { hostNameOf } from '../../text/host-name.js';
import { rankOfText } from './rank.js';

/** Exchanges kept: some 10 MB. */
export const MAX_LEG_EXCHANGES = 32_768;
/** Characters of a target that tell it from others: a proxy may take a prefix off, never what tells requests apart. */
const TARGET_END = 64;
/** Fields that a proxy hands on or is handed, and that no two requests share. */
const TRACE_FIELDS: readonly string[] = ['x-request-id', 'x-correlation-id', 'x-amzn-trace-id'];

/** One exchange on one leg. */
export interface LegExchange {
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
  /** Length of the ClientHello, HTTP/2 stream, bytes of the request's head: equal on both legs where a proxy passes TLS through. */
  readonly helloBytes: number | null;
  readonly h2Stream: number | null;
  readonly headBytes: number;
  /** First packet of the request. */
  readonly packet: PacketReference;
  /** First byte of the request. */
  readonly startNs: number;
  /** First byte of the response; where there was none, the end of the connection. */
  readonly endNs: number;
  /** Status of the response and its first packet; `null`: there was none. */
  readonly status: number | null;
  readonly answerPacket: PacketReference | null;
  /** Rank of an id that the request carries (X-Request-ID and the like), and of its User-Agent; `null`: none. */
  readonly trace: number | null;
  readonly agent: number | null;
  /** The addresses that it was forwarded for, last first as they were added. */
  readonly forwardedFor: readonly string[];
}

/** Exchanges of all legs: plain data. */
export interface LegExchanges {
  /** Keys with this many low bits zero are kept. */
  level: number;
  items: LegExchange[];
}

/** None yet. */
export function legExchanges(): LegExchanges {
  return { level: 0, items: [] };
}

/** Enters the exchanges of a connection (or of a batch). */
export function observeLegs(connection: Connection, into: LegExchanges, limit = MAX_LEG_EXCHANGES): void {
  for (const exchange of connection.exchanges) {
    const { request } = exchange;
    if (request === null || request.method === UNKNOWN_TEXT || request.target === UNKNOWN_TEXT) continue;
    const key = legKey(request);
    if ((key & (2 ** into.level - 1)) !== 0) continue;
    into.items.push(legExchangeOf(connection, exchange, request, key));
    while (into.items.length > limit && into.level < 31) thin(into, into.level + 1);
  }
}

/** Adds all of `from`. */
export function mergeLegs(into: LegExchanges, from: LegExchanges, limit = MAX_LEG_EXCHANGES): void {
  if (from.level > into.level) thin(into, from.level);
  for (const item of from.items) if ((item.key & (2 ** into.level - 1)) === 0) into.items.push(item);
  while (into.items.length > limit && into.level < 31) thin(into, into.level + 1);
}

function legKey({ method, target }: Pick<RequestMessage, 'method' | 'target'>): number {
  const path = target.startsWith('/') ? target : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return rankOfText(path.length > TARGET_END ? path.slice(-TARGET_END) : path, rankOfText(method));
}

function legExchangeOf(
  { stream, client, server, endNs, tls }: Connection,
  { index, response, h2Stream }: Exchange,
  request: RequestMessage,
  key: number,
): LegExchange {
  let [trace, agent]: (number | null)[] = [null, null];
  const forwardedFor: string[] = [];
  for (const { name, value } of request.fields) {
    if (TRACE_FIELDS.includes(name)) trace ??= rankOfText(value);
    else if (name === 'user-agent') agent = rankOfText(value);
    else if (name === 'x-forwarded-for') forwardedFor.push(...value.split(',').map((address) => address.trim()));
  }
  return {
    key,
    stream,
    index,
    client: client.endpoint,
    server: server.endpoint,
    authority: request.authority === null ? null : hostNameOf(request.authority),
    serverName: hostNameOf(tls?.clientHello?.serverNames[0] ?? ''),
    helloBytes: tls?.clientHello?.bytes ?? null,
    h2Stream,
    headBytes: request.headBytes,
    packet: request.firstPacket,
    startNs: request.startNs,
    endNs: response?.startNs ?? endNs,
    status: response?.status ?? null,
    answerPacket: response?.firstPacket ?? null,
    trace,
    agent,
    forwardedFor: forwardedFor.reverse(),
  };
}

function thin(exchanges: LegExchanges, level: number): void {
  const mask = 2 ** level - 1;
  exchanges.items = exchanges.items.filter(({ key }) => (key & mask) === 0);
  exchanges.level = level;
}
