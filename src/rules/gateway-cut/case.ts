/** What the rule argues about: one application server, and the requests that it cut. */
import type { Moment } from '../tally/earliest.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Cut, CutSort, Gateway } from './incident.js';

/** See the head of this file. */
export interface Case {
  /** In order of time, the earliest of them. */
  readonly cuts: readonly Cut[];
  readonly first: Cut;
  readonly occurrences: number;
  readonly lastNs: number;
  readonly sorts: Readonly<Record<CutSort, number>>;
  /** Connections of the server over these protocols, and those on which it said something. */
  readonly connections: number;
  readonly spoken: number;
  /** The first connection on which nothing was cut; `null`: there is none. */
  readonly served: Moment | null;
  /** From the last data to the end, of those that had been read; where there is none it means nothing (`sorts.read`). */
  readonly delay: { readonly lowest: number; readonly highest: number };
  /** Those delays are one timer's. */
  readonly delaysCluster: boolean;
  /** What the server says to others in another protocol; `null`: nothing that was seen. */
  readonly otherwise: Moment | null;
  /** The next SYN after one of the cuts was refused. */
  readonly refusedNext: Moment | null;
  /** Cuts of connections at one moment, the most. */
  readonly atOnce: number;
  /** What web servers in front told their clients. */
  readonly told: readonly GatewayFailure[];
  /** And for which of the cuts each. */
  readonly toldOf: readonly (GatewayFailure | null)[];
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface GatewayCutFacts {
  readonly protocol: Gateway;
  readonly read: number;
  readonly crossed: number;
  readonly early: number;
  readonly byReset: number;
  readonly minDelayNs: number;
  readonly maxDelayNs: number;
  readonly connectionsOfServer: number;
  readonly connectionsWithAnswer: number;
  readonly toldInFront: number;
}
