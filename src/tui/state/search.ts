/** Search in text and ladders: the next line that holds a word. */
import { packetNumberOf } from '../../facts/packet-reference.js';
import { countText } from '../../text/size.js';
import type { TuiData } from './data.js';
import { ladderFor } from './ladder-rows.js';
import { type TuiState, topOf, withTop } from './state.js';
import type { Surroundings } from './step.js';
import { textHeight, textLines } from './text-lines.js';

/** Where the words are that are searched for: numbers of lines or rows. */
function matchesIn(state: TuiState, data: TuiData, search: string): readonly number[] {
  const top = topOf(state);
  const wanted = search.toLowerCase();
  const found: number[] = [];
  if (top.place === 'ladder') {
    for (const [index, row] of (ladderFor(top, data, state.isRevealing)?.rows ?? []).entries()) {
      if (row.kind !== 'message') continue;
      const text = `#${packetNumberOf(row.packet)} ${row.label} ${row.note ?? ''}`;
      if (text.toLowerCase().includes(wanted)) found.push(index);
    }
    return found;
  }
  for (const [index, spans] of textLines(state, { data }).entries()) {
    const text = spans.map((each) => each.text).join('');
    if (text.toLowerCase().includes(wanted)) found.push(index);
  }
  return found;
}

/** The next match from where one stands, round the end. */
export function nextMatch(state: TuiState, by: 1 | -1, around: Surroundings): TuiState {
  const top = topOf(state);
  if (!('search' in top) || top.search === '') return state;
  const found = matchesIn(state, around.data, top.search);
  const from = top.place === 'ladder' ? top.list.cursor : top.top;
  const next =
    by > 0 ? (found.find((at) => at > from) ?? found[0]) : (found.findLast((at) => at < from) ?? found.at(-1));
  if (next === undefined) return { ...state, status: { text: `not found: ${top.search}`, isError: true } };
  const place = found.indexOf(next) + 1;
  const status = { text: `${top.search}: match ${countText(place)} of ${countText(found.length)}`, isError: false };
  return stoodAt({ ...state, status }, next, around);
}

/** Begins a search: the first match from where one stands. */
export function searched(state: TuiState, search: string, around: Surroundings): TuiState {
  const top = topOf(state);
  if (!('search' in top)) return state;
  const searching = withTop(state, { ...top, search });
  if (search === '') return searching;
  const found = matchesIn(searching, around.data, search);
  const from = top.place === 'ladder' ? top.list.cursor : top.top;
  const first = found.find((at) => at >= from) ?? found[0];
  if (first === undefined) return { ...searching, status: { text: `not found: ${search}`, isError: true } };
  const text = `${search}: ${countText(found.length)} ${found.length === 1 ? 'match' : 'matches'}, n and N go on`;
  return stoodAt({ ...searching, status: { text, isError: false } }, first, around);
}

function stoodAt(state: TuiState, at: number, { data }: Surroundings): TuiState {
  const top = topOf(state);
  if (top.place === 'ladder') return withTop(state, { ...top, list: { ...top.list, cursor: at } });
  if (!('top' in top)) return state;
  const lowest = Math.max(0, textLines(state, { data }).length - textHeight(state, data));
  return withTop(state, { ...top, top: Math.min(at, lowest) });
}
