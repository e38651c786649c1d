/** The rows of the connection index that a filter lets through, in an order. */
import { type Filter, matches } from '../../filter/filter.js';
import { compareText } from '../../text/order.js';
import { CHUNK_ROWS } from '../index/columns.js';
import type { ConnectionIndex } from '../index/connection-index.js';
import { IndexFilterRow, type KnownOfStreams } from './index-filter-row.js';
import type { SortColumn } from './protocol.js';

/** Numbers of the rows; equal ones in order of their streams. */
export function orderOf(
  index: ConnectionIndex,
  filter: Filter,
  sort: SortColumn,
  isReversed: boolean,
  known: KnownOfStreams,
): Uint32Array {
  const rows = chosen(index, filter, known);
  const keys = keysOf(index, sort);
  const streams = keysOf(index, 'stream');
  const sign = isReversed ? -1 : 1;
  return rows.sort((one, other) => {
    const difference = sign * ((keys[one] ?? 0) - (keys[other] ?? 0));
    return difference || (streams[one] ?? 0) - (streams[other] ?? 0);
  });
}

function chosen(index: ConnectionIndex, filter: Filter, known: KnownOfStreams): Uint32Array {
  const rows = new Uint32Array(index.size);
  if (filter.terms.length === 0) return rows.map((_, row) => row);
  const seen = new IndexFilterRow(index, known);
  let count = 0;
  for (let row = 0; row < rows.length; row += 1) {
    seen.row = row;
    if (!matches(filter, seen)) continue;
    rows[count] = row;
    count += 1;
  }
  return rows.slice(0, count);
}

/** A number for each row by which it stands in order. */
function keysOf(index: ConnectionIndex, sort: SortColumn): Float64Array {
  const keys = new Float64Array(index.size);
  const rankOf = textRanks(index);
  for (let from = 0; from < keys.length; from += CHUNK_ROWS) {
    const columns = index.columnsAt(from);
    const count = Math.min(CHUNK_ROWS, keys.length - from);
    for (let at = 0; at < count; at += 1) {
      keys[from + at] = keyOf(columns, at, sort, rankOf);
    }
  }
  return keys;
}

function keyOf(
  columns: ReturnType<ConnectionIndex['columnsAt']>,
  at: number,
  sort: SortColumn,
  rankOf: (text: number) => number,
): number {
  switch (sort) {
    case 'stream':
      return columns.stream[at] ?? 0;
    case 'start':
      return columns.startNs[at] ?? 0;
    case 'client':
      return rankOf(columns.clientAddress[at] ?? 0) * 65_536 + (columns.clientPort[at] ?? 0);
    case 'server':
      return rankOf(columns.server[at] ?? 0);
    case 'name':
      return rankOf(columns.name[at] ?? 0);
    case 'proto':
      return columns.protocol[at] ?? 0;
    case 'req':
      return columns.requests[at] ?? 0;
    case 'status':
      return columns.lastStatus[at] ?? 0;
    case 'time':
      return (columns.endNs[at] ?? 0) - (columns.startNs[at] ?? 0);
    case 'close':
      return (columns.close[at] ?? 0) * 4 + (columns.reset[at] ?? 0);
    case 'bytes':
      return columns.bytes[at] ?? 0;
    case 'idle':
      return columns.idleNs[at] ?? 0;
    case 'ttfb':
      return columns.ttfbNs[at] ?? 0;
    default: {
      const never: never = sort;
      return never;
    }
  }
}

/** Places of texts in the order of the alphabet, made when first asked for. */
function textRanks(index: ConnectionIndex): (text: number) => number {
  let ranks: Uint32Array | null = null;
  return (text) => {
    ranks ??= ranksOf(index);
    return ranks[text] ?? 0;
  };
}

function ranksOf(index: ConnectionIndex): Uint32Array {
  const numbers = Uint32Array.from({ length: index.textCount }, (_, number) => number);
  numbers.sort((one, other) => compareText(index.textOf(one), index.textOf(other)));
  const ranks = new Uint32Array(numbers.length);
  for (const [rank, number] of numbers.entries()) ranks[number] = rank;
  return ranks;
}
