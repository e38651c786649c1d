/** Concludes now and then while captures are read, and never spends more than a small part of the time on it. */
import type { Analysis } from '../facts/summary.js';

/** Milliseconds before the first conclusion, and at least between two. */
const INTERVAL_MS = 1000;
/** The reading gets at least this many times as long as the conclusion before took. */
const SHARE = 20;

/** See the head of this file. */
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
    this.tell(this.conclude());
    const ended = this.now();
    this.nextMs = ended + Math.max(INTERVAL_MS, SHARE * (ended - begun));
  }
}
