/** Clocks of computers gain or lose less, temperature and age included. */
export const MAX_DRIFT = 500e-6;

/** What one event says of how far a clock is ahead of another: no more, or no less, than this. */
export interface Bound {
  /** When, by the clock that is kept to: nanoseconds since the run's first packet. */
  readonly atNs: number;
  /** By how much, nanoseconds. */
  readonly aheadNs: number;
}

/** What the events of a stretch say together. */
export interface Bounds {
  readonly atMost: readonly Bound[];
  readonly atLeast: readonly Bound[];
}
