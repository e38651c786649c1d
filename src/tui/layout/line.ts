/** Lines of a screen before they are drawn: spans of text, each with its role. */
import { inAscii } from '../../text/ascii.js';
import { cellsOf, fitting } from '../../text/width.js';
import { lookOf, type Role, type Theme } from '../theme.js';

/** A text in one colour. */
export interface Span {
  readonly text: string;
  readonly role: Role;
}

/** One line of the terminal. */
export type Line = readonly Span[];

/** A line of one role. */
export function line(text: string, role: Role = 'plain'): Line {
  return [{ text, role }];
}

/** A span of one role. */
export function span(text: string, role: Role = 'plain'): Span {
  return { text, role };
}

/** A line with nothing on it. */
export const EMPTY_LINE: Line = [];

/** Cells that a line takes. */
export function cellsOfLine(spans: Line): number {
  return spans.reduce((cells, { text }) => cells + cellsOf(text), 0);
}

/** `text` in exactly `cells` cells: cut with an ellipsis, or filled with spaces. */
export function inCells(text: string, cells: number, align: 'left' | 'right' = 'left'): string {
  if (cells <= 0) return '';
  const wide = cellsOf(text);
  if (wide <= cells) {
    const pad = ' '.repeat(cells - wide);
    return align === 'left' ? text + pad : pad + text;
  }
  const kept = fitting(text, cells - 1);
  return `${kept}…${' '.repeat(Math.max(0, cells - 1 - cellsOf(kept)))}`;
}

/** A line cut to `cells`; shorter ones stay. */
export function fitLine(spans: Line, cells: number): Line {
  let left = cells;
  const fitted: Span[] = [];
  for (const { text, role } of spans) {
    if (left <= 0) break;
    const wide = cellsOf(text);
    if (wide <= left) {
      fitted.push({ text, role });
      left -= wide;
      continue;
    }
    fitted.push({ text: inCells(text, left), role });
    left = 0;
  }
  return fitted;
}

/** A line in exactly `cells`, all of it as one who stands on it sees it: inverse, its own roles kept. */
export function selectedLine(spans: Line, cells: number): Line {
  const fitted = fitLine(spans, cells);
  const text = fitted.map((each) => each.text).join('');
  return [{ text: inCells(text, cells), role: 'selected' }];
}

/** What is left of a line behind `cells` cells: for rows that are panned. */
export function panned(spans: Line, cells: number): Line {
  if (cells <= 0) return spans;
  let left = cells;
  const rest: Span[] = [];
  for (const { text, role } of spans) {
    if (left <= 0) {
      rest.push({ text, role });
      continue;
    }
    const wide = cellsOf(text);
    if (wide <= left) {
      left -= wide;
      continue;
    }
    rest.push({ text: text.slice(fitting(text, left).length), role });
    left = 0;
  }
  return rest;
}

/** The line with what is searched for lit; nothing is where that is empty. */
export function withLit(spans: Line, search: string): Line {
  if (search === '') return spans;
  const wanted = search.toLowerCase();
  return spans.flatMap(({ text, role }): Span[] => {
    const parts: Span[] = [];
    let from = 0;
    for (;;) {
      const at = text.toLowerCase().indexOf(wanted, from);
      if (at < 0) break;
      parts.push({ text: text.slice(from, at), role }, { text: text.slice(at, at + search.length), role: 'lit' });
      from = at + search.length;
    }
    parts.push({ text: text.slice(from), role });
    return parts;
  });
}

/** A line as the terminal takes it, in at most `cells`. */
export function painted(spans: Line, cells: number, theme: Theme): string {
  let text = '';
  for (const each of fitLine(spans, cells)) {
    const shown = theme.isAscii ? safely(each.text) : each.text;
    const look = lookOf(each.role, theme);
    text += look === '' || shown === '' ? shown : `\x1b[${look}m${shown}\x1b[0m`;
  }
  return text;
}

/**
 * Text of a capture holds letters that some terminals draw two cells wide where others take one; those
 * that are two cells wide in all of them stay. UAX #11.
 */
function safely(text: string): string {
  const plain = inAscii(text);
  if (/^[ -~]*$/.test(plain)) return plain;
  return Array.from(GRAPHEMES.segment(plain), ({ segment }) => {
    const cells = cellsOf(segment);
    return /^[ -~]$/.test(segment) || cells > 1 ? segment : '?'.repeat(cells);
  }).join('');
}

const GRAPHEMES = new Intl.Segmenter();
