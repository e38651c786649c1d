/**
 * All finished connections of a run, a row each, in the order in which they ended: what lists show,
 * sort and filter, and where the packets of each lie, to be read again.
 *
 * It grows while others look at it. Figures lie in shared memory (columns.ts); how many rows there
 * are, and texts that are new, come by message (IndexGrowth), so that no row is seen half written.
 */
import type { Protocol } from '../../facts/connection.js';
import { CHUNK_ROWS, type Columns, columnsOf, type SharedChunk } from './columns.js';

/** What has been added since the last message. */
export interface IndexGrowth {
  readonly rows: number;
  readonly chunks: readonly SharedChunk[];
  readonly texts: readonly string[];
  /** Statuses of a row's responses, all that occur together as one number. */
  readonly statusSets: readonly (readonly number[])[];
}

/** What a row holds as a number: the place in one of these. */
export const PROTOCOLS: readonly Protocol[] = ['unknown', 'http/1.1', 'h2', 'websocket', 'tls'];
export const CLOSES = ['open', 'fin', 'rst'] as const;
export const RESETS = ['none', 'client', 'server'] as const;
export const HANDSHAKES = ['none', 'partial', 'complete'] as const;

/** A connection as lists show it. */
export interface IndexRow {
  readonly stream: number;
  readonly startNs: number;
  readonly endNs: number;
  /** Facts' packet references. */
  readonly firstPacket: number;
  readonly lastPacket: number;
  readonly client: string;
  readonly clientPort: number;
  /** Address and port, as text/address writes them. */
  readonly server: string;
  /** Host name that the client used; empty: none. */
  readonly name: string;
  readonly alpn: string;
  readonly protocol: Protocol;
  readonly requests: number;
  /** Of the last response; 0: none. */
  readonly lastStatus: number;
  readonly statuses: readonly number[];
  readonly close: (typeof CLOSES)[number];
  readonly reset: (typeof RESETS)[number];
  readonly handshake: (typeof HANDSHAKES)[number];
  readonly packets: number;
  readonly bytes: number;
  /** The longest; below 0: none was seen. */
  readonly ttfbNs: number;
  readonly idleNs: number;
}

const DECODER = new TextDecoder();

/** See the head of this file. */
export class ConnectionIndex {
  /** Rows there are. */
  size = 0;
  private readonly chunks: Columns[] = [];
  private readonly texts: string[] = [''];
  private readonly statusSets: (readonly number[])[] = [[]];

  grow({ rows, chunks, texts, statusSets }: IndexGrowth): void {
    for (const chunk of chunks) this.chunks.push(columnsOf(chunk));
    for (const text of texts) this.texts.push(text);
    for (const set of statusSets) this.statusSets.push(set);
    this.size = rows;
  }

  /** The columns that hold a row, and its place in them is `row % CHUNK_ROWS`. */
  columnsAt(row: number): Columns {
    const columns = this.chunks[Math.floor(row / CHUNK_ROWS)];
    if (columns === undefined || row >= this.size) throw new Error(`row ${row} of ${this.size}`);
    return columns;
  }

  /** Texts there are, the empty one included. */
  get textCount(): number {
    return this.texts.length;
  }

  textOf(number: number): string {
    return this.texts[number] ?? '';
  }

  statusesOf(number: number): readonly number[] {
    return this.statusSets[number] ?? [];
  }

  /** What the requests of a row ask for, as far as it is kept: `GET /a` each on a line. */
  requestsOf(row: number): string {
    const columns = this.columnsAt(row);
    const at = row % CHUNK_ROWS;
    const from = columns.textAt[at] ?? 0;
    // A decoder takes no shared memory.
    return DECODER.decode(columns.text.slice(from, from + (columns.textLength[at] ?? 0)));
  }

  row(row: number): IndexRow {
    const columns = this.columnsAt(row);
    const at = row % CHUNK_ROWS;
    return {
      stream: columns.stream[at] ?? 0,
      startNs: columns.startNs[at] ?? 0,
      endNs: columns.endNs[at] ?? 0,
      firstPacket: columns.firstPacket[at] ?? 0,
      lastPacket: columns.lastPacket[at] ?? 0,
      client: this.textOf(columns.clientAddress[at] ?? 0),
      clientPort: columns.clientPort[at] ?? 0,
      server: this.textOf(columns.server[at] ?? 0),
      name: this.textOf(columns.name[at] ?? 0),
      alpn: this.textOf(columns.alpn[at] ?? 0),
      protocol: PROTOCOLS[columns.protocol[at] ?? 0] ?? 'unknown',
      requests: columns.requests[at] ?? 0,
      lastStatus: columns.lastStatus[at] ?? 0,
      statuses: this.statusesOf(columns.statuses[at] ?? 0),
      close: CLOSES[columns.close[at] ?? 0] ?? 'open',
      reset: RESETS[columns.reset[at] ?? 0] ?? 'none',
      handshake: HANDSHAKES[columns.handshake[at] ?? 0] ?? 'none',
      packets: columns.packets[at] ?? 0,
      bytes: columns.bytes[at] ?? 0,
      ttfbNs: columns.ttfbNs[at] ?? -1,
      idleNs: columns.idleNs[at] ?? -1,
    };
  }

  /** The row of a stream; `null`: it has not ended yet, or there is none. */
  rowOfStream(stream: number): number | null {
    for (let row = 0; row < this.size; row += 1) {
      if (this.columnsAt(row).stream[row % CHUNK_ROWS] === stream) return row;
    }
    return null;
  }
}
