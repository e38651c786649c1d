/** What the rule argues about: one server's incidents of one kind, with everything that was found out of them. */

import type { PacketReference } from '../../facts/packet-reference.js';
import type { TimeWindowFacts } from '../argument/window-text.js';
import type { DiscriminatingAttribute } from '../judgements/discriminating-attribute.js';
import type { HeaderWanted } from '../judgements/header-wanted.js';
import type { EndedTogether } from '../judgements/one-moment.js';
import type { Retries } from '../judgements/retries.js';
import type { TimeWindow } from '../judgements/time-window.js';
import type { Stretch } from '../tally/time-counts.js';
import type { Incident, Outstanding } from './incident.js';

/** Who wrote the resets, as far as the packets say. */
export type ResetKind = 'forged' | 'application-abort' | 'stateless-reply' | 'unattributed';

/** A moment of the same server. */
export interface CaseMoment {
  readonly atNs: number;
  readonly packet: PacketReference;
}

/** One forgery test's outcome (judgements/forgery). */
export interface CaseTest {
  readonly id: string;
  readonly result: 'positive' | 'negative' | 'not-applicable';
  readonly weight: 'decisive' | 'strong' | 'medium';
  readonly packet: PacketReference | null;
  readonly from: 'client' | 'server' | null;
  readonly found: number | null;
  readonly expected: number | null;
}

/** Connection attempts of the one client that is concerned, refused since, while another's were accepted. */
export interface CaseRefusals {
  readonly client: string;
  readonly count: number;
  readonly first: PacketReference;
  readonly otherAccepted: PacketReference;
}

/** A value that reset requests have, and how those with it fared. */
export interface CaseAffected {
  readonly attribute: string;
  readonly value: string;
  readonly failed: number;
  /** Among the answered requests that were sampled. */
  readonly answered: number;
}

/** The smallest, the middle and the largest of a figure, nanoseconds. */
export interface Spread {
  readonly lowest: number;
  readonly median: number;
  readonly highest: number;
}

/** What the causes are weighed by; times are nanoseconds since the first packet of the run. */
export interface Case {
  readonly kind: ResetKind;
  readonly shape: 'A' | 'A0' | 'B' | 'other';
  /** The earliest incident of the most telling sort. */
  readonly incident: Incident;
  /** The earliest incidents, in order. */
  readonly incidents: readonly Incident[];
  readonly occurrences: number;
  /** Those of them that show who wrote the resets; the others look the same, and meet the same requests. */
  readonly proven: number;
  /** Incidents of this server that are too unlike the others to be counted with any: of bounded classes. */
  readonly uncounted: number;
  /** Incidents of the run at servers beyond those that are kept; the first case tells of them. */
  readonly leftOut: number;
  readonly tellsLeftOut: boolean;
  /** Packets that the captures dropped: what was not seen may have been there. */
  readonly droppedPackets: number;
  readonly healthChecks: number;
  readonly capturePoint: 'server' | 'client' | 'between' | 'loopback' | 'unknown';
  readonly verdict: 'certain' | 'likely' | 'none';
  readonly tests: readonly CaseTest[];
  readonly place: 'inline-on-host' | 'inline-mid-path' | 'passive-sensor' | 'unknown';
  readonly delay: Spread;
  /** Handshake to request, where it was the connection's first; `null`: none was. */
  readonly age: Spread | null;
  /** How long the connections had been idle that had been; `null`: none had. How many they are. */
  readonly idleBefore: Spread | null;
  readonly afterIdle: number;
  /**
   * How long all that was reset at once had been idle, where that is longer than any pause after which
   * the server is known to have answered: its idle time-out may have run out while it stood still, and
   * ended them all when it went on. `null`: it was no such timer.
   */
  readonly lateTimer: Spread | null;
  /** Whether delays (or ages) of three or more incidents lie within a few percent of each other, and a second or more long. */
  readonly delaysCluster: boolean;
  readonly agesCluster: boolean;
  /** What else the server ended with them; `null`: nothing. */
  readonly together: EndedTogether | null;
  readonly attribute: DiscriminatingAttribute | null;
  /** Who asked: values of the reset requests, most of them first. */
  readonly affected: readonly CaseAffected[];
  /** How many different clients; `null`: more than were counted. */
  readonly clients: number | null;
  readonly refusals: CaseRefusals | null;
  readonly lostRequests: number;
  readonly header: HeaderWanted;
  readonly stretches: readonly Stretch[];
  /** The time in which all of it fell, and nobody was answered; `null`: there is none, or chance would do as much. */
  readonly window: TimeWindow | null;
  /** What the server did around the incidents; `null`: not seen. */
  readonly server: {
    readonly connections: number;
    readonly answered: number;
    /** Answered requests that were looked at one by one. */
    readonly sampled: number;
    /** Connections that the client itself reset while it waited. */
    readonly abandoned: number;
    readonly fastestAnswerNs: number | null;
    readonly badRequest: CaseMoment | null;
    /** Next to the incident, within {@link SOON_NS}. */
    readonly acceptAfter: CaseMoment | null;
    readonly answerAfter: CaseMoment | null;
    readonly refusalAfter: CaseMoment | null;
    readonly strainNear: CaseMoment | null;
    /** The same method and path, answered. */
    readonly sameRequestAnswered: (CaseMoment & { readonly status: number }) | null;
  };
  /** What became of the lost requests; `elsewhere`: answered by another server. */
  readonly retries: Retries & { readonly elsewhere: number };
}

/** Stretches of time told in the figures. */
export const MAX_STRETCHES_TOLD = 24;

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface RstAfterRequestFacts {
  readonly kind: ResetKind;
  readonly resetShape: 'A' | 'A0' | 'B' | 'other';
  readonly forged: 'certain' | 'likely' | 'none';
  readonly forgedWhere: 'inline-on-host' | 'inline-mid-path' | 'passive-sensor' | 'unknown' | null;
  readonly forgeryTests: readonly {
    readonly id: string;
    readonly result: 'positive' | 'negative' | 'not-applicable';
    readonly weight: 'decisive' | 'strong' | 'medium';
    readonly because: string;
  }[];
  readonly capturePoint: 'server' | 'client' | 'between' | 'loopback' | 'unknown';
  readonly farRoundTripNs: number | null;
  readonly minResetDelayNs: number;
  readonly medianResetDelayNs: number;
  readonly maxResetDelayNs: number;
  readonly fastestAnswerNs: number | null;
  readonly connectionAgeNs: number | null;
  readonly requestBytes: number | null;
  readonly encrypted: boolean;
  readonly outstanding: Outstanding;
  readonly affectedConnections: number;
  readonly connectionsOfServer: number;
  readonly lostRequests: number;
  readonly answeredRequestsOfServer: number;
  /** Requests reset and answered by time: seconds since the run's first packet. */
  readonly byTime: readonly {
    readonly fromSeconds: number;
    readonly seconds: number;
    readonly failed: number;
    readonly answered: number;
  }[];
  readonly timeWindow: TimeWindowFacts | null;
  readonly affected: readonly CaseAffected[];
  /** Answered requests that `affected` compares with. */
  readonly answeredSampled: number;
  /** Different clients; `null`: more than were counted. */
  readonly affectedClients: number | null;
  /** Connections to the server that clients themselves reset while they waited: not among the occurrences. */
  readonly abandonedByClients: number;
  /** Further incidents at this server, beyond the classes that are kept; normally 0. */
  readonly uncountedIncidents: number;
  /** Further incidents of the run, at servers beyond those that are kept; normally 0. */
  readonly incidentsAtUncountedServers: number;
  readonly healthChecks: number;
  readonly retriesJudged: number;
  readonly retriedAndAnswered: number;
  readonly retriedInVain: number;
  readonly notRetried: number;
  readonly retriedElsewhere: number;
  readonly attribute: Omit<DiscriminatingAttribute, 'answeredPacket'> | null;
}
