/**
 * Runs rules over connections. A rule that throws has a bug: it is named with its message, takes
 * no further part, and the others go on.
 */
import type { Connection } from '../facts/connection.js';
import type { RawFinding } from '../facts/finding.js';
import { RULES } from './index.js';
import { isEveryday } from './judgements/everyday.js';
import { withFrontAnswers } from './judgements/front-answers.js';
import { mergeObservation, newObservation, type Observation, observe } from './observation/observation.js';
import type { Conclusion, Rule } from './rule.js';

/** A rule that threw. */
export interface RuleFailure {
  readonly rule: string;
  readonly message: string;
}

/** What a run of rules concludes. */
export interface RunConclusion {
  readonly findings: RawFinding[];
  readonly failures: RuleFailure[];
}

/** What a part of a run kept: plain data. */
export interface RulesSeen {
  readonly tallies: readonly { readonly rule: string; readonly tally: unknown }[];
  readonly failures: readonly RuleFailure[];
  readonly observation: Observation;
}

interface RunningRule {
  readonly rule: Rule<unknown>;
  /** The rule's own: rules have as many shapes as there are, and to look for it in each costs. */
  readonly inspect: Rule<unknown>['inspect'];
  readonly tally: unknown;
}

/** See the head of this file. */
export class RuleRun {
  private readonly running: RunningRule[] = [];
  /** Those of them that are shown everyday connections too. */
  private readonly seeingEveryday: RunningRule[] = [];
  private readonly failures: RuleFailure[] = [];
  private readonly observation: Observation = newObservation();

  constructor(rules: readonly Rule<unknown>[] = RULES) {
    for (const rule of rules)
      this.guarded(rule, () => this.running.push({ rule, inspect: rule.inspect, tally: rule.tally() }));
    this.seeingEveryday.push(...this.running.filter(({ rule }) => rule.seesEveryday === true));
  }

  /** Shows a finished connection, or a batch of its exchanges, to all rules that may look for something in it. */
  inspect(connection: Connection): void {
    observe(connection, this.observation);
    const shown = isEveryday(connection) ? this.seeingEveryday : this.running;
    // A rule that throws leaves the list: read it from its end.
    for (let at = shown.length - 1; at >= 0; at -= 1) {
      const entry = shown[at];
      if (entry === undefined) continue;
      try {
        entry.inspect.call(entry.rule, connection, entry.tally);
      } catch (thrown) {
        this.fail(entry.rule, thrown);
      }
    }
  }

  /** What was seen so far; goes on changing with the run. */
  get seen(): RulesSeen {
    return {
      tallies: this.running.map(({ rule, tally }) => ({ rule: rule.meta.id, tally })),
      failures: this.failures,
      observation: this.observation,
    };
  }

  /** Adds what another run of the same rules saw, which is not to be used after it. */
  merge(other: RulesSeen): void {
    mergeObservation(this.observation, other.observation);
    for (const failure of other.failures) this.drop(failure);
    for (const { rule, tally } of [...this.running]) {
      const part = other.tallies.find((entry) => entry.rule === rule.meta.id);
      if (part !== undefined) this.guarded(rule, () => rule.merge(tally, part.tally));
    }
  }

  /** What the rules say of all that they were shown, in the order of the rules. */
  conclude(known: Omit<Conclusion, 'observation'>): RunConclusion {
    const conclusion = { ...known, observation: this.observation };
    const findings: RawFinding[] = [];
    for (const { rule, tally } of [...this.running])
      this.guarded(rule, () => findings.push(...rule.conclude(tally, conclusion)));
    return { findings: withFrontAnswers(findings, this.observation), failures: [...this.failures] };
  }

  private guarded(rule: Rule<unknown>, step: () => void): void {
    try {
      step();
    } catch (thrown) {
      this.fail(rule, thrown);
    }
  }

  private fail(rule: Rule<unknown>, thrown: unknown): void {
    this.drop({ rule: rule.meta.id, message: thrown instanceof Error ? thrown.message : String(thrown) });
  }

  /** Takes the rule out, once. */
  private drop(failure: RuleFailure): void {
    for (const list of [this.running, this.seeingEveryday]) {
      const at = list.findIndex(({ rule }) => rule.meta.id === failure.rule);
      if (at >= 0) list.splice(at, 1);
    }
    if (!this.failures.some(({ rule }) => rule === failure.rule)) this.failures.push(failure);
  }
}
