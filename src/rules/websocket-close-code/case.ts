/** What the rule argues about: WebSockets of one server that the same side closed with the same code. */
import type { Side } from '../../facts/endpoint.js';
import type { About } from './codes.js';
import type { Said } from './said.js';

/** See the head of this file. */
export interface Case {
  readonly by: Side;
  readonly code: number;
  readonly about: About;
  readonly first: Said;
  readonly items: readonly Said[];
  readonly count: number;
  readonly webSockets: number;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface WebsocketCloseCodeFacts {
  readonly code: number;
  readonly closedBy: Side;
  readonly lowestAgeNs: number;
  readonly highestAgeNs: number;
  readonly largestPayloadBytes: number;
  readonly webSocketsOfServer: number;
}
