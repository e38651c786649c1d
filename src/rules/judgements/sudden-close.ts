/**
 * A server's close in the midst of work: right behind an answer that promised to keep the connection,
 * sooner than any idle time counts from, and without a word. One alone says little (a limit on the
 * number of requests, a socket whose process ended); several at one moment are a reload or a restart.
 */
import { type Connection, MIN_IDLE_NS } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { type CrossedClose, isKeptAlive, isUncovered, lostDataOf, serverSpokeSince } from './crossed-close.js';
import type { IdleClose } from './idle-timeout.js';
import { isUnclear } from './idleness.js';

/** See the head of this file. */
export interface SuddenClose extends IdleClose {
  /** The longest pause on the connection after which a request was answered, nanoseconds; as far as its exchanges are at hand. */
  readonly longestPauseNs: number;
}

/** The close, and the request that it met, if one was under way; `null`: the server did not close so, or it cannot be told. */
export function suddenCloseOf(connection: Connection): { close: SuddenClose; crossed: CrossedClose | null } | null {
  const [close] = connection.close.segments;
  if (close === undefined || close.from !== 'server' || close.kind !== 'fin' || close.payloadLength > 0) return null;
  const { protocol, goesOn, exchanges, exchangeOffset, stream } = connection;
  if (protocol !== 'http/1.1' || goesOn || isUnclear(connection)) return null;
  const lost = lostDataOf(connection);
  const met = lost?.exchange ?? null;
  const at = (met === null ? exchanges.length : exchanges.indexOf(met)) - 1;
  const last = exchanges[at];
  if (last === undefined || last.request === null || last.response === null) return null;
  if (last.response.status >= 400 || !isKeptAlive(last, connection)) return null;
  if (lost === null ? close.deltaAcknowledgement !== 0 : !isUncovered(lost, close, connection)) return null;
  const heardNs = last.response.endNs;
  const idleNs = close.atNs - heardNs;
  if (idleNs < 0 || idleNs >= MIN_IDLE_NS || serverSpokeSince(heardNs, connection)) return null;
  const requests = exchangeOffset + at + 1;
  return {
    close: {
      idleNs,
      atNs: close.atNs,
      packet: close.packet,
      stream,
      requests,
      longestPauseNs: longestPauseOf(exchanges),
    },
    crossed: lost === null ? null : { close, lost, heardNs, requestsBefore: requests },
  };
}

function longestPauseOf(exchanges: readonly Exchange[]): number {
  let longestNs = 0;
  for (const [at, { request, response }] of exchanges.entries()) {
    const before = exchanges[at - 1]?.response ?? null;
    if (request === null || response === null || before === null) continue;
    longestNs = Math.max(longestNs, request.startNs - before.endNs);
  }
  return longestNs;
}
