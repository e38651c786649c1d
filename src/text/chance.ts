import { countText } from './size.js';

/** A chance of one in more than these is none to anybody. */
const MOST = 1_000_000_000;

/** How likely chance alone would have it so, from a probability: `12 %`, `1 in 200`, `less than 1 in 1,000,000,000`. */
export function chanceText(chance: number): string {
  if (chance >= 0.01) return `${Number((chance * 100).toPrecision(2))} %`;
  return chance * MOST < 1
    ? `less than 1 in ${countText(MOST)}`
    : `1 in ${countText(Number((1 / chance).toPrecision(2)))}`;
}
