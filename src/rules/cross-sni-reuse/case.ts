/** A case: requests for one name on connections of another, with all that the run says of them. */
import type { Confidence, EvidencePacket } from '../../facts/finding.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Moment } from '../tally/earliest.js';
import type { SealedConnection } from './contacts.js';
import type { Reuse } from './reuse.js';
import type { Pair } from './tally.js';

/**
 * What came of it. `misrouted`: the wrong server answered. `rejected`: 421, and no retry succeeded;
 * `retried`: 421, and one did. `harmless`: the right server answered. `undecided`: nothing to compare
 * with. `encrypted`: seen from outside only.
 */
export type ReuseKind = 'misrouted' | 'rejected' | 'retried' | 'harmless' | 'undecided' | 'encrypted';

/**
 * Why a pair is held to be misrouted, harmless or neither.
 *
 * `other-server`: its requests reach servers that requests on connections of the right name do not.
 * `other-page`: it is given the page of the connection's name, where the right connection gives
 * another. `same-page-and-server`: the server of the connection's name answers, with that name's page.
 * `not-found`: it is not found, where the right connection finds it. `by-name`: its requests reach
 * servers that those of the connection's name do not. `same-server`, `same-answer`: the same as on
 * connections of the right name. `same-page`: it is given the page of the connection's name, and
 * nothing else is known. `none`: nothing to compare with.
 */
export type Basis =
  | 'other-server'
  | 'other-page'
  | 'same-page-and-server'
  | 'not-found'
  | 'by-name'
  | 'same-server'
  | 'same-answer'
  | 'same-page'
  | 'none';

/** A request that went astray (or not), with the leg behind it and what it is compared with. */
export interface JudgedReuse {
  readonly reuse: Reuse;
  /** What the server behind was asked; `null`: not seen. */
  readonly back: LoggedExchange | null;
  /** A request that shows the contrast, and what it shows. */
  readonly contrast: EvidencePacket | null;
  /** The retry that was answered: its request, and the ClientHello of its connection where that was opened for it. */
  readonly retry: (Moment & { readonly hello: Moment | null; readonly status: number }) | null;
}

/** See the head of this file. */
export interface Case {
  readonly kind: ReuseKind;
  readonly basis: Basis;
  readonly pair: Pick<Pair, 'server' | 'openedFor' | 'name' | 'covering' | 'notCovering' | 'lastNs'> & {
    readonly isOffered: boolean;
  };
  readonly confidence: Confidence;
  readonly occurrences: number;
  /** The earliest of them. */
  readonly reuses: readonly JudgedReuse[];
  /** The client is a gateway. */
  readonly isGateway: boolean;
  /** Servers behind: of these requests, of those on connections of the right name, and of the connection's own name. */
  readonly backends: {
    readonly reused: readonly string[];
    readonly right: readonly string[];
    readonly own: readonly string[];
  };
  /** A back exchange of the connection's own name. */
  readonly ownBack: LoggedExchange | null;
  /** The back leg is the same TLS: the proxy passes it through. */
  readonly passesThrough: LoggedExchange | null;
  /** The first that was answered otherwise than by 421, and the first 421, of the pair. */
  readonly servedAt: Moment | null;
  readonly refusedAt: Moment | null;
  readonly droppedPackets: number;
  /** Outcomes of 421s that could not be followed to their end. */
  readonly unfollowed: number;
}

/** What was seen from outside: a name led to the address of a connection, and data went on there. */
export interface SealedCase {
  readonly connection: SealedConnection;
  readonly name: string;
  readonly answer: Moment;
  readonly resumed: Moment & { readonly pauseNs: number };
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface CrossSniReuseFacts {
  readonly kind: ReuseKind;
  readonly basis: Basis | 'dns';
  /** Names of connections and of requests on them. */
  readonly pairs: readonly { readonly serverName: string; readonly authority: string; readonly requests: number }[];
  readonly clientIsGateway: boolean;
  readonly certificateCoversBoth: boolean | null;
  readonly originFrameNamesIt: boolean;
  readonly offersEch: boolean;
  readonly backServersOfReused: readonly string[];
  readonly backServersOfRightName: readonly string[];
  readonly backServersOfConnectionName: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
  /** Further requests for other names, of pairs beyond those that are kept; normally 0. */
  readonly uncountedRequests: number;
}
