/**
 * What the application does with each event: the next state, and what has to be done beyond it.
 *
 * A pure function. What is read of the data is how much there is and what it is called; drawing is
 * another matter.
 */
import type { Progress } from '../../pipeline/read-captures.js';
import { actionOf, isView } from '../keys.js';
import { act } from './act.js';
import { countKey, isViewKey, withoutCount } from './count.js';
import { type Effect, NO_EFFECTS } from './effect.js';
import { listRows } from './geometry.js';
import { ladderFor, placeOfEvidence } from './ladder-rows.js';
import { within } from './list-viewport.js';
import { menuKey } from './menu-keys.js';
import { openPacket } from './open.js';
import { countOf } from './places.js';
import { promptKey, promptPaste } from './prompt-keys.js';
import { type Size, type Status, type TuiState, topOf, withTop } from './state.js';
import { only, type Step, type Surroundings } from './step.js';

/** What happens to the application: a key, a message of the thread that reads, the end of an effect. */
export type TuiEvent =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'progress'; readonly progress: Progress; readonly nowMs: number }
  /** No key for a while: a view's key was that, and no beginning of a number. */
  | { readonly kind: 'paused' }
  /** Something was read, or an answer came. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'done' }
  /** An effect has something to say. */
  | { readonly kind: 'said'; readonly status: Status }
  /** The file of an export is there already. */
  | { readonly kind: 'exists'; readonly file: string }
  /** The file of an export is written. */
  | { readonly kind: 'written' }
  | { readonly kind: 'text'; readonly title: string; readonly paragraphs: readonly string[] };

/** See the head of this file. */
export function update(state: TuiState, event: TuiEvent, around: Surroundings): Step {
  switch (event.kind) {
    case 'key':
      return pressed({ ...state, status: null }, event.key, around);
    case 'paste':
      return only(settled(state.prompt === null ? state : promptPaste(state, event.text, around), around));
    case 'paused':
      return only(state.count !== null && isViewKey(state.count.digits) ? withoutCount(state) : state);
    case 'resized':
      return only(settled({ ...state, size: event.size }, around));
    case 'progress': {
      const { progress, nowMs } = event;
      const isFirst = state.reading.progress === null;
      const began = isFirst ? { startedMs: nowMs, startedBytes: progress.bytesRead } : {};
      const reading = { ...state.reading, ...began, progress, nowMs };
      return only(settled({ ...state, reading, version: state.version + 1 }, around));
    }
    case 'changed':
      return only(settled({ ...state, version: state.version + 1 }, around));
    case 'done': {
      const reading = { ...state.reading, isDone: true };
      return only(settled({ ...state, reading, version: state.version + 1 }, around));
    }
    case 'said':
      return only({ ...state, status: event.status });
    case 'exists':
      return only(asked(state, event.file));
    case 'written':
      return only({ ...state, prompt: null });
    case 'text':
      return only({
        ...state,
        stack: [
          ...state.stack,
          { place: 'text', title: event.title, paragraphs: event.paragraphs, top: 0, search: '' },
        ],
      });
    default: {
      const never: never = event;
      return never;
    }
  }
}

function pressed(state: TuiState, key: string, around: Surroundings): Step {
  const always = ALWAYS[key];
  if (always !== undefined) return { state, effects: [always] };
  if (state.prompt !== null) return after(promptKey(state, key, around), around);
  if (state.menu !== null) return after(menuKey(state, key, around), around);
  const counted = countKey(state, key, around);
  if (counted !== null) return after({ state: counted, effects: NO_EFFECTS }, around);
  const plain = withoutCount(state);
  const top = topOf(plain);
  const action = actionOf(key, top.place, around.keys);
  if (action === null) return only(plain);
  if (action === 'leave' && isView(top.place)) return { state: plain, effects: [{ kind: 'quit' }] };
  return after(act(plain, action, around), around);
}

/** Keys that mean the same wherever one is, prompts included. */
const ALWAYS: Readonly<Record<string, Effect>> = {
  'ctrl-c': { kind: 'quit' },
  'ctrl-l': { kind: 'repaint' },
  'ctrl-z': { kind: 'suspend' },
};

function after({ state, effects }: Step, around: Surroundings): Step {
  return { state: settled(state, around), effects };
}

/** Cursors where there are rows; a ladder that has just come stands at the packet that matters. */
function settled(state: TuiState, { data }: Surroundings): TuiState {
  const top = topOf(state);
  if (top.place === 'stream' || top.place === 'text') return state;
  if (top.place === 'ladder' && !top.isPlaced) {
    const ladder = ladderFor(top, data, state.isRevealing);
    // Rows of the other leg would move the place.
    if (ladder === null || (top.hasLegs && state.reading.isDone && data.awaitsLegs(top.stream))) return state;
    const height = listRows(top, state.size, ladder.rows.length);
    const cursor = placeOfEvidence(ladder);
    // In the middle, so that what led to it is in sight.
    const list = within({ cursor, top: cursor - Math.floor(height / 2) }, ladder.rows.length, height);
    const placed = withTop(state, { ...top, list, isPlaced: true, isOpening: false });
    return top.isOpening ? openPacket(placed, ladder, ladder.rows[cursor]) : placed;
  }
  const count = countOf(top, state, data);
  // What is on its way has no rows yet: the place one stood at is kept for it.
  if (count === 0 && (top.place === 'ladder' || top.place === 'packet')) return state;
  const list = within(top.list, count, listRows(top, state.size, count));
  return list.cursor === top.list.cursor && list.top === top.list.top ? state : withTop(state, { ...top, list });
}

/** Asks whether to write over a file. */
function asked(state: TuiState, file: string): TuiState {
  const { prompt } = state;
  if (prompt?.kind !== 'file') return state;
  return {
    ...state,
    prompt: { ...prompt, isOverwriting: true },
    status: { text: `${file}: exists already; Enter again overwrites it`, isError: true },
  };
}
