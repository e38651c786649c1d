import type { Repeated } from '../report/repeated.js';
import { fileWord } from '../text/shell-word.js';
import type { RuleChoice } from './rule-choice.js';

/** Flags that decide what is found. */
export interface RepeatedFlags {
  readonly keylog?: string;
  readonly rule?: readonly RuleChoice[];
  readonly rules?: readonly string[];
}

/** The flags of this run that a command needs to find the same again. */
export function repeatedFlags({ keylog, rule = [], rules = [] }: RepeatedFlags): Repeated {
  return {
    reading: keylog === undefined ? [] : ['--keylog', fileWord(keylog)],
    judging: [
      ...rules.flatMap((file) => ['--rules', fileWord(file)]),
      ...rule.flatMap(({ id, wanted }) => [wanted ? '--rule' : '--no-rule', id]),
    ],
  };
}
