/** What the rule argues about: detours of one server, with what was found out of them. */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Moment } from '../tally/earliest.js';
import type { Detour } from './incident.js';
import type { UnansweredSyn } from './tally.js';

/** See the head of this file. */
export interface Case {
  readonly detours: readonly Detour[];
  readonly first: Detour;
  readonly count: number;
  readonly clients: readonly string[];
  /** SYNs to the address that was asked, where another answered. */
  readonly asked: readonly UnansweredSyn[];
  /** That address accepted one of these clients itself, at another time. */
  readonly askedServed: Moment | null;
  /** Who answered in its place. */
  readonly answerer: Endpoint | null;
  /** Another connection of the server that went well. */
  readonly served: Moment | null;
  readonly servedCount: number;
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface AsymmetricPathFacts {
  readonly kind: 'other-address' | 'other-way' | 'bypassed' | 'one-sided';
  readonly differs: 'interface' | 'vlan' | 'neighbour' | null;
  readonly clients: number;
  readonly requestInterface: number | null;
  readonly answerInterface: number | null;
  readonly answeredBy: string | null;
  readonly resets: number;
  readonly servedConnections: number;
}
