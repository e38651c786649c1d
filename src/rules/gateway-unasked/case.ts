/** What the rule argues about: answers that one gateway gave by itself, in one manner. */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Moment } from '../tally/earliest.js';
import type { ErrorAnswer, Product } from './tally.js';

/**
 * How they were given. `queue`: after a wait, while as many requests as ever were in progress behind. `phase`: at once,
 * one after the other, and nobody was asked in between. `among`: at once, while others were asked.
 */
export type Manner = 'queue' | 'phase' | 'among';

/** Something that a server behind failed at. */
export interface Trouble extends Moment {
  readonly server: Endpoint;
}

/** See the head of this file. */
export interface Case {
  readonly manner: Manner;
  /** In order of time; `first` is the first of them. */
  readonly answers: readonly ErrorAnswer[];
  readonly first: ErrorAnswer;
  /** Requests of the gateway's clients that it asked a server behind for, and the first of them. */
  readonly asked: number;
  readonly firstAsked: Moment;
  /** A request that was asked behind while the gateway answered others by itself; `null`: there was none. */
  readonly askedMeanwhile: Moment | null;
  /** What went wrong behind just before; `null`: nothing that was seen. */
  readonly trouble: Trouble | null;
  /** The first request that was asked again behind a phase; `null`: none was. */
  readonly askedAgain: Moment | null;
  /** From what went wrong (where that is not known, from the first answer) until a server was asked again; `null`: none was. */
  readonly pauseNs: number | null;
  /** The most requests that were ever in progress behind. */
  readonly mostInProgress: number;
  /** A request that waited before it was asked for behind, and for how long; `null`: none did. */
  readonly askedLate: (Moment & { readonly waitNs: number }) | null;
  /** From request to answer, nanoseconds. */
  readonly minWaitNs: number;
  readonly maxWaitNs: number;
  /** The queue's time-out; `null`: waits do not agree, or there was none. */
  readonly queueSeconds: number | null;
  /** Whose pages they are; `null`: not known, or of several. */
  readonly product: Product | null;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface GatewayUnaskedFacts {
  readonly manner: Manner;
  readonly minWaitNs: number;
  readonly maxWaitNs: number;
  readonly askedBehind: number;
  readonly mostInProgress: number;
  readonly unaskedForNs: number | null;
  readonly queueTimeoutSeconds: number | null;
  /** `10.0.1.43:8080`: the server behind that failed before. */
  readonly failedServer: string | null;
}
