/** What the rule argues about: one server's WebSockets that one timer cut. */
import type { TimerEstimate } from '../judgements/timer-estimate.js';
import type { Cut } from './cut.js';
import type { Survived } from './tally.js';

/** See the head of this file. */
export interface Case {
  /** The earliest, in order. */
  readonly cuts: readonly Cut[];
  readonly first: Cut;
  readonly occurrences: number;
  readonly webSockets: number;
  readonly timer: TimerEstimate;
  /** The timer, seconds. */
  readonly seconds: number;
  readonly byClient: number;
  readonly byServer: number;
  /** The leg in front of a cut, for those that have one. */
  readonly fronts: readonly { readonly cut: Cut; readonly front: Cut }[];
  readonly longestSurvived: Survived | null;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface WebsocketIdleCloseFacts {
  readonly idleTimeoutSeconds: number;
  readonly samples: number;
  readonly agreeing: number;
  readonly lowestIdleNs: number;
  readonly highestIdleNs: number;
  readonly closedByClient: number;
  readonly closedByServer: number;
  readonly seenOnBothLegs: number;
  readonly front: string | null;
  readonly webSocketsOfServer: number;
  readonly longestSurvivedIdleNs: number | null;
  readonly pingPeriodNs: number | null;
  readonly messagesLost: number;
}
