import type { Analysis } from '../facts/summary.js';
import { countText } from '../text/size.js';

/** Captures that a report names before its verdict; more of them would push that off the screen. */
export const NAMED_CAPTURES = 8;

/** The captures' names, each as `shown`; of many the first, and how many more there are. */
export function captureNames({ captures }: Analysis, shown: (file: string) => string): string {
  const names = captures.slice(0, NAMED_CAPTURES).map(({ file }) => shown(file));
  const more = captures.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${countText(more)} more` : '');
}
