import type { Anomaly } from '../../facts/anomaly.js';
import type { Occurrence } from '../tally/occurrences.js';

/** One connection with messages that can be read in two ways; its packet is the first of them. */
export interface Ambiguity extends Occurrence {
  readonly flaws: readonly SeenFlaw[];
}

/** A flaw as it was remarked. */
export interface SeenFlaw {
  readonly name: string;
  readonly from: Anomaly['from'];
  readonly packet: number;
  readonly count: number;
}
