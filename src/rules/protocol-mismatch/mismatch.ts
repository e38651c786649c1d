import type { Moment } from '../tally/earliest.js';
import type { Occurrence } from '../tally/occurrences.js';
import type { MismatchKind } from './facts.js';

/** One connection; its packet and time are those of the server's first bytes or close. */
export interface Mismatch extends Occurrence {
  readonly kind: MismatchKind;
  readonly asked: Moment;
  readonly answer: string;
}
