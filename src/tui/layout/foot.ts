/** The last line: the keys that are valid here, a message, or what is being typed. */
import { filterErrorText } from '../../filter/parse.js';
import { fileWord } from '../../text/shell-word.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { cellsOf } from '../../text/width.js';
import { keyText } from '../key-text.js';
import { type Action, type KeyBinding, keysOn, type OwnKeys } from '../keys.js';
import { isViewKey } from '../state/count.js';
import { cursorCells } from '../state/prompt.js';
import { findingRows, serverRows } from '../state/rows.js';
import { type Prompt, type Status, topOf } from '../state/state.js';
import type { Context } from './context.js';
import { type Line, type Span, span } from './line.js';
import { menuKeyLine } from './menu.js';

/** The keys of the screen that is shown, as many as there is room for. */
export function keyLine({ state, theme }: Context, own: OwnKeys): Line {
  const { count, status } = state;
  if (status !== null) return statusLine(status);
  if (state.menu !== null) return menuKeyLine(state.menu, theme.isAscii);
  if (count !== null && !isViewKey(count.digits))
    return [span(` ${count.digits}`, 'strong'), span('  G goes there', 'dim')];
  const bindings = keysOn(topOf(state).place, own).filter(({ short }) => short !== undefined);
  const told = bindings.map((binding) => footKey(binding, theme.isAscii));
  // The ways out have their place before any other, or they would be what a narrow terminal leaves out.
  const shown = new Set<number>();
  let left = state.size.columns - 1;
  const isWayOut = (index: number) => WAYS_OUT.has(bindings[index]?.action ?? '');
  const order = [...told.keys()].sort((one, other) => Number(isWayOut(other)) - Number(isWayOut(one)));
  for (const index of order) {
    const { cells } = told[index] ?? NO_KEY;
    if (cells > left) continue;
    left -= cells;
    shown.add(index);
  }
  return told.flatMap(({ spans }, index) => (shown.has(index) ? spans : []));
}

const WAYS_OUT: ReadonlySet<string> = new Set<Action>(['back', 'help', 'leave']);

/** A key of the footer, and the cells that it takes. */
interface FootKey {
  readonly spans: readonly Span[];
  readonly cells: number;
}

const NO_KEY: FootKey = { spans: [], cells: 0 };

/** Keys that the footer tells together with others, unless the user chose others. */
const SEVERAL: Readonly<Record<string, string>> = { 'view-1 1': '1-4', 'next ]': '[ ]' };

function footKey({ action, keys, short = '' }: KeyBinding, isAscii: boolean): FootKey {
  const [first = ''] = keys;
  const key = SEVERAL[`${action} ${first}`] ?? keyText(first, isAscii);
  return { spans: [span(` ${key}`, 'strong'), span(` ${short} `)], cells: cellsOf(key) + cellsOf(short) + 3 };
}

function statusLine({ text, isError }: Status): Line {
  return [span(` ${visible(text)}`, isError ? 'critical' : 'strong')];
}

/** The line above the last one while something is typed: what is wrong, or how much is found. */
export function promptNote({ state, data, files, theme }: Context): Line | null {
  const { prompt, status } = state;
  if (prompt !== null && status !== null) return statusLine(status);
  if (prompt?.kind !== 'filter') return null;
  const { error, line } = prompt;
  if (error !== null) {
    const text = filterErrorText(error, line.text, fileWord(files[0] ?? 'CAPTURE'));
    return [span(` ${text}`, 'critical')];
  }
  const top = topOf(state);
  if (!('filter' in top)) return null;
  const [found, all] =
    top.place === 'connections'
      ? [data.connectionCount, data.index.size]
      : top.place === 'findings'
        ? [findingRows(top, data, state.marks).length, data.findings.length]
        : [serverRows(top, data).length, data.analysis?.servers.length ?? 0];
  const [up, enter] = ['up', 'enter'].map((key) => keyText(key, theme.isAscii));
  const keys = `Tab completes   ${up} history   ${enter} keep   Esc as before`;
  return [span(` ${countText(found)} of ${countText(all)}   ${keys}`, 'dim')];
}

/** What is being typed, the first wrong part of a filter underlined, and where the cursor stands. */
export function promptLine({ state }: Context): { readonly line: Line; readonly cursor: number } | null {
  const { prompt } = state;
  if (prompt === null) return null;
  const label = labelOf(prompt);
  const { text } = prompt.line;
  const width = state.size.columns - cellsOf(label) - 2;
  const before = cursorCells(prompt.line);
  // A long line moves so that its cursor stays in sight.
  const from = before <= width ? 0 : before - width;
  const spans = prompt.kind === 'filter' && prompt.error !== null ? marked(text, prompt.error) : [span(text)];
  return { line: [span(label, 'strong'), ...cutLeft(spans, from)], cursor: cellsOf(label) + before - from };
}

function labelOf(prompt: Prompt): string {
  switch (prompt.kind) {
    case 'filter':
      return ' / ';
    case 'search':
      return ' search ';
    case 'file':
      return prompt.isOverwriting ? ' overwrite ' : ' write to ';
    default: {
      const never: never = prompt;
      return never;
    }
  }
}

function marked(text: string, { start, end }: { readonly start: number; readonly end: number }): Span[] {
  return [span(text.slice(0, start)), span(text.slice(start, end), 'error'), span(text.slice(end))];
}

function cutLeft(spans: readonly Span[], cells: number): Span[] {
  let left = cells;
  return spans.flatMap(({ text, role }) => {
    let from = 0;
    for (const character of text) {
      if (left <= 0) break;
      left -= cellsOf(character);
      from += character.length;
    }
    return from < text.length ? [span(text.slice(from), role)] : [];
  });
}
