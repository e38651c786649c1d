/**
 * Whether the terminal draws characters of ambiguous width (UAX #11: lines, arrows, triangles) in one
 * cell. Terminals set up for Korean or Japanese take two; one that does not speak UTF-8 takes three.
 */
import type { KeyEvent } from './keyboard.js';

/** A terminal that answers at all does so at once, over a slow line within this. */
export const ANSWER_WAIT_MS = 100;

/** At the home position an ambiguous character, the question where the cursor is, and the line blank again. */
export const QUESTION = '\x1b[H─\x1b[6n\x1b[H\x1b[K';

/** What the answer says; `null`: the event is no answer. */
export function isNarrow(event: KeyEvent): boolean | null {
  return event.kind === 'cursor' ? event.column === 2 : null;
}

/** What says which locale it is, from the strongest on. POSIX, XBD §8.2. */
export interface LocaleVariables {
  readonly LC_ALL?: string | undefined;
  readonly LC_CTYPE?: string | undefined;
  readonly LANG?: string | undefined;
}

/** Whether the locale is one of UTF-8: goes by it where the terminal does not answer. */
export function isUtf8Locale({ LC_ALL, LC_CTYPE, LANG }: LocaleVariables): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}
