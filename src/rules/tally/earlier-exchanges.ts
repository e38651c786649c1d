/**
 * Exchanges that a rule keeps of a connection that goes on, until its last batch has come: that alone says what
 * became of the connection as a whole, as HTTP/2's windows, its GOAWAYs and its WebSockets.
 */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { type OpenConnections, openConnections, recalled, remembered } from './open-connections.js';

/** Exchanges kept of all connections that go on, some 16 MB. */
const MAX_HELD = 16_384;

/** Plain data; see the head of this file. */
export interface EarlierExchanges {
  readonly open: OpenConnections<Exchange[]>;
  /** How many they are. */
  held: number;
}

/** None yet. */
export function earlierExchanges(): EarlierExchanges {
  return { open: openConnections(), held: 0 };
}

/** Keeps one of the connection `stream`, which goes on. `false`: there is no room. */
export function keepExchange(earlier: EarlierExchanges, stream: number, exchange: Exchange): boolean {
  const known = earlier.held < MAX_HELD ? remembered<Exchange[]>(earlier.open, stream, () => []) : null;
  if (known === null) return false;
  known.push(exchange);
  earlier.held += 1;
  return true;
}

/** Those kept of the connection `stream`, whose last batch has come; they are forgotten. */
export function takeExchanges(earlier: EarlierExchanges, stream: number): readonly Exchange[] {
  const known = recalled(earlier.open, stream) ?? [];
  earlier.held -= known.length;
  return known;
}

/**
 * All exchanges of a connection that `matters` holds of, of whatever batch, in order of their requests. `null`: the
 * connection goes on, and those of this batch are kept.
 */
export function exchangesOfAll(
  earlier: EarlierExchanges,
  { stream, exchanges, goesOn }: Connection,
  matters: (exchange: Exchange) => boolean,
): readonly Exchange[] | null {
  if (goesOn) {
    for (const exchange of exchanges) if (matters(exchange)) keepExchange(earlier, stream, exchange);
    return null;
  }
  return [...takeExchanges(earlier, stream), ...exchanges.filter(matters)].sort((a, b) => a.index - b.index);
}
