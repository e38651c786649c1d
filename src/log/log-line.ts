import type { Endpoint } from '../facts/endpoint.js';

/** Which program wrote a line; `fields`: they have names, in JSON or a table. */
export type LogFormat = 'alb' | 'haproxy-http' | 'haproxy-tcp' | 'combined' | 'fields';

/** An endpoint as a log names it; `port: null`: the log has none. */
export interface LoggedEndpoint extends Omit<Endpoint, 'port'> {
  readonly port: number | null;
}

/** One request, or one connection, as the log of a proxy or server tells it. */
export interface LogLine {
  readonly format: LogFormat;
  /** When it began and when it was over, nanoseconds since 1970 by the logger's clock; the same twice where the log gives no duration. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** How far the time written may lie from the time meant: the last digit that the log writes. */
  readonly precisionNs: number;
  /** `null`: not in the log, or not readable. */
  readonly client: LoggedEndpoint | null;
  readonly server: LoggedEndpoint | null;
  /** What the logger answered; `null`: nothing, or no HTTP. */
  readonly status: number | null;
  /** What the server behind it answered; `null`: nothing, or the log does not tell them apart. */
  readonly targetStatus: number | null;
  /** The log says that no response came from the server behind it. */
  readonly unanswered: boolean;
  /** HAProxy's four termination flags; `null` elsewhere. */
  readonly flags: string | null;
  readonly method: string | null;
  readonly target: string | null;
}

/** Statuses below 500 that say that something was cut short: request time-out, and what nginx and ALB write when the client left. */
export const CUT_SHORT: ReadonlySet<number> = new Set([408, 460, 499]);

/** Whether a line tells of a failure. */
export function isFailing({ status, flags }: LogLine): boolean {
  // `L` is a response that HAProxy itself was told to give.
  if (flags !== null && flags[0] !== '-' && flags[0] !== 'L') return true;
  return status !== null && (status === 0 || status >= 500 || CUT_SHORT.has(status));
}
