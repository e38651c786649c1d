/**
 * The legs of a request that are found by what it asks for (judgements/leg-key), which others may ask for
 * at the same time: by their ends and by what both carry they must be of one proxy (judgements/leg-pairing).
 *
 * Wider than the pairs of leg-pairing, which know a target by its whole path: a proxy may put another
 * prefix before it.
 */
import type { Observation } from '../observation/observation.js';
import { type KeyedLegs, type Leg, legBehind, legInFront, type MayServe } from '../tally/keyed-legs.js';
import { legPairsOf } from './leg-pairing.js';

/** One leg of a request. */
export interface RequestLeg extends Leg {
  /** Place of the exchange in its connection. */
  readonly index: number;
  /** What it has alike on both legs. */
  readonly leg: string;
}

/** See the head of this file; `null`: not captured. */
export interface RequestLegs<T extends RequestLeg> {
  inFrontOf(leg: T): T | null;
  behind(leg: T): T | null;
}

/** The legs of a run, which is over. */
export function requestLegs<T extends RequestLeg>(table: KeyedLegs<T>, observation: Observation): RequestLegs<T> {
  // Asked for only where times fit: pairs are not made for nothing.
  const mayServe: MayServe<T> = (front, back) => legPairsOf(observation).mayServe(front, back);
  return {
    inFrontOf: (leg) => legInFront(table, leg.leg, leg, mayServe),
    behind: (leg) => legBehind(table, leg.leg, leg, mayServe),
  };
}
