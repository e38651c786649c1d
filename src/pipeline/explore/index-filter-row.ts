/** A row of the connection index as a filter sees it: one object that goes from row to row. */
import type { Finding } from '../../facts/finding.js';
import { packetNumberOf } from '../../facts/packet-reference.js';
import type { FieldName } from '../../filter/fields.js';
import type { FilterRow } from '../../filter/filter.js';
import { CHUNK_ROWS, type Columns } from '../index/columns.js';
import { CLOSES, type ConnectionIndex, HANDSHAKES, PROTOCOLS, RESETS } from '../index/connection-index.js';

/** What is known of connections beside the index. */
export interface KnownOfStreams {
  /** Findings whose evidence a connection is. */
  readonly findingsOf: (stream: number) => readonly Finding[];
  /** Marked by the user. */
  readonly marked: ReadonlySet<number>;
  /** Packets that were asked for, by the connection that holds them. */
  readonly packets: ReadonlyMap<number, readonly number[]>;
}

const NO_VALUES: readonly (string | number)[] = [];

/** See the head of this file. */
export class IndexFilterRow implements FilterRow {
  /** Which row; set before each use. */
  row = 0;

  constructor(
    private readonly index: ConnectionIndex,
    private readonly known: KnownOfStreams,
  ) {}

  valuesOf(field: FieldName): readonly (string | number)[] {
    const columns = this.index.columnsAt(this.row);
    const at = this.row % CHUNK_ROWS;
    switch (field) {
      case 'rule':
        return this.findings(columns, at).map(({ rule }) => rule);
      case 'sev':
        return this.findings(columns, at).map(({ severity }) => severity);
      case 'conf':
        return this.findings(columns, at).map(({ confidence }) => confidence);
      case 'finding':
        return this.findings(columns, at).map(({ id }) => id);
      case 'server':
        return this.texts(columns.server[at]);
      case 'client':
        return [this.client(columns, at)];
      case 'name':
      case 'sni':
      case 'authority':
        return this.texts(columns.name[at]);
      case 'port':
        return [columns.clientPort[at] ?? 0, portOf(this.index.textOf(columns.server[at] ?? 0))];
      case 'proto':
        return [PROTOCOLS[columns.protocol[at] ?? 0] ?? 'unknown'];
      case 'alpn':
        return this.texts(columns.alpn[at]);
      case 'method':
        return this.requests().map((request) => request.slice(0, request.indexOf(' ')));
      case 'path':
        return this.requests().map((request) => request.slice(request.indexOf(' ') + 1));
      case 'status':
        return this.index.statusesOf(columns.statuses[at] ?? 0);
      case 'close':
        return [CLOSES[columns.close[at] ?? 0] ?? 'open'];
      case 'reset':
        return [RESETS[columns.reset[at] ?? 0] ?? 'none'];
      case 'handshake':
        return [HANDSHAKES[columns.handshake[at] ?? 0] ?? 'none'];
      case 'stream':
        return [columns.stream[at] ?? 0];
      case 'packet': {
        const stream = columns.stream[at] ?? 0;
        const ends = [packetNumberOf(columns.firstPacket[at] ?? 0), packetNumberOf(columns.lastPacket[at] ?? 0)];
        return [...ends, ...(this.known.packets.get(stream) ?? NO_VALUES)];
      }
      case 'time':
        return [(columns.endNs[at] ?? 0) - (columns.startNs[at] ?? 0)];
      case 'ttfb':
        return seen(columns.ttfbNs[at]);
      case 'idle':
        return seen(columns.idleNs[at]);
      case 'bytes':
        return [columns.bytes[at] ?? 0];
      case 'requests':
        return [columns.requests[at] ?? 0];
      case 'marked':
        return [this.known.marked.has(columns.stream[at] ?? 0) ? 'yes' : 'no'];
      default: {
        const never: never = field;
        return never;
      }
    }
  }

  text(): string {
    const columns = this.index.columnsAt(this.row);
    const at = this.row % CHUNK_ROWS;
    const parts = [
      String(columns.stream[at]),
      this.client(columns, at),
      this.index.textOf(columns.server[at] ?? 0),
      this.index.textOf(columns.name[at] ?? 0),
      PROTOCOLS[columns.protocol[at] ?? 0],
      CLOSES[columns.close[at] ?? 0],
      this.index.statusesOf(columns.statuses[at] ?? 0).join(' '),
      this.index.requestsOf(this.row),
      ...this.findings(columns, at).map(({ id }) => id),
    ];
    return parts.join(' ');
  }

  private requests(): readonly string[] {
    const text = this.index.requestsOf(this.row);
    return text === '' ? [] : text.split('\n');
  }

  private findings(columns: Columns, at: number): readonly Finding[] {
    return this.known.findingsOf(columns.stream[at] ?? -1);
  }

  private client(columns: Columns, at: number): string {
    const address = this.index.textOf(columns.clientAddress[at] ?? 0);
    const port = columns.clientPort[at] ?? 0;
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  }

  private texts(number: number | undefined): readonly string[] {
    const text = this.index.textOf(number ?? 0);
    return text === '' ? [] : [text];
  }
}

function portOf(endpoint: string): number {
  return Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));
}

/** Below 0: there was none. */
function seen(value: number | undefined): readonly number[] {
  return value === undefined || value < 0 ? [] : [value];
}
