import type { PacketReference } from '../../facts/packet-reference.js';
import type { Occurrence } from '../tally/occurrences.js';

/** An answer that a RST overtook; its packet and time are those of the RST. */
export interface EarlyReset extends Occurrence {
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
}
