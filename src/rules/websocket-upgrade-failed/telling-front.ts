import { type KeyedLegs, legInFront } from '../tally/keyed-legs.js';
import type { Attempt } from './attempt.js';

/** A leg in front of an attempt, and the one that its proxy made of it. */
export interface TellingFront {
  readonly front: Attempt;
  /** The attempt itself, unless more proxies stand in between. */
  readonly behind: Attempt;
}

/**
 * The leg in front of an attempt that says how its request came to be as it is: the nearest that failed otherwise, or
 * was whole; where all are alike, the outermost, which is as near to the client as the captures are. `null`: none was
 * captured.
 */
export function tellingFront(legs: KeyedLegs<Attempt>, attempt: Attempt): TellingFront | null {
  let behind = attempt;
  let front = legInFront(legs, attempt.key, attempt);
  if (front === null) return null;
  // Each leg lies within the one in front of it and never the reverse, so this ends.
  for (;;) {
    if (front.failure !== attempt.failure) return { front, behind };
    const next: Attempt | null = legInFront(legs, attempt.key, front);
    if (next === null) return { front, behind };
    behind = front;
    front = next;
  }
}
