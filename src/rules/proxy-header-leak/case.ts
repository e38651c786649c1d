/** What the rule argues about: answers of one server that name what its clients cannot know. */
import type { Moment } from '../tally/earliest.js';
import type { Answer, Leak } from './answer.js';

/** One answer with what was made of it. */
export interface Told {
  readonly answer: Answer;
  /** Those of its leaks that stand. */
  readonly leaks: readonly Leak[];
  /** The leg behind, where it was captured. */
  readonly back: Answer | null;
  /** The client's vain try to go there. */
  readonly attempt: Moment | null;
}

/** See the head of this file. */
export interface Case {
  readonly told: readonly Told[];
  readonly first: Told;
  readonly occurrences: number;
  /** The answers go to the clients themselves, as far as it can be told. */
  readonly isFront: boolean;
}

/** The rule's own figures in a finding: plain JSON. `report/` mirrors it. */
export interface ProxyHeaderLeakFacts {
  readonly urls: number;
  readonly ports: number;
  readonly cookieDomains: number;
  readonly cookiePaths: number;
  readonly origins: string[];
  readonly domains: string[];
  readonly seenOnBothLegs: number;
  readonly attemptsInVain: number;
  readonly isFrontLeg: boolean;
}
