/** What the rule argues about: one server's silences, with what was found out of them. */
import type { TimerEstimate } from '../judgements/timer-estimate.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Moment } from '../tally/earliest.js';
import type { GatewayFailure, ServerKnown } from '../tally/server-tally.js';
import type { Silence } from './incident.js';

/** See the head of this file. */
export interface Case {
  readonly silences: readonly Silence[];
  readonly first: Silence;
  readonly count: number;
  readonly clients: readonly string[];
  readonly known: ServerKnown | null;
  /** A sign of the server's life on any port of its address: one amid an attempt in vain where there is one, else the last. */
  readonly alive: Moment | null;
  /** When that sign came: amid an attempt, or between two; after all of them; or before the first. */
  readonly aliveWhen: 'meanwhile' | 'afterwards' | 'before' | null;
  /** Beside TCP it showed that it is there, about then: on the link, or by the answer to a ping; the last such sign. */
  readonly shown: (Moment & { readonly how: 'link' | 'ping' }) | null;
  /** What speaks for it on the link is also the station of another address, which accepts connections. */
  readonly station: { readonly address: string; readonly accept: Moment } | null;
  /** Since its last sign on the link it was asked for there, and did not say a word. */
  readonly askedInVain: readonly Moment[];
  /** Others are accepted while these are not, and none of these ever is. */
  readonly bySource: boolean;
  /** One of these clients that was accepted, too, though not now. */
  readonly alsoAccepted: boolean;
  /** These were accepted, and are no more, since others are; the last acceptance of one of these, and of another. `null`: it is not so. */
  readonly barred: { readonly last: Moment; readonly other: Moment } | null;
  /** The last that was accepted, where these clients had been too, and nobody is from the first SYN on; `null`: it is not so. */
  readonly lastTaken: Moment | null;
  /** Another server that accepts the same clients at the same time: a proxy that borrows their addresses. */
  readonly borrower: { readonly address: string; readonly port: number; readonly accept: Moment } | null;
  /** Where link-layer addresses do not tell: a server to which these clients are connected, and which tells clients of these attempts. */
  readonly mayBorrow: { readonly address: string; readonly port: number; readonly accept: Moment } | null;
  readonly fallsBack: boolean;
  readonly told: readonly GatewayFailure[];
  /** Which of them each silence that is kept came to, in the same order. */
  readonly toldOf: readonly (GatewayFailure | null)[];
  /** Requests in front that its proxy ended without an answer. */
  readonly closed: readonly LoggedExchange[];
  /** After how long the proxy gives up; `null`: not seen. */
  readonly timer: TimerEstimate | null;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface ConnectTimeoutFacts {
  readonly attempts: number;
  readonly clients: number;
  readonly maxTries: number;
  readonly answeredBySynAck: boolean;
  readonly acceptedConnections: number;
  readonly acceptedAfterRetry: number;
  readonly connectTimeoutSeconds: number | null;
  readonly connectTimeoutSamples: number;
  readonly gatewayErrorsInFront: number;
}
