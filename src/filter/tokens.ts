/** A filter as typed, cut into words at spaces that no quotes hold together. */

/** A word of a filter, with its place: [start, end) in what was typed, quotes included. */
export interface Token {
  /** Without its quotes; `\"` stands for a quote within. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The first quote in it that nothing closes; `null`: all are closed. */
  readonly openQuote: number | null;
  /** Where in `text` a quote began first: operators behind it are part of the value. `text.length` without. */
  readonly quotedFrom: number;
}

/** The words of a filter, in order. */
export function tokensOf(filter: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < filter.length) {
    if (isSpace(filter[at])) {
      at += 1;
      continue;
    }
    const token = tokenAt(filter, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(filter: string, start: number): Token {
  let text = '';
  let openQuote: number | null = null;
  let quotedFrom: number | null = null;
  let at = start;
  for (; at < filter.length; at += 1) {
    const character = filter[at] ?? '';
    if (character === '\\' && filter[at + 1] === '"') {
      text += '"';
      at += 1;
    } else if (character === '"') {
      openQuote = openQuote === null ? at : null;
      quotedFrom ??= text.length;
    } else if (isSpace(character) && openQuote === null) break;
    else text += character;
  }
  return { text, start, end: at, openQuote, quotedFrom: quotedFrom ?? text.length };
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** A value that reads as one word of a filter, quoted where it has to be. */
export function quoted(value: string): string {
  return /^[^\s",]+$/.test(value) ? value : `"${value.replaceAll('"', '\\"')}"`;
}
