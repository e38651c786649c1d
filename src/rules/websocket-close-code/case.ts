/** What the rule argues about: WebSockets of one server that the same side closed with the same code. */
import type { Side } from '../../facts/endpoint.js';
import type { About } from './codes.js';
import type { FailureClose } from './failure-close.js';

/** See the head of this file. */
export interface Case {
  /** Whose Close frame came first. */
  readonly by: Side;
  readonly code: number;
  readonly about: About;
  readonly first: FailureClose;
  /** Those that are looked at one by one, `first` among them. */
  readonly items: readonly FailureClose[];
  /** The reasons in all their Close frames name a ping's time-out. */
  readonly isPingTimeout: boolean;
  /** How many there were, those that were not kept as well. */
  readonly count: number;
  /** All WebSockets of the server, however they ended. */
  readonly webSockets: number;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface WebsocketCloseCodeFacts {
  readonly code: number;
  readonly closedBy: Side;
  /** Age: from the handshake to the Close frame. */
  readonly lowestAgeNs: number;
  readonly highestAgeNs: number;
  /** Of the frames that the other side had sent. */
  readonly largestPayloadBytes: number;
  readonly webSocketsOfServer: number;
}
