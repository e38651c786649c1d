import type { Command } from 'commander';
import { RULES } from '../rules/index.js';
import { modelOf, type ProgramModel } from './command-model.js';
import { bashCompletion } from './completion/bash.js';
import { fishCompletion } from './completion/fish.js';
import type { SHELLS } from './completion/shells.js';
import { zshCompletion } from './completion/zsh.js';
import { EXIT } from './exit-code.js';
import type { Surroundings } from './surroundings.js';

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (program: ProgramModel, rules: readonly string[]) => string>> =
  { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `pcapdx completion SHELL`: the script that completes this program's command lines. */
export function runCompletion(shell: (typeof SHELLS)[number], program: Command, { stdout }: Surroundings): number {
  const rules = RULES.map(({ meta }) => meta.id).sort();
  stdout.write(SCRIPTS[shell](modelOf(program), rules));
  return EXIT.ok;
}
