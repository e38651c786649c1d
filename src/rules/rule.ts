/**
 * The shape of a rule (what it means, what the packets must show, what else would look the same, what to change;
 * docs/code.md).
 *
 * A rule sees one finished connection's facts at a time, keeps a tally of its own, and concludes
 * once. The tally is plain data and `merge` is associative and commutative, so that a capture can
 * be split over threads and machines. A rule sees no bytes, no clock and no other rule.
 */
import type { CaptureFacts } from '../facts/capture.js';
import type { Connection } from '../facts/connection.js';
import type { RawFinding, Reference, Severity } from '../facts/finding.js';
import type { Observation } from './observation/observation.js';
import type { NameAnswers } from './tally/name-answers.js';
import type { NameTable } from './tally/name-table.js';
import type { Presence } from './tally/presence.js';
import type { ServersKnown } from './tally/server-tally.js';

/** What a rule says of itself; docs/rules/<id>.md and `pcapdx explain` are made of it. */
export interface RuleMeta {
  /** Kebab-case; the name of the rule's file, test and page. */
  readonly id: string;
  /** The severity it has at its worst. */
  readonly severity: Severity;
  /** A sentence without a subject: "Server resets instead of answering". */
  readonly title: string;
  /** What the user feels: status codes, log lines, symptoms. */
  readonly feels: string;
  /** What the packets must show. */
  readonly shows: string;
  /** Facts without which it cannot tell. */
  readonly needs: readonly string[];
  /** Causes it weighs: id and one sentence. */
  readonly hypotheses: Readonly<Record<string, string>>;
  /** What looks alike and is not it: id and one sentence. */
  readonly lookAlikes: Readonly<Record<string, string>>;
  /** What it cannot see or settle. */
  readonly limits: readonly string[];
  readonly references: readonly Reference[];
}

/** What a rule may know beside its tally when it concludes. */
export interface Conclusion {
  /** Names that clients and DNS used for addresses. */
  readonly names: NameTable;
  /** What DNS told whom, and when. */
  readonly nameAnswers: NameAnswers;
  /** Which addresses showed that they are there, and were asked for, beside TCP. */
  readonly presence: Presence;
  /** What the whole run shows of any server. */
  readonly servers: ServersKnown;
  readonly captures: readonly CaptureFacts[];
  /** What was observed for all rules: of each server, and which exchange was made when. */
  readonly observation: Observation;
  /** Show query strings as sent (`--reveal`); otherwise rules hide them (text/redaction). */
  readonly reveal: boolean;
}

/** A rule; `T` is its tally. */
export interface Rule<T> {
  readonly meta: RuleMeta;
  /** It is shown everyday connections too (judgements/everyday), since it counts or compares them; others are not. */
  readonly seesEveryday?: true;
  tally(): T;
  /** Called once for each finished connection (or batch of its exchanges). */
  inspect(connection: Connection, tally: T): void;
  /** Adds `from` to `into`. */
  merge(into: T, from: T): void;
  conclude(tally: T, conclusion: Conclusion): RawFinding[];
}

/** Keeps a rule's tally type to itself, so that rules of all kinds stand in one list. */
export function defineRule<T>(rule: Rule<T>): Rule<T> {
  return rule;
}
