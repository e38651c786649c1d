/** What a page shows of a run beside its findings: when requests failed, and its connections, as many as a page holds. */
import type { Protocol } from './connection.js';
import type { Side } from './endpoint.js';

/** Requests in stretches of equal width from the run's first packet. */
export interface Timeline {
  readonly widthNs: number;
  readonly requests: readonly number[];
  /** Answered with 5xx, or not at all by a connection that has ended. */
  readonly failed: readonly number[];
}

/** A connection in a line. Texts as captured: not safe to show. */
export interface ConnectionSummary {
  readonly stream: number;
  readonly startNs: number;
  readonly durationNs: number;
  /** `10.0.0.1:53554`. */
  readonly client: string;
  readonly server: string;
  /** Host name that the client used; `null`: none was seen. */
  readonly name: string | null;
  readonly protocol: Protocol;
  /** `null`: nothing was decrypted of what TLS protects. */
  readonly requests: number | null;
  /** Requests without an answer on a connection that has ended. */
  readonly unanswered: number;
  /** The highest of its responses; `null`: none. */
  readonly worstStatus: number | null;
  readonly close: 'fin' | 'rst' | 'open';
  readonly resetBy: Side | null;
  readonly bytes: number;
}

/** What a page shows beside the findings: requests over time, and connections. */
export interface Overview {
  readonly timeline: Timeline;
  /** In order of their streams. */
  readonly connections: readonly ConnectionSummary[];
  /** How many there are beside them. */
  readonly leftOut: number;
}

/** Where nobody looked on while the captures were read. */
export const NO_OVERVIEW: Overview = {
  timeline: { widthNs: 1, requests: [], failed: [] },
  connections: [],
  leftOut: 0,
};

/** Connections kept that failed, as by a reset, no answer or a status of 400 and above; of more, those that ended first. */
export const MAX_TELLING = 3000;
/** Connections kept of the others; of more, those that ended first. */
export const MAX_ORDINARY = 2000;
