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

/** Whether a status says of itself that a request, or its head, is too large. RFC 9110 §15.5.15, RFC 6585 §5. */
export function saysTooLarge(status: number): boolean {
  return status === 414 || status === 431;
}
