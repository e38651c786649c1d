import type { Side } from './endpoint.js';
import type { PacketReference } from './packet-reference.js';

/** What captured bytes did wrong or a decoder had to give up on: counted, named, never thrown. */
export interface Anomaly {
  /** Stable kebab-case name, such as `http1-malformed-start-line`. */
  readonly name: string;
  /** Whose bytes; `null` when it concerns both. */
  readonly from: Side | null;
  /** First packet of its kind in this connection. */
  readonly packet: PacketReference;
  /** How often it occurred in this connection. */
  readonly count: number;
}

/** Anomaly: the TCP client answers requests of the TCP server. */
export const ROLES_REVERSED = 'http-roles-reversed';

/** Anomaly: the server's last response is a status line and fields, without the empty line behind them: it closed, was left, or not seen to go on. */
export const UNFINISHED_HEAD = 'http1-unfinished-head';

/** Anomaly: segments far from where their side's stream is, as of another connection on the same ports; they are not read. */
export const OUT_OF_WINDOW = 'tcp-out-of-window';

/** Anomaly: bytes behind the end of a message, as its length says, that begin no other: the length is not that of its body (RFC 9112 §6.3), or it has none. */
export const EXCESS_BYTES = 'http1-excess-bytes';
