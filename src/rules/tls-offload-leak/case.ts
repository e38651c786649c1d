/** What the rule argues about: answers of one server that leave TLS. */
import type { Answer, Leak } from './answer.js';

/** See the head of this file. */
export interface Case {
  /** The earliest, in order. */
  readonly answers: readonly Answer[];
  readonly first: Answer;
  readonly occurrences: number;
  readonly counts: Readonly<Record<Leak, number>>;
  readonly withoutHttpOnly: number;
  /** The TLS leg in front of an answer, for those that have one. */
  readonly fronts: readonly { readonly answer: Answer; readonly front: Answer }[];
  /** How TLS is known. */
  readonly proof: 'own-leg' | 'said' | 'front-leg';
}

/** The rule's own figures in a finding: plain JSON. `report/` mirrors it. */
export interface TlsOffloadLeakFacts {
  readonly proof: Case['proof'];
  readonly redirections: number;
  readonly contentLocations: number;
  readonly refreshes: number;
  readonly answersWithInsecureCookies: number;
  readonly sessionCookiesWithoutHttpOnly: number;
  readonly cookieNames: string[];
  readonly forwardedScheme: 'https' | 'http' | null;
  readonly seenOnBothLegs: number;
  readonly front: string | null;
}
