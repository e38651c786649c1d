/** What each action does on the screen that is shown. */
import { SORT_COLUMNS } from '../../pipeline/explore/protocol.js';
import type { Action } from '../keys.js';
import { otherOccurrence, otherPacket } from './beside.js';
import type { TuiData } from './data.js';
import type { Effect } from './effect.js';
import { ladderFor, placeOfPacket } from './ladder-rows.js';
import { AT_TOP, type ListMove } from './list-viewport.js';
import { HELP_MENU } from './menu.js';
import { copyMenu, exportMenu } from './menus.js';
import { movedTop, panned } from './move.js';
import { opened } from './open.js';
import { promptOf } from './prompt.js';
import { FINDING_SORTS, findingRows, SERVER_SORTS } from './rows.js';
import { nextMatch } from './search.js';
import {
  isViewLevel,
  type LadderLevel,
  type LadderTimes,
  type Level,
  NO_FILTER,
  onView,
  popped,
  pushed,
  type TuiState,
  topOf,
  withTop,
} from './state.js';
import { only, type Step, type Surroundings } from './step.js';

const MOVES: Partial<Record<Action, ListMove>> = {
  up: 'up',
  down: 'down',
  'half-up': 'half-up',
  'half-down': 'half-down',
  'page-up': 'page-up',
  'page-down': 'page-down',
  top: 'top',
  bottom: 'bottom',
};

/** See the head of this file. */
export function act(state: TuiState, action: Action, around: Surroundings): Step {
  const move = MOVES[action];
  if (move !== undefined) return only(movedTop(state, move, around));
  const top = topOf(state);
  const { data } = around;
  switch (action) {
    case 'open':
      return only(opened(state, data));
    case 'back':
      return back(state);
    case 'leave':
      return only(popped(state));
    case 'quit':
      return { state, effects: [{ kind: 'quit' }] };
    case 'repaint':
      return { state, effects: [{ kind: 'repaint' }] };
    case 'suspend':
      return { state, effects: [{ kind: 'suspend' }] };
    case 'view-1':
      return only(onView(state, 'overview'));
    case 'view-2':
      return only(onView(state, 'findings'));
    case 'view-3':
      return only(onView(state, 'connections'));
    case 'view-4':
      return only(onView(state, 'servers'));
    case 'left':
    case 'right':
      return only(panned(state, action, data));
    case 'pane':
      return only(otherPane(state));
    case 'previous':
    case 'next':
      return only(otherOccurrence(state, action === 'next' ? 1 : -1, data));
    case 'sort':
    case 'reverse':
      return only(sorted(state, action === 'reverse'));
    case 'filter':
      return only(prompted(state));
    case 'next-match':
    case 'previous-match':
      return only(nextMatch(state, action === 'next-match' ? 1 : -1, around));
    case 'copy':
      return only({ ...state, menu: copyMenu(state, around) });
    case 'export':
      return only({ ...state, menu: exportMenu(state, around) });
    case 'mark':
      return only(marked(state, data));
    case 'explain':
      return explained(state, data);
    case 'unseen':
      return { state, effects: [{ kind: 'unseen' }] };
    case 'help':
      return only({ ...state, menu: HELP_MENU });
    case 'all-packets':
      return only(
        top.place === 'ladder' ? turned(state, top, { isAll: !top.isAll, hasAcknowledgements: true }, data) : state,
      );
    case 'acknowledgements': {
      if (top.place !== 'ladder') return only(state);
      const hasAcknowledgements = top.isAll ? !top.hasAcknowledgements : false;
      return only(turned(state, top, { isAll: true, hasAcknowledgements }, data));
    }
    case 'times':
      return only(top.place === 'ladder' ? withTop(state, { ...top, times: NEXT_TIMES[top.times] }) : state);
    case 'mermaid':
      return { state, effects: [{ kind: 'copy-mermaid' }] };
    case 'legs':
      return only(top.place === 'ladder' ? withTop(state, { ...top, hasLegs: !top.hasLegs, isPlaced: false }) : state);
    case 'follow':
      return only(followed(state, data));
    case 'reveal':
      return only({ ...state, isRevealing: !state.isRevealing });
    case 'next-packet':
    case 'previous-packet':
      return only(otherPacket(state, action === 'next-packet' ? 1 : -1, data));
    default:
      return only(state);
  }
}

const NEXT_TIMES: Readonly<Record<LadderTimes, LadderTimes>> = {
  'since-start': 'since-before',
  'since-before': 'of-day',
  'of-day': 'since-start',
};

/** Esc closes what is open, then clears the filter, then goes back; on a view, while reading, it stops that. */
function back(state: TuiState): Step {
  const top = topOf(state);
  if ('search' in top && top.search !== '') return only(withTop(state, { ...top, search: '' }));
  if ('filter' in top && top.filter.typed !== '')
    return only(withTop(state, { ...top, filter: NO_FILTER, list: AT_TOP }));
  if (!isViewLevel(top)) return only(popped(state));
  const { isDone, isStopped } = state.reading;
  if (isDone || isStopped) return only(state);
  const stopping: Effect = { kind: 'stop-reading' };
  const status = { text: 'reading was stopped; what was read stays', isError: false };
  return { state: { ...state, reading: { ...state.reading, isStopped: true }, status }, effects: [stopping] };
}

function otherPane(state: TuiState): TuiState {
  const top = topOf(state);
  if (top.place === 'finding')
    return withTop(state, { ...top, pane: top.pane === 'argument' ? 'occurrences' : 'argument' });
  if (top.place === 'packet') return withTop(state, { ...top, pane: top.pane === 'fields' ? 'bytes' : 'fields' });
  return state;
}

function sorted(state: TuiState, isReversing: boolean): TuiState {
  const top = topOf(state);
  if (!('sort' in top)) return state;
  if (isReversing) return withTop(state, { ...top, isReversed: !top.isReversed, list: AT_TOP });
  const columns: readonly string[] =
    top.place === 'findings' ? FINDING_SORTS : top.place === 'servers' ? SERVER_SORTS : SORT_COLUMNS;
  const sort = columns[(columns.indexOf(top.sort) + 1) % columns.length] ?? top.sort;
  return withTop(state, { ...top, sort, list: AT_TOP });
}

function prompted(state: TuiState): TuiState {
  const top = topOf(state);
  if ('filter' in top) {
    const line = promptOf(top.filter.typed, state.filterHistory);
    return { ...state, prompt: { kind: 'filter', line, error: null, before: top.filter, offer: null } };
  }
  if ('search' in top) return { ...state, prompt: { kind: 'search', line: promptOf('', state.searchHistory) } };
  return state;
}

function marked(state: TuiState, data: TuiData): TuiState {
  const top = topOf(state);
  let mark: string | undefined;
  if (top.place === 'findings') mark = findingRows(top, data, state.marks)[top.list.cursor]?.id;
  else if (top.place === 'connections' && data.connectionCount > 0)
    mark = `stream ${data.index.row(data.connectionAt(top.list.cursor)).stream}`;
  if (mark === undefined) return state;
  const marks = new Set(state.marks);
  if (!marks.delete(mark)) marks.add(mark);
  const level = topOf(state);
  const next = 'list' in level ? { ...level, list: { ...level.list, cursor: level.list.cursor + 1 } } : level;
  return withTop({ ...state, marks }, next as Level);
}

function explained(state: TuiState, data: TuiData): Step {
  const top = topOf(state);
  const finding =
    top.place === 'finding'
      ? data.findingOf(top.finding)
      : top.place === 'findings'
        ? findingRows(top, data, state.marks)[top.list.cursor]
        : data.findings['list' in top ? top.list.cursor : 0];
  if (finding === undefined || finding === null) return only(state);
  return { state, effects: [{ kind: 'explain', rule: finding.rule }] };
}

/** Other rows of the same ladder: the cursor stays at its packet. */
function turned(state: TuiState, level: LadderLevel, by: Partial<LadderLevel>, data: TuiData): TuiState {
  const row = ladderFor(level, data, state.isRevealing)?.rows[level.list.cursor];
  const next = { ...level, ...by };
  const ladder = ladderFor(next, data, state.isRevealing);
  if (row?.kind !== 'message' || ladder === null) return withTop(state, next);
  const cursor = placeOfPacket(ladder, row.packet);
  return withTop(state, { ...next, list: { cursor, top: cursor - (level.list.cursor - level.list.top) } });
}

function followed(state: TuiState, data: TuiData): TuiState {
  const top = topOf(state);
  let stream: number | null = null;
  if (top.place === 'ladder' || top.place === 'packet') stream = top.stream;
  else if (top.place === 'connections' && data.connectionCount > 0)
    stream = data.index.row(data.connectionAt(top.list.cursor)).stream;
  return stream === null ? state : pushed(state, { place: 'stream', stream, top: 0, search: '' });
}
