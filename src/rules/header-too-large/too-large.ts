import type { PacketReference } from '../../facts/packet-reference.js';
import type { Occurrence } from '../tally/occurrences.js';

/** A head that was too large; its packet and time are those of the answer. */
export interface TooLarge extends Occurrence {
  readonly whose: 'request' | 'response';
  readonly method: string;
  readonly target: string;
  readonly headBytes: number;
  readonly targetBytes: number;
  readonly hasCookie: boolean;
  readonly status: number;
  readonly requestPacket: PacketReference;
  readonly requestNs: number;
}
