import { loadOwnRules as load, RuleFileRefusal } from '../pipeline/own-rules.js';
import type { Rule } from '../rules/rule.js';
import { visible } from '../text/visible.js';
import { UsageError } from './exit-code.js';

/**
 * The rules in the files that `--rules` names (pipeline/own-rules).
 *
 * @throws {UsageError} for a file that cannot be loaded, or that holds no rules
 */
export async function loadOwnRules(files: readonly string[]): Promise<readonly Rule<unknown>[]> {
  try {
    return await load(files);
  } catch (error) {
    if (!(error instanceof RuleFileRefusal)) throw error;
    throw new UsageError(`--rules ${visible(error.file)}: ${visible(error.reason)}`);
  }
}
