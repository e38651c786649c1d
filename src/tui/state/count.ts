/** Digits before G: `123G` goes to packet 123, or in lists of connections to stream 123. */
import { type PacketReference, packetNumberOf } from '../../facts/packet-reference.js';
import { listRows } from './geometry.js';
import { ladderFor, placeOfPacket } from './ladder-rows.js';
import { within } from './list-viewport.js';
import { type Level, onView, type TuiState, topOf, withTop } from './state.js';
import type { Surroundings } from './step.js';

const MAX_DIGITS = 12;
const VIEWS = ['overview', 'findings', 'connections', 'servers'] as const;

/**
 * What a digit, or a G behind some, leads to; `null`: the key is another.
 *
 * On a view the first digit may be a view's own key, so it is taken for that at once; a second one
 * shows that a number was meant, and brings back what was there. A 0 before it is none's: `04G`.
 */
export function countKey(state: TuiState, key: string, around: Surroundings): TuiState | null {
  const { count } = state;
  // After a single digit that is a view's key, G is that view's.
  if (count !== null && key === 'G' && isViewKey(count.digits)) return null;
  if (count !== null && key === 'G') {
    const [view, ...rest] = count.before;
    const back = view === undefined ? state : ({ ...state, stack: [view, ...rest], count: null } as TuiState);
    return goTo(back, Number(count.digits), around);
  }
  if (!/^\d$/.test(key) || (count === null && key === '0' && !hasNumbers(topOf(state)))) return null;
  // Where rows have no numbers a second digit is the key of a view like the first.
  if (count !== null && hasNumbers(count.before.at(-1) ?? topOf(state))) {
    const [view, ...rest] = count.before;
    const digits = `${count.digits}${key}`.slice(0, MAX_DIGITS);
    const counting = { ...state, count: { ...count, digits } };
    return view === undefined ? counting : ({ ...counting, stack: [view, ...rest] } as TuiState);
  }
  const counting: TuiState = { ...state, count: { digits: key, before: state.stack } };
  const view = VIEWS[Number(key) - 1];
  return view === undefined ? counting : onView(counting, view);
}

/** Whether a number names a row there. */
function hasNumbers({ place }: Level): boolean {
  return place === 'connections' || place === 'ladder';
}

/** Whether the digits are the key of a view rather than a number. */
export function isViewKey(digits: string): boolean {
  return digits.length === 1 && VIEWS[Number(digits) - 1] !== undefined;
}

/** The state with no number being typed. */
export function withoutCount(state: TuiState): TuiState {
  return state.count === null ? state : { ...state, count: null };
}

function goTo(state: TuiState, number: number, { data }: Surroundings): TuiState {
  const top = topOf(state);
  switch (top.place) {
    case 'connections': {
      const row = data.index.rowOfStream(number);
      const place = row === null ? -1 : (data.order?.indexOf(row) ?? row);
      if (place < 0) return { ...state, status: { text: `no stream ${number} in this list`, isError: true } };
      return cursorAt(state, place, data.connectionCount);
    }
    case 'ladder': {
      const ladder = ladderFor(top, data, state.isRevealing);
      if (ladder === null) return state;
      return cursorAt(
        state,
        placeOfPacket(ladder, referenceOf(number, data.conversation(top.stream))),
        ladder.rows.length,
      );
    }
    default:
      return state;
  }
}

/** In a run over several captures the packet of that number in the capture that the connection begins in. */
function referenceOf(number: number, loaded: ReturnType<Surroundings['data']['conversation']>): PacketReference {
  if (loaded?.state !== 'here') return number;
  const first = loaded.value.connection.firstPacket;
  return first - packetNumberOf(first) + number;
}

function cursorAt(state: TuiState, cursor: number, count: number): TuiState {
  const top = topOf(state);
  if (!('list' in top)) return state;
  const height = listRows(top, state.size, count);
  return withTop(state, { ...top, list: within({ cursor, top: cursor - Math.floor(height / 2) }, count, height) });
}
