/** What an exchange log holds, read: one exchange, and all tries of a request. */
import type { Endpoint } from '../../facts/endpoint.js';
import type { PacketReference } from '../../facts/packet-reference.js';
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
  keepsLegs,
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
  WORD,
} from './exchange-rows.js';

/** One row, read. */
export interface LoggedExchange {
  /** Equal on both legs of a request: method and the end of the target. */
  readonly key: number;
  readonly stream: number;
  /** Place in its connection. */
  readonly index: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** The name that is asked for (text/host-name), or the address with its port; `null`: none, or not known. */
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
  /** The outcome that the response tells (judgements/gateway-error); `null`: there was none. */
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
  /** Outcome that the final response tells; 0: none. */
  readonly status: number;
  /** Neither an answer was seen, nor the server's close in place of one. */
  readonly isOpen: boolean;
  /** The request's first packet. */
  readonly packet: PacketReference;
  readonly server: Endpoint;
  /** The name that it asked for, or the address with its port. */
  readonly authority: string | null;
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
          isOpen: rows[row + ANSWER] === NONE,
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
