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
  readonly seesEveryday: boolean;
  readonly tally: unknown;
}

/** See the head of this file. */
export class RuleRun {
  private readonly running: RunningRule[] = [];
  private readonly failures: RuleFailure[] = [];
  private readonly observation: Observation = newObservation();

  constructor(rules: readonly Rule<unknown>[] = RULES) {
    for (const rule of rules) {
      const { inspect, seesEveryday = false } = rule;
      this.guarded(rule, () => this.running.push({ rule, inspect, seesEveryday, tally: rule.tally() }));
    }
  }

  /**
   * Shows finished connections, or batches of their exchanges, to all rules that may look for something in them: all
   * to one rule, and then to the next, so that a rule's code is loaded once for all.
   */
  inspect(connections: readonly Connection[]): void {
    for (const connection of connections) observe(connection, this.observation);
    const others = connections.filter((connection) => !isEveryday(connection));
    // A rule that throws leaves the list: read it from its end.
    for (let at = this.running.length - 1; at >= 0; at -= 1) {
      const entry = this.running[at];
      if (entry === undefined) continue;
      try {
        for (const connection of entry.seesEveryday ? connections : others)
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
    const at = this.running.findIndex(({ rule }) => rule.meta.id === failure.rule);
    if (at >= 0) this.running.splice(at, 1);
    if (!this.failures.some(({ rule }) => rule === failure.rule)) this.failures.push(failure);
  }
}
