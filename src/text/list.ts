import { countText } from './size.js';

/** Names shown of many. */
const MOST = 3;

/** Each name once, as a sentence lists them: `a`, `a and b`, `a, b, c and 4 more`; nothing gives nothing. */
export function listText(names: readonly string[], most = MOST): string {
  const all = [...new Set(names)];
  const rest = all.length - most;
  const shown = rest > 0 ? [...all.slice(0, most), `${countText(rest)} more`] : all;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
