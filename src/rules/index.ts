/**
 * The rules. Takes one finished connection's facts at a time; gives raw findings; may use facts
 * and text; may not see bytes, files, the clock or each other.
 */
import { keepaliveRace } from './keepalive-race.js';
import { rstAfterRequest } from './rst-after-request.js';
import type { Rule } from './rule.js';

/** All rules, in the order in which they are listed and run. */
export const RULES: readonly Rule<unknown>[] = [keepaliveRace, rstAfterRequest];

/** The rule of this id; `null`: there is none. */
export function ruleOf(id: string): Rule<unknown> | null {
  return RULES.find((rule) => rule.meta.id === id) ?? null;
}
