/**
 * Connections as a table that is written while the capture is read: the first rows decide how wide
 * the columns are, and a later cell that is wider moves its row rather than being cut.
 */
import type { Connection } from '../facts/connection.js';
import { UNKNOWN_STATUS } from '../facts/exchange.js';
import { UNDECRYPTED_CAUSES } from '../facts/summary.js';
import type { Decryption } from '../facts/tls.js';
import { endpointText } from '../text/address.js';
import { durationText } from '../text/duration.js';
import { byteText, countText } from '../text/size.js';
import { cellsOf } from '../text/width.js';
import { clockText } from './period.js';
import { inStyle, type TextStyle } from './text-style.js';

/** Rows that decide the columns' widths; more would only delay the first line. */
export const SAMPLE_ROWS = 200;

interface FlowColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (connection: Connection, origin: bigint, style: TextStyle) => string;
}

/** In order of their place. */
const COLUMNS = {
  stream: { title: 'stream', align: 'right', cell: ({ stream }) => String(stream) },
  start: {
    title: 'start',
    align: 'left',
    cell: ({ startNs }, origin, style) => clockText(startNs, origin, style.time),
  },
  time: { title: 'time', align: 'right', cell: ({ startNs, endNs }) => durationText(endNs - startNs) },
  client: { title: 'client', align: 'left', cell: ({ client }) => endpointText(client.endpoint) },
  server: { title: 'server', align: 'left', cell: ({ server }) => endpointText(server.endpoint) },
  protocol: { title: 'protocol', align: 'left', cell: ({ protocol }) => protocol },
  requests: { title: 'req', align: 'right', cell: requestsOf },
  status: { title: 'status', align: 'right', cell: lastStatus },
  bytes: {
    title: 'bytes',
    align: 'right',
    cell: ({ client, server }) => byteText(client.payloadBytes + server.payloadBytes),
  },
  close: { title: 'close', align: 'left', cell: closeText },
} as const satisfies Record<string, FlowColumn>;

/** What goes first where the width does not hold all columns. */
const DISPENSABLE: readonly (keyof typeof COLUMNS)[] = ['bytes', 'time', 'protocol', 'start'];
const GAP = '  ';

/** See the head of this file. */
export class FlowsTable {
  private columns: readonly { readonly key: keyof typeof COLUMNS; readonly cells: number }[] | null = null;

  constructor(private readonly style: TextStyle) {}

  /** A connection's cells, in the order of the columns. */
  row(connection: Connection, originEpochNs: bigint): readonly string[] {
    return Object.values(COLUMNS).map((column: FlowColumn) =>
      inStyle(column.cell(connection, originEpochNs, this.style), this.style),
    );
  }

  /** Rows as lines; with the first ones, which decide the widths, comes the heading. */
  lines(rows: readonly (readonly string[])[]): string {
    let text = '';
    if (this.columns === null) {
      this.columns = this.fit(rows);
      text = this.line(Object.values(COLUMNS).map((column) => column.title));
    }
    for (const row of rows) text += this.line(row);
    return text;
  }

  private fit(rows: readonly (readonly string[])[]): { key: keyof typeof COLUMNS; cells: number }[] {
    let columns = KEYS.map((key, index) => ({
      key,
      cells: Math.max(COLUMNS[key].title.length, ...rows.map((row) => cellsOf(row[index] ?? ''))),
    }));
    for (const dispensable of DISPENSABLE) {
      const width = columns.reduce((sum, { cells }) => sum + cells + GAP.length, -GAP.length);
      if (width <= this.style.width) break;
      columns = columns.filter(({ key }) => key !== dispensable);
    }
    return columns;
  }

  private line(row: readonly string[]): string {
    const cells = (this.columns ?? []).map(({ key, cells: width }) => {
      const cell = row[KEYS.indexOf(key)] ?? '';
      const blank = ' '.repeat(Math.max(0, width - cellsOf(cell)));
      return COLUMNS[key].align === 'right' ? blank + cell : cell + blank;
    });
    return `${cells.join(GAP).trimEnd()}\n`;
  }
}

const KEYS = Object.keys(COLUMNS) as readonly (keyof typeof COLUMNS)[];

/** `?` where nothing was decrypted of what TLS protects. */
function requestsOf({ exchanges, tls }: Connection): string {
  const requests = exchanges.reduce((sum, exchange) => sum + (exchange.request === null ? 0 : 1), 0);
  const isClosed = tls !== null && (UNDECRYPTED_CAUSES as readonly Decryption[]).includes(tls.decryption);
  return isClosed && requests === 0 ? '?' : countText(requests);
}

/** Of the last exchange; `none` where it was asked and not answered, `?` where the answer's status is not known. */
function lastStatus({ exchanges }: Connection): string {
  const last = exchanges.at(-1);
  if (last === undefined) return '-';
  if (last.response === null) return 'none';
  return last.response.status === UNKNOWN_STATUS ? '?' : String(last.response.status);
}

function closeText({ close }: Connection): string {
  return close.resetBy === null ? close.kind : `${close.kind} by ${close.resetBy}`;
}
