/** Concludes now and then while captures are read, and never spends more than a small part of the time on it. */
import type { Analysis } from '../facts/summary.js';
import { NotPlainError } from './plain-data.js';

/** Milliseconds before the first conclusion, and at least between two. */
const INTERVAL_MS = 1000;
/** The reading gets at least this many times as long as the conclusion before took. */
const SHARE = 20;

/** See the head of this file. What cannot be concluded on the way (a rule of the user's own whose tally is no plain data) is left for the end. */
export class Interim {
  private nextMs: number;

  constructor(
    private readonly conclude: () => Analysis,
    private readonly tell: (analysis: Analysis) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.nextMs = now() + INTERVAL_MS;
  }

  /** Called whenever the reading can be held up. */
  turn(): void {
    const begun = this.now();
    if (begun < this.nextMs) return;
    try {
      this.tell(this.conclude());
    } catch (thrown) {
      if (!(thrown instanceof NotPlainError)) throw thrown;
      this.nextMs = Number.POSITIVE_INFINITY;
      return;
    }
    const ended = this.now();
    this.nextMs = ended + Math.max(INTERVAL_MS, SHARE * (ended - begun));
  }
}
