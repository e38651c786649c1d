/** Which rules run: those that `--rule` and `--no-rule` choose, and those of the files of `--rules`. */
import type { Rule } from '../rules/rule.js';
import type { Reading } from './reading.js';
import { chosenRules, type RuleChoice } from './rule-choice.js';

/** Flags about rules. */
interface JudgingFlags {
  readonly rule?: readonly RuleChoice[];
  readonly rules?: readonly string[];
}

/** What the flags say of a reading. @throws {UsageError} for an id that no rule has, and a file that holds no rule */
export async function judgingOf(flags: JudgingFlags): Promise<Pick<Reading, 'rules' | 'ownRules' | 'ownModules'>> {
  const ownRules = await ownRulesOf(flags.rules);
  const rules = await rulesOf(flags.rule, ownRules);
  return {
    ...(rules === undefined ? {} : { rules }),
    ...(ownRules === undefined ? {} : { ownRules, ownModules: flags.rules ?? [] }),
  };
}

/** Loads the rules only where some are chosen by name. */
async function rulesOf(
  choices: readonly RuleChoice[] | undefined,
  ownRules: readonly Rule<unknown>[] = [],
): Promise<readonly string[] | undefined> {
  if (choices === undefined || choices.length === 0) return undefined;
  const { RULES } = await import('../rules/index.js');
  return chosenRules(
    choices,
    [...RULES, ...ownRules].map((rule) => rule.meta.id),
  );
}

/** The rules of the files that the user named; `undefined`: none. */
export async function ownRulesOf(files: readonly string[] | undefined): Promise<readonly Rule<unknown>[] | undefined> {
  if (files === undefined || files.length === 0) return undefined;
  const { loadOwnRules } = await import('./own-rules.js');
  return loadOwnRules(files);
}
