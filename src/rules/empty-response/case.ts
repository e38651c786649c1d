/** What the rule argues about: one server's incidents, with everything that was found out of them. */

import type { TimeWindowFacts } from '../argument/window-text.js';
import type { Behind } from '../judgements/behind.js';
import type { DiscriminatingAttribute } from '../judgements/discriminating-attribute.js';
import type { HeaderWanted } from '../judgements/header-wanted.js';
import type { EndedTogether } from '../judgements/one-moment.js';
import type { Retries } from '../judgements/retries.js';
import type { TimeWindow } from '../judgements/time-window.js';
import type { Moment } from '../tally/earliest.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Incident } from './incident.js';

/** See the head of this file. */
export interface Case {
  /** The earliest, in order. */
  readonly incidents: readonly Incident[];
  readonly first: Incident;
  readonly occurrences: number;
  /** Requests that had no answer: in HTTP/2 one end takes several. */
  readonly lostRequests: number;
  /** All of it was HTTP/2's. */
  readonly isAllH2: boolean;
  readonly healthChecks: number;
  readonly droppedPackets: number;
  readonly leftOut: number;
  readonly delay: { readonly lowest: number; readonly highest: number };
  /** Three delays and more, a second and longer, that agree. */
  readonly delaysCluster: boolean;
  /** Incidents at the first one's moment. */
  readonly atOnce: number;
  /** What else the server ended with them; `null`: nothing. */
  readonly together: EndedTogether | null;
  readonly attribute: DiscriminatingAttribute | null;
  readonly window: TimeWindow | null;
  readonly server: {
    readonly connections: number;
    readonly answered: number;
    readonly acceptAfter: Moment | null;
    readonly answerAfter: Moment | null;
    /** The next SYN to it that is known of was refused, and nothing was accepted or answered before. */
    readonly refusedNext: Moment | null;
    /** The same method and path, answered. */
    readonly sameRequestAnswered: (Moment & { readonly status: number }) | null;
    /** The largest head of a request that it answered, no error; 0: none. */
    readonly largestHeadBytes: number;
  };
  /** What the server met as a client of others between the request and its FIN; `null`: it is no client here. */
  readonly behind: FaredBehind | null;
  readonly header: HeaderWanted;
  readonly retries: Retries;
  /** What a proxy in front told its clients for those in TLS without keys. */
  readonly told: readonly GatewayFailure[];
  /** Which of that each incident came to, in the same order; `null`: none is known. */
  readonly toldOf: readonly (GatewayFailure | null)[];
}

/** How the server fared behind. */
export interface FaredBehind extends Behind {
  /** What failed is an answer that ended before its end. */
  readonly isCut: boolean;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface EmptyResponseFacts {
  readonly minDelayNs: number;
  readonly maxDelayNs: number;
  readonly delaysCluster: boolean;
  readonly lostRequests: number;
  readonly onNewConnections: number;
  readonly closedAtOnce: number;
  readonly connectionsOfServer: number;
  readonly answeredRequestsOfServer: number;
  readonly healthChecks: number;
  readonly incidentsAtUncountedServers: number;
  readonly retriesJudged: number;
  readonly retriedAndAnswered: number;
  readonly retriedInVain: number;
  readonly notRetried: number;
  readonly timeWindow: TimeWindowFacts | null;
  readonly attribute: DiscriminatingAttribute | null;
}
