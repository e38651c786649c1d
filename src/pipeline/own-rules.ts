import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { RULES } from '../rules/index.js';
import { RuleFileError, rulesOfModule } from '../rules/own/checked-rule.js';
import type { Rule } from '../rules/rule.js';

/** A rule file that cannot be used, and why. */
export class RuleFileRefusal extends Error {
  override readonly name = 'RuleFileRefusal';

  constructor(
    readonly file: string,
    readonly reason: string,
  ) {
    super(`${file}: ${reason}`);
  }
}

/**
 * The rules in the files that `--rules` names, in their order.
 *
 * A rule file is a program: it runs with the rights of whoever starts pcapdx.
 *
 * @throws {RuleFileRefusal} for a file that cannot be loaded, or that holds no rules
 */
export async function loadOwnRules(files: readonly string[]): Promise<readonly Rule<unknown>[]> {
  const rules: Rule<unknown>[] = [];
  for (const file of files) {
    const taken = [...RULES, ...rules].map(({ meta }) => meta.id);
    try {
      rules.push(...rulesOfModule(await defaultExport(file), taken));
    } catch (error) {
      if (error instanceof RuleFileError) throw new RuleFileRefusal(file, error.message);
      throw error;
    }
  }
  return rules;
}

/** What the file exports; whatever it throws while it is loaded is its author's to know. */
async function defaultExport(file: string): Promise<unknown> {
  if (!/\.m?js$/.test(file)) throw new RuleFileRefusal(file, 'is not a JavaScript module (.mjs, .js)');
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) throw new RuleFileRefusal(file, 'no such file');
  try {
    const loaded: { readonly default?: unknown } = await import(pathToFileURL(path.resolve(file)).href);
    return loaded.default;
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new RuleFileRefusal(file, `cannot be loaded: ${said.split('\n', 1).join('')}`);
  }
}
