import type { Connection } from '../facts/connection.js';
import type { Endpoint } from '../facts/endpoint.js';
import { CUT_SHORT } from '../log/log-line.js';

/** Failed exchanges and reset connections kept to be tied: some 100 bytes each. */
const MAX_OCCURRENCES = 10_000;

/** What a log may have a failing line of: an exchange that failed, or a connection reset before there was one. */
export interface Occurrence {
  readonly stream: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** When it was over: response, reset, or the connection's last packet. Nanoseconds since the run's first packet. */
  readonly endNs: number;
  /** Of the response; `null`: there was none. */
  readonly status: number | null;
  readonly wasReset: boolean;
  readonly target: string | null;
}

/** Keeps the failures of connections as they end, in any order. */
export class Occurrences {
  private readonly kept: Occurrence[] = [];
  /** Failures beyond {@link MAX_OCCURRENCES}. */
  omitted = 0;

  inspect(connection: Connection): void {
    const { stream, close } = connection;
    const client = connection.client.endpoint;
    const server = connection.server.endpoint;
    const wasReset = close.resetBy !== null;
    const [reset] = close.segments.filter(({ kind }) => kind === 'rst');
    for (const { request, response } of connection.exchanges) {
      const status = response?.status ?? null;
      if (status !== null && status < 500 && !CUT_SHORT.has(status)) continue;
      const endNs = response?.startNs ?? reset?.atNs ?? connection.endNs;
      this.add({ stream, client, server, endNs, status, wasReset, target: request?.target ?? null });
    }
    if (connection.exchangeOffset > 0 || connection.exchanges.length > 0 || !wasReset) return;
    this.add({ stream, client, server, endNs: reset?.atNs ?? connection.endNs, status: null, wasReset, target: null });
  }

  private add(occurrence: Occurrence): void {
    if (this.kept.length < MAX_OCCURRENCES) this.kept.push(occurrence);
    else this.omitted += 1;
  }

  /** In order of their connections and time. */
  sorted(): readonly Occurrence[] {
    return this.kept.toSorted((one, other) => one.stream - other.stream || one.endNs - other.endNs);
  }
}
