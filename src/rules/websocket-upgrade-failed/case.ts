/** What the rule argues about: one server's handshakes that failed alike, with all that was found out of them. */
import type { Attempt, Failure } from './attempt.js';
import type { Accepted } from './tally.js';

/** See the head of this file. */
export interface Case {
  readonly failure: Failure;
  readonly status: number;
  /** The earliest, in order. */
  readonly attempts: readonly Attempt[];
  readonly first: Attempt;
  readonly occurrences: number;
  /** All handshakes of the server, and those it accepted. */
  readonly handshakes: number;
  readonly accepted: number;
  /** The telling leg in front of the first attempt that has one. */
  readonly front: Attempt | null;
  /** What the proxy behind that leg made of it; without one, the first attempt. */
  readonly handedOn: Attempt;
  /** The telling legs in front of all attempts kept that have one. */
  readonly fronts: readonly Attempt[];
  /** Accepted handshakes with the same Origin, or to the same path. */
  readonly sameOrigin: Accepted | null;
  readonly samePath: Accepted | null;
  /** Clients that failed, and those of them that were accepted later. */
  readonly clients: number;
  readonly recovered: number;
}

/** The rule's own figures in a finding: plain JSON. `report/` mirrors it. */
export interface WebsocketUpgradeFailedFacts {
  readonly failure: Failure;
  readonly status: number;
  readonly handshakesOfServer: number;
  readonly acceptedHandshakes: number;
  readonly seenOnBothLegs: number;
  readonly front: string | null;
  readonly frontVersion: string | null;
  readonly httpVersion: string;
  readonly origin: string | null;
  readonly clients: number;
  readonly clientsThatSucceededLater: number;
}
