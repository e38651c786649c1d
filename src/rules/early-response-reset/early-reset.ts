import type { PacketReference } from '../../facts/packet-reference.js';
import type { Occurrence } from '../tally/occurrences.js';

/** An answer that a RST overtook; its packet and time are those of the RST. */
export interface EarlyReset extends Occurrence {
  /** The exchange's place in its connection. */
  readonly index: number;
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly requestPacket: PacketReference;
  readonly requestNs: number;
  readonly answerPacket: PacketReference;
  readonly answerNs: number;
  readonly bodyBytes: number;
  readonly contentLength: number | null;
  readonly key: number;
  /**
   * For how long before the RST the client's kernel had held the whole answer and the server's FIN, nanoseconds,
   * while the client sent nothing more; `null`: it is not known to have had them, or went on sending.
   */
  readonly heldNs: number | null;
  /**
   * All of the request was sent, and all of the answer, before the RST: the client waits for the answer by then, and
   * Linux hands out what lies in a socket's buffer before it tells of the reset.
   */
  readonly isWhole: boolean;
}
