import type { Connection } from '../facts/connection.js';
import { UNKNOWN_TEXT } from '../facts/exchange.js';
import { type ConnectionSummary, MAX_ORDINARY, MAX_TELLING, type Overview, type Timeline } from '../facts/overview.js';
import { UNDECRYPTED_CAUSES } from '../facts/summary.js';
import type { Decryption } from '../facts/tls.js';
import { endpointText } from '../text/address.js';
import { TimelineTally } from './explore/timeline.js';

/** Figures of a connection that goes on. */
interface Pending {
  requests: number;
  unanswered: number;
  worstStatus: number | null;
  name: string | null;
}

/** Gathers what a page shows beside findings, in constant memory. Fed with connections and batches of them. */
export class OverviewTally {
  private readonly timeline = new TimelineTally();
  private readonly pending = new Map<number, Pending>();
  private readonly telling: ConnectionSummary[] = [];
  private readonly ordinary: ConnectionSummary[] = [];
  private count = 0;

  add(connection: Connection): void {
    this.timeline.add(connection);
    const figures = this.pending.get(connection.stream) ?? nothingYet();
    note(figures, connection);
    if (connection.goesOn) {
      this.pending.set(connection.stream, figures);
      return;
    }
    this.pending.delete(connection.stream);
    this.count += 1;
    const isTelling = figures.unanswered > 0 || (figures.worstStatus ?? 0) >= 400 || hasFailed(connection);
    const kept = isTelling ? this.telling : this.ordinary;
    if (kept.length < (isTelling ? MAX_TELLING : MAX_ORDINARY)) kept.push(summaryOf(connection, figures));
  }

  /** The time line alone, which costs little to ask for. */
  get timelineSoFar(): Timeline {
    return this.timeline.conclude();
  }

  conclude(): Overview {
    const connections = [...this.telling, ...this.ordinary].sort((one, other) => one.stream - other.stream);
    return { timeline: this.timeline.conclude(), connections, leftOut: this.count - connections.length };
  }
}

function nothingYet(): Pending {
  return { requests: 0, unanswered: 0, worstStatus: null, name: null };
}

function note(figures: Pending, { exchanges, close, guards, tls }: Connection): void {
  const isOver = close.kind !== 'open' && !guards.cutByCaptureEnd;
  for (const { request, response } of exchanges) {
    if (request !== null) {
      figures.requests += 1;
      if (response === null && isOver) figures.unanswered += 1;
      if (request.authority !== null && request.authority !== UNKNOWN_TEXT) figures.name ??= request.authority;
    }
    if (response !== null) figures.worstStatus = Math.max(figures.worstStatus ?? 0, response.status);
  }
  figures.name ??= tls?.clientHello?.serverNames[0] ?? null;
}

/** Refused, or reset by the server. */
function hasFailed({ close, handshake }: Connection): boolean {
  return close.resetBy === 'server' || handshake.kind === 'partial';
}

function summaryOf(connection: Connection, { requests, unanswered, worstStatus, name }: Pending): ConnectionSummary {
  const { stream, startNs, endNs, client, server, protocol, close, tls } = connection;
  const isClosed = tls !== null && (UNDECRYPTED_CAUSES as readonly Decryption[]).includes(tls.decryption);
  return {
    stream,
    startNs,
    durationNs: endNs - startNs,
    client: endpointText(client.endpoint),
    server: endpointText(server.endpoint),
    name,
    protocol,
    requests: isClosed && requests === 0 ? null : requests,
    unanswered,
    worstStatus,
    close: close.kind,
    resetBy: close.resetBy,
    bytes: client.payloadBytes + server.payloadBytes,
  };
}
