/** The cursor's ways over a screen: along its rows, through its text, into a packet's tree. */
import { moveBytes } from './byte-pane.js';
import type { TuiData } from './data.js';
import { listRows } from './geometry.js';
import { type ListMove, moved, scrolled } from './list-viewport.js';
import { fieldRows, turnedField } from './packet-fields.js';
import { countOf } from './places.js';
import { type Level, type TuiState, topOf, withTop } from './state.js';
import type { Surroundings } from './step.js';
import { textHeight, textLineCount } from './text-lines.js';

/** Cells that one key moves a wide table by. */
const PAN_CELLS = 8;

/** Up and down, by rows, half pages, pages, or to an end. */
export function movedTop(state: TuiState, move: ListMove, around: Surroundings): TuiState {
  const top = topOf(state);
  const { data } = around;
  switch (top.place) {
    case 'stream':
    case 'text':
      return withTop(state, {
        ...top,
        top: scrolled(top.top, move, textLineCount(state, around), textHeight(state, data)),
      });
    case 'finding':
      if (top.pane === 'argument' || isPage(move)) {
        const to = scrolled(top.top, move, textLineCount(state, around), textHeight(state, data));
        return withTop(state, { ...top, top: to });
      }
      break;
    case 'packet':
      if (top.pane === 'bytes') return withTop(state, moveBytes(top, move, state, data));
      break;
    default:
  }
  const count = countOf(top, state, data);
  const list = moved(top.list, move, count, listRows(top, state.size, count));
  const level = { ...top, list } as Level;
  return withTop(state, level.place === 'packet' ? { ...level, byteTop: null } : level);
}

/** What moves text even where the keys are in the list beside it. */
function isPage(move: ListMove): boolean {
  return move === 'page-up' || move === 'page-down' || move === 'half-up' || move === 'half-down';
}

/** Left and right: over a wide table, or closing and opening a packet's fields. */
export function panned(state: TuiState, action: 'left' | 'right', data: TuiData): TuiState {
  const top = topOf(state);
  if ('pan' in top) {
    const pan = Math.max(0, top.pan + (action === 'left' ? -PAN_CELLS : PAN_CELLS));
    return withTop(state, { ...top, pan });
  }
  if (top.place !== 'packet') return state;
  const loaded = data.packet(top.packet);
  const rows = loaded?.state === 'here' ? fieldRows(loaded.value, top.closed) : [];
  const field = rows[top.list.cursor];
  if (field === undefined) return state;
  const isOpen = field.node.children.length > 0 && !field.isClosed;
  if (action === 'right') return field.isClosed ? withTop(state, turnedField(top, field.path)) : state;
  if (isOpen) return withTop(state, turnedField(top, field.path));
  const parent = rows.findIndex(({ path }) => path === field.path.slice(0, Math.max(0, field.path.lastIndexOf('.'))));
  return parent < 0 ? state : withTop(state, { ...top, list: { ...top.list, cursor: parent }, byteTop: null });
}
