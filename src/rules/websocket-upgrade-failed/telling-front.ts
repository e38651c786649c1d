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
  // By packets one leg may lie within another that lies within it by the clock, where packets are not in order of time.
  const passed = new Set([attempt.requestPacket]);
  let found: TellingFront | null = null;
  for (let behind = attempt; found === null || found.front.failure === attempt.failure; behind = found.front) {
    const front = legInFront(legs, attempt.key, behind);
    if (front === null || passed.has(front.requestPacket)) return found;
    passed.add(front.requestPacket);
    found = { front, behind };
  }
  return found;
}
