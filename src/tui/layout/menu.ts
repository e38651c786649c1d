/** Menus and the help screen: lines that take the place of the body's. */
import { cellsOf } from '../../text/width.js';
import { KEYS, keysOn, keyText, type OwnKeys } from '../keys.js';
import type { Menu } from '../state/menu.js';
import { topOf } from '../state/state.js';
import type { Context } from './context.js';
import { EMPTY_LINE, type Line, line, selectedLine, span } from './line.js';

const KEY_CELLS = 18;

/** The lines of a menu in `rows` rows. */
export function menuLines(menu: Menu, rows: number, context: Context, own: OwnKeys): readonly Line[] {
  if (menu.help !== null) return helpLines(menu.help, rows, context, own);
  const { columns } = context.state.size;
  const lines: Line[] = [line(` ${menu.title}`, 'strong'), EMPTY_LINE];
  const room = rows - lines.length - 2;
  const from = Math.max(0, Math.min(menu.cursor - room + 1, menu.entries.length - room));
  for (const [index, { key, label }] of menu.entries.slice(from, from + room).entries()) {
    const isSelected = from + index === menu.cursor;
    const row: Line = [span(isSelected ? context.theme.glyphs.cursor : ' '), span(` ${key}  `, 'strong'), span(label)];
    lines.push(isSelected ? selectedLine(row, columns) : row);
  }
  lines.push(EMPTY_LINE, line(` the letter or ${keyText('enter', context.theme.isAscii)} chooses, Esc closes`, 'dim'));
  return lines;
}

/** The keys of the screen, then all others; typing finds some. */
function helpLines(help: NonNullable<Menu['help']>, rows: number, context: Context, own: OwnKeys): Line[] {
  const { place } = topOf(context.state);
  const here = keysOn(place, own);
  const known = new Set(here.map(({ action, help: text }) => `${action} ${text}`));
  const others = KEYS.filter(({ action, help: text }) => !known.has(`${action} ${text}`));
  const wanted = help.search.toLowerCase();
  const rowsOf = (bindings: readonly (typeof KEYS)[number][]): Line[] =>
    bindings
      .map(({ action, keys, help: text }) => ({
        keys: (own[action] ?? keys).map((key) => keyText(key, context.theme.isAscii)).join(' '),
        text,
      }))
      .filter(({ keys, text }) => wanted === '' || `${keys} ${text}`.toLowerCase().includes(wanted))
      .map(({ keys, text }) => [
        span(` ${keys}${' '.repeat(Math.max(1, KEY_CELLS - cellsOf(keys)))}`, 'strong'),
        span(text),
      ]);
  const section = (title: string, bindings: readonly (typeof KEYS)[number][]): Line[] => {
    const found = rowsOf(bindings);
    return found.length === 0 ? [] : [line(title, 'strong'), ...found, EMPTY_LINE];
  };
  const found = [...section(' On this screen', here), ...section(' On others', others)];
  const all: Line[] = [
    ...(found.length === 0 ? [line(' no key does that', 'dim'), EMPTY_LINE] : found),
    line(' For screen readers: pcapdx report CAPTURE is the same in plain text.', 'dim'),
  ];
  const search: Line = [
    span(' Keys   type to find one: ', 'dim'),
    span(help.search, 'notice'),
    span('   Esc closes', 'dim'),
  ];
  const room = rows - 1;
  const top = Math.max(0, Math.min(help.top, all.length - room));
  return [search, ...all.slice(top, top + room)];
}
