/** Writes finished connections into the index, in the thread that reads. */
import type { Connection } from '../../facts/connection.js';
import { type Exchange, UNKNOWN_STATUS } from '../../facts/exchange.js';
import { endpointText } from '../../text/address.js';
import { UNSALTED } from '../../text/redaction.js';
import { visible } from '../../text/visible.js';
import { CHUNK_ROWS, type Columns, columnsOf, MAX_TEXT_BYTES, newChunk, type SharedChunk } from './columns.js';
import { CLOSES, HANDSHAKES, type IndexGrowth, PROTOCOLS, RESETS } from './connection-index.js';
import { TextTable } from './text-table.js';

/** Different sets of statuses kept; connections are far from having so many. */
const MAX_STATUS_SETS = 65_535;

/** Figures of a connection's exchanges, those that came in earlier batches included. */
interface ExchangeFigures {
  requests: number;
  lastStatus: number;
  readonly statuses: Set<number>;
  ttfbNs: number;
  text: string;
  name: string | null;
}

const NO_TTFB = -1;

/** See the head of this file. */
export class IndexWriter {
  private rows = 0;
  private columns: Columns | null = null;
  private textAt = 0;
  private newChunks: SharedChunk[] = [];
  private readonly texts = new TextTable();
  private readonly statusSets = new Map<string, number>();
  private newStatusSets: (readonly number[])[] = [];
  /** Of connections that handed over batches and go on, by stream. */
  private readonly pending = new Map<number, ExchangeFigures>();

  /** A connection that ended, or with `goesOn` a batch of its exchanges. */
  add(connection: Connection): void {
    const figures = this.pending.get(connection.stream) ?? noFigures();
    addExchanges(figures, connection.exchanges);
    if (connection.goesOn) {
      this.pending.set(connection.stream, figures);
      return;
    }
    if (this.pending.size > 0) this.pending.delete(connection.stream);
    this.write(connection, figures);
  }

  /** What is new since it was last asked. */
  takeGrowth(): IndexGrowth {
    const growth = {
      rows: this.rows,
      chunks: this.newChunks,
      texts: this.texts.takeNew(),
      statusSets: this.newStatusSets,
    };
    this.newChunks = [];
    this.newStatusSets = [];
    return growth;
  }

  private write(connection: Connection, figures: ExchangeFigures): void {
    const at = this.rows % CHUNK_ROWS;
    if (at === 0 || this.columns === null) {
      const chunk = newChunk(CHUNK_ROWS);
      this.newChunks.push(chunk);
      this.columns = columnsOf(chunk);
      this.textAt = 0;
    }
    const { columns } = this;
    const { client, server, close, tls } = connection;
    columns.stream[at] = connection.stream;
    columns.startNs[at] = connection.startNs;
    columns.endNs[at] = connection.endNs;
    columns.firstPacket[at] = connection.firstPacket;
    columns.lastPacket[at] = connection.lastPacket;
    columns.bytes[at] = client.payloadBytes + server.payloadBytes;
    columns.ttfbNs[at] = figures.ttfbNs;
    columns.idleNs[at] = connection.idlePeriods.reduce((longest, { durationNs }) => Math.max(longest, durationNs), -1);
    columns.clientAddress[at] = this.texts.numberOf(client.endpoint.address);
    columns.clientPort[at] = client.endpoint.port;
    columns.server[at] = this.texts.numberOf(endpointText(server.endpoint));
    const name = tls?.clientHello?.serverNames[0] ?? figures.name;
    columns.name[at] = this.texts.numberOf(name === null ? null : visible(name));
    const alpn = tls?.serverHello?.alpn ?? null;
    columns.alpn[at] = Math.min(0xffff, this.texts.numberOf(alpn === null ? null : visible(alpn)));
    columns.packets[at] = client.packets + server.packets;
    columns.requests[at] = figures.requests;
    columns.lastStatus[at] = figures.lastStatus;
    columns.statuses[at] = this.statusSetOf(figures.statuses);
    columns.protocol[at] = PROTOCOLS.indexOf(connection.protocol);
    columns.close[at] = CLOSES.indexOf(close.kind);
    columns.reset[at] = RESETS.indexOf(close.resetBy ?? 'none');
    columns.handshake[at] = HANDSHAKES.indexOf(connection.handshake.kind);
    const text = Buffer.from(figures.text, 'utf8').subarray(0, MAX_TEXT_BYTES);
    columns.text.set(text, this.textAt);
    columns.textAt[at] = this.textAt;
    columns.textLength[at] = text.length;
    this.textAt += text.length;
    this.rows += 1;
  }

  private statusSetOf(statuses: ReadonlySet<number>): number {
    if (statuses.size === 0) return 0;
    const sorted = [...statuses].sort((one, other) => one - other);
    const key = sorted.join();
    const known = this.statusSets.get(key);
    if (known !== undefined) return known;
    if (this.statusSets.size >= MAX_STATUS_SETS) return 0;
    const number = this.statusSets.size + 1;
    this.statusSets.set(key, number);
    this.newStatusSets.push(sorted);
    return number;
  }
}

function noFigures(): ExchangeFigures {
  return { requests: 0, lastStatus: 0, statuses: new Set(), ttfbNs: NO_TTFB, text: '', name: null };
}

function addExchanges(figures: ExchangeFigures, exchanges: readonly Exchange[]): void {
  for (const { request, response } of exchanges) {
    if (request !== null) {
      figures.requests += 1;
      if (figures.name === null && request.authority !== null) figures.name = UNSALTED.authority(request.authority);
      if (figures.text.length < MAX_TEXT_BYTES) {
        const separator = figures.text === '' ? '' : '\n';
        figures.text += `${separator}${request.method} ${request.target}`.slice(0, MAX_TEXT_BYTES);
      }
    }
    if (response === null || response.status === UNKNOWN_STATUS) continue;
    figures.lastStatus = response.status;
    figures.statuses.add(response.status);
    if (request !== null) figures.ttfbNs = Math.max(figures.ttfbNs, response.startNs - request.endNs);
  }
}
