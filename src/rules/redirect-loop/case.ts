/** What the rule argues about: the loops at one server. */
import type { Turn } from './turn.js';

/** See the head of this file. */
export interface Case {
  /** The earliest, in order. */
  readonly turns: readonly Turn[];
  readonly first: Turn;
  readonly occurrences: number;
  readonly lastNs: number;
  readonly steps: number;
  /** Those who asked, and the most turns of one. */
  readonly askers: number;
  readonly longest: number;
  /** The leg in front of a turn, for those that have one. */
  readonly fronts: readonly { readonly turn: Turn; readonly front: Turn }[];
  /** Nothing but the loop explains it: the URL is the one asked for, scheme included. */
  readonly isProven: boolean;
}

/** The rule's own figures in a finding: plain JSON. `report/` mirrors it. */
export interface RedirectLoopFacts {
  readonly redirections: number;
  readonly clients: number;
  readonly longestChain: number;
  readonly target: string;
  readonly leadsTo: 'https' | 'http' | 'same';
  readonly forwardedScheme: 'https' | 'http' | null;
  readonly seenOnBothLegs: number;
  readonly front: string | null;
  readonly setsCookieEachTime: boolean;
}
