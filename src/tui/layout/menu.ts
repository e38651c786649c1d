/** Menus and the help screen: lines that take the place of the body's. */
import { manyText } from '../../text/size.js';
import { cellsOf, wrapText } from '../../text/width.js';
import { keyText } from '../key-text.js';
import { KEYS, type KeyBinding, keysOn, type OwnKeys, type Place } from '../keys.js';
import type { Menu } from '../state/menu.js';
import { topOf } from '../state/state.js';
import type { Context } from './context.js';
import { EMPTY_LINE, type Line, line, selectedLine, span } from './line.js';

const KEY_CELLS = 18;
const FOR_SCREEN_READERS = ' For screen readers: pcapdx report CAPTURE is the same in plain text.';

/** The lines of a menu in `rows` rows. */
export function menuLines(menu: Menu, rows: number, context: Context, own: OwnKeys): readonly Line[] {
  if (menu.help !== null) return helpLines(menu.help, rows, context, own);
  const { columns } = context.state.size;
  const lines: Line[] = [line(` ${menu.title}`, 'strong'), EMPTY_LINE];
  const room = rows - lines.length;
  const from = Math.max(0, Math.min(menu.cursor - room + 1, menu.entries.length - room));
  for (const [index, { key, label }] of menu.entries.slice(from, from + room).entries()) {
    const isSelected = from + index === menu.cursor;
    const row: Line = [span(isSelected ? context.theme.glyphs.cursor : ' '), span(` ${key}  `, 'strong'), span(label)];
    lines.push(isSelected ? selectedLine(row, columns) : row);
  }
  return lines;
}

/** The last line while a menu is open. */
export function menuKeyLine(menu: Menu, isAscii: boolean): Line {
  const [up, down, enter] = ['up', 'down', 'enter'].map((key) => keyText(key, isAscii));
  const keys: readonly (readonly [string, string])[] =
    menu.help === null
      ? [
          [`${enter} or the letter`, 'choose'],
          [`${up} ${down}`, 'move'],
          ['Esc', 'close'],
        ]
      : [
          ['a word or key', 'find'],
          [`${up} ${down} PgUp PgDn`, 'scroll'],
          ['Esc', 'close'],
        ];
  return keys.flatMap(([key, does]) => [span(` ${key}`, 'strong'), span(` ${does} `)]);
}

/** The keys of the screen, then all others; typing finds some. */
function helpLines(help: NonNullable<Menu['help']>, rows: number, context: Context, own: OwnKeys): Line[] {
  const { place } = topOf(context.state);
  const here = keysOn(place, own);
  const known = new Set(here.map(({ action, help: text }) => `${action} ${text}`));
  const others = KEYS.filter(({ action, help: text }) => !known.has(`${action} ${text}`));
  const wanted = help.search.toLowerCase();
  const rowsOf = (bindings: readonly KeyBinding[], isElsewhere: boolean): Line[] =>
    bindings
      .map(({ action, keys, help: text, short = '', on = [] }) => ({
        keys: (own[action] ?? keys).map((key) => keyText(key, context.theme.isAscii)).join(' '),
        short,
        where: isElsewhere ? `${on.map((each) => PLACE_NAMES[each]).join(', ')}: ` : '',
        text,
      }))
      .filter(({ keys, short, where, text }) => `${keys} ${short} ${where}${text}`.toLowerCase().includes(wanted))
      .flatMap(({ keys, where, text }) => {
        const name = span(` ${keys}${' '.repeat(Math.max(1, KEY_CELLS - cellsOf(keys)))}`, 'strong');
        const room = context.state.size.columns - cellsOf(name.text) - 1;
        if (cellsOf(where) + cellsOf(text) <= room) return [[name, span(where, 'dim'), span(text)]];
        const [first = '', ...others] = wrapText(where + text, room);
        return [[name, span(first)], ...others.map((other) => line(' '.repeat(KEY_CELLS + 1) + other))];
      });
  const section = (title: string, bindings: readonly KeyBinding[], isElsewhere: boolean): Line[] => {
    const found = rowsOf(bindings, isElsewhere);
    return found.length === 0 ? [] : [line(title, 'strong'), ...found, EMPTY_LINE];
  };
  const found = [...section(' On this screen', here, false), ...section(' On other screens', others, true)];
  const all: Line[] = [
    ...(found.length === 0 ? [line(' no key does that', 'dim'), EMPTY_LINE] : found),
    ...wrapText(FOR_SCREEN_READERS, context.state.size.columns - 1, 1).map((each) => line(each, 'dim')),
  ];
  const room = rows - 1;
  const top = Math.max(0, Math.min(help.top, all.length - room));
  const left = all.length - top - room;
  const search: Line = [
    span(' Keys   type to find one: ', 'dim'),
    span(help.search, 'notice'),
    span(left > 0 ? `   ${manyText(left, 'more line')} below` : '', 'dim'),
  ];
  return [search, ...all.slice(top, top + room)];
}

const PLACE_NAMES: Readonly<Record<Place, string>> = {
  overview: 'overview',
  findings: 'findings',
  finding: 'finding',
  connections: 'connections',
  servers: 'servers',
  ladder: 'ladder',
  packet: 'packet',
  stream: 'plaintext',
  text: 'text',
};
