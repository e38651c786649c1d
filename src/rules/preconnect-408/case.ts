/** What the rule argues about: all that one server gave up on, with everything that was found out of it. */
import type { PacketReference } from '../../facts/packet-reference.js';
import type { Retries } from '../judgements/retries.js';
import type { TimerEstimate, TimerPattern } from '../judgements/timer-estimate.js';
import type { Moment } from '../tally/earliest.js';
import type { Farewell, Incident, Waiting } from './incident.js';
import type { AnsweredWait } from './tally.js';

/** What became of a request that came too late. `at-once`: repeated sooner than anybody could have noticed, and answered. */
export type LateOutcome = 'at-once' | 'answered' | 'failed-again' | 'not-retried' | 'unknown';

/** See the head of this file. */
export interface Case {
  /** The earliest ones, the most telling sort first. */
  readonly incidents: readonly Incident[];
  readonly occurrences: number;
  /** How many, by what was waited for and how it ended. */
  readonly counts: Readonly<Record<Waiting, Readonly<Record<Farewell, number>>>>;
  readonly estimate: TimerEstimate | null;
  /** Requests that came too late, and those among them that had left before the farewell could arrive. */
  readonly late: number;
  readonly crossed: number;
  readonly outcomes: Readonly<Record<LateOutcome, number>>;
  /** The tries that were answered in place of late requests. */
  readonly mended: Retries['mended'];
  /** How long after the handshake the latest of them was written, nanoseconds. */
  readonly latestUseNs: number | null;
  readonly connections: number;
  readonly closedByClient: number;
  readonly lostOnPath: number;
  readonly firstLost: PacketReference | null;
  readonly longestWait: AnsweredWait | null;
  readonly answerAfter: Moment | null;
  /** Unused connections of clients that never ask: scanners and monitors, not counted. */
  readonly probes: number;
  /** Further incidents of this server, of more clients than are told apart. */
  readonly uncounted: number;
  readonly droppedPackets: number;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface Preconnect408Facts {
  readonly unusedWith408: number;
  readonly unusedWith408ByShape: number;
  readonly unusedSilent: number;
  readonly halfWith408: number;
  readonly halfSilent: number;
  readonly keptAliveWith408: number;
  readonly lateRequests: number;
  readonly lateRequestsThatCrossed: number;
  readonly lateRetriedAtOnce: number;
  readonly lateRetriedAndAnswered: number;
  readonly lateRetriedInVain: number;
  readonly lateNotRetried: number;
  readonly requestTimeoutSeconds: number | null;
  readonly requestTimeoutPattern: TimerPattern | null;
  readonly requestTimeoutSamples: number;
  readonly requestTimeoutAgreeing: number;
  readonly requestTimeoutConfidence: 'certain' | 'likely' | 'possible' | null;
  readonly lowestAgeNs: number | null;
  readonly highestAgeNs: number | null;
  readonly connectionsOfServer: number;
  readonly closedByClientUnused: number;
  readonly lostOnPath: number;
  readonly probesLeftOut: number;
  readonly uncountedIncidents: number;
}
