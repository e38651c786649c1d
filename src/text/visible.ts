/**
 * Captured text made safe to show: what a terminal, browser or editor would act on, hide or
 * reorder is written out as an escape (`\x1b`, `\u202e`), ordinary letters of any script stay.
 *
 * The escapes are those of JavaScript strings. A backslash itself is left alone, so that the
 * result of one pass comes back unchanged from a second; a captured `\x1b` in four plain
 * characters is harmless, and the hex view tells the two apart.
 */

/**
 * C0, DEL and C1 (escape sequences of ECMA-48 begin with one of them), format characters (bidi
 * controls, zero-width, tags), line and paragraph separators, lone surrogates, private use,
 * noncharacters, and whatever else Unicode says is drawn as nothing. UAX #9, UAX #44 §5.3.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
/** What needs no look at Unicode's tables: the printable characters of ASCII. */
const PLAIN = /^[ -~]*$/;

/** One line of text in which nothing hides and nothing acts; newline and tab are escaped too. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSEEN, escapeOf);
}

/** The same for each string, keys included, in nested arrays and plain objects; other values as they are. */
export function visibleDeep(value: unknown): unknown {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map(visibleDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [visible(key), visibleDeep(inner)]));
}

function escapeOf(character: string): string {
  switch (character) {
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
  }
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}
