import type { Environment } from './surroundings.js';

/**
 * Whether to colour: `--color` before FORCE_COLOR before NO_COLOR before `TERM=dumb` before whether
 * the output is a terminal. A variable set to nothing counts as not set (no-color.org).
 */
export function isColoured(flag: 'auto' | 'always' | 'never', env: Environment, isTTY: boolean): boolean {
  if (flag !== 'auto') return flag === 'always';
  const force = env.FORCE_COLOR ?? '';
  if (force !== '') return force !== '0' && force !== 'false';
  if ((env.NO_COLOR ?? '') !== '') return false;
  return env.TERM !== 'dumb' && isTTY;
}

/** Columns of prose when the output is no terminal, and the most on one that is wider: longer lines read badly. */
export const PLAIN_WIDTH = 80;
const WIDEST = 100;
/** Narrower than this nothing can be laid out; a narrower terminal wraps. */
export const NARROWEST = 40;
/** The most that `--width` takes: what aligns to the right is padded, and pages of blanks help nobody. */
export const WIDEST_ASKED = 1000;

/** Columns to lay text out in. */
export function widthOf(flag: number | undefined, columns: number | undefined): number {
  if (flag !== undefined) return flag;
  return columns === undefined ? PLAIN_WIDTH : Math.max(NARROWEST, Math.min(columns, WIDEST));
}
