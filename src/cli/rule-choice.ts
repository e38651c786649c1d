import { nearestName } from '../text/near-name.js';
import { visible } from '../text/visible.js';
import { UsageError } from './exit-code.js';

/** `--rule ID` (wanted) or `--no-rule ID`. */
export interface RuleChoice {
  readonly id: string;
  readonly wanted: boolean;
}

/**
 * The ids of the rules to run; `undefined`: all of them.
 *
 * @throws {UsageError} for an id that no rule has, and when none is left
 */
export function chosenRules(choices: readonly RuleChoice[], known: readonly string[]): readonly string[] | undefined {
  for (const { id } of choices) requireRule(id, known);
  if (choices.length === 0) return undefined;
  const wanted = choices.filter((choice) => choice.wanted).map((choice) => choice.id);
  const unwanted = new Set(choices.filter((choice) => !choice.wanted).map((choice) => choice.id));
  const chosen = known.filter((id) => (wanted.length === 0 || wanted.includes(id)) && !unwanted.has(id));
  if (chosen.length === 0) throw new UsageError('no rule is left to run; pcapdx rules lists them');
  return chosen;
}

/** @throws {UsageError} when no rule has this id */
export function requireRule(id: string, known: readonly string[]): void {
  if (known.includes(id)) return;
  const near = nearestName(id, known) ?? known.find((rule) => rule.startsWith(id)) ?? null;
  const hint = near === null ? 'pcapdx rules lists them' : `did you mean "${near}"?`;
  throw new UsageError(`no such rule: ${visible(id)} (${hint})`);
}
