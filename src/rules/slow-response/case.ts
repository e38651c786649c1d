/** What the rule argues about: one server's slow exchanges that are told of, with what was found out of them. */
import { STATUS } from '../../facts/status.js';
import type { DiscriminatingAttribute } from '../judgements/discriminating-attribute.js';
import type { Patience } from '../judgements/patience.js';
import type { Standstill } from '../judgements/standstill.js';
import type { TimerEstimate } from '../judgements/timer-estimate.js';
import type { Moment } from '../tally/earliest.js';
import type { HeldUp } from './held-up.js';
import type { Hold } from './hold.js';
import type { IsBehind } from './legs.js';
import type { SlowExchange } from './slow-exchange.js';

/** So many late answers are no accident, and so many that agree no chance. */
export const MANY = 3;

/** See the head of this file. */
export interface Case {
  /** In order of time. */
  readonly slow: readonly SlowExchange[];
  readonly first: SlowExchange;
  readonly abandoned: readonly SlowExchange[];
  readonly undelivered: readonly SlowExchange[];
  /** Not answered when the capture ended, and given up in front. */
  readonly pending: readonly SlowExchange[];
  readonly gatewayTimeouts: number;
  readonly answered: number;
  /** Answers 504 that clients in front got for these. */
  readonly toldInFront: readonly SlowExchange[];
  /** Clients in front that gave up while these were sent again and again. */
  readonly leftInFront: readonly SlowExchange[];
  readonly isBehind: IsBehind;
  /** What all requests that were not delivered have in common, and no answered one has. */
  readonly attribute: DiscriminatingAttribute | null;
  /** The time-out at which its client gives up; `null`: nobody did. */
  readonly timer: TimerEstimate | null;
  /** The several time-outs of its clients, shortest first; empty: there is one, or none. */
  readonly timers: readonly Patience[];
  /** When it first stood still; `null`: it did not, as far as can be told. */
  readonly standstill: Standstill | null;
  /** What waited for idle connections to end; `null`: nothing, as far as can be told. */
  readonly heldUp: HeldUp | null;
  /** A connection on which nothing was asked while the first of them waited; `null`: none is known. */
  readonly idleBeside: Hold | null;
  /** All such connections are known. */
  readonly holdsAreAll: boolean;
  /** The server's median over all its answers, nanoseconds, and how many there were. */
  readonly medianNs: number | null;
  readonly answers: number;
  readonly lastAnswer: Moment | null;
  /** Further slow exchanges of the run beyond those that are looked at one by one. */
  readonly unjudged: number;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface SlowResponseFacts {
  readonly abandoned: number;
  readonly undelivered: number;
  readonly gatewayTimeouts: number;
  readonly answeredLate: number;
  readonly toldInFront: number;
  readonly minWaitNs: number;
  readonly maxWaitNs: number;
  readonly medianAnswerNs: number | null;
  readonly answersOfServer: number;
  readonly clientTimeoutSeconds: number | null;
  readonly clientTimeoutSamples: number;
}

/** Whether all that is known are answers 504, and nothing of what their gateway asked: it may not have reached that at all. */
export function isOfGatewayAlone({ slow }: Pick<Case, 'slow'>): boolean {
  return slow.every(({ how, status }) => how === 'gateway-timeout' && status === STATUS.gatewayTimeout);
}
