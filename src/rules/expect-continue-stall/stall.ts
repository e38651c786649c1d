import type { PacketReference } from '../../facts/packet-reference.js';
import type { Occurrence } from '../tally/occurrences.js';

/** A request that waited; its packet and time are those of its last byte. */
export interface Stall extends Occurrence {
  readonly method: string;
  readonly target: string;
  readonly bodyBytes: number;
  readonly headPacket: PacketReference;
  readonly startNs: number;
  readonly stallNs: number;
}
