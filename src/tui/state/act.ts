/** What each action does on the screen that is shown. */
import { packetNumberOf } from '../../facts/packet-reference.js';
import { parseFilter } from '../../filter/parse.js';
import { groupKey } from '../../findings/group.js';
import { SORT_COLUMNS } from '../../pipeline/explore/protocol.js';
import type { Ladder, LadderRow } from '../../report/ladder/ladder.js';
import { endpointText } from '../../text/address.js';
import type { Action } from '../keys.js';
import { moveBytes } from './byte-pane.js';
import type { TuiData } from './data.js';
import { type Effect, NO_EFFECTS } from './effect.js';
import { listRows } from './geometry.js';
import { ladderFor, placeOfPacket } from './ladder-rows.js';
import { AT_TOP, type ListMove, moved, scrolled } from './list-viewport.js';
import { HELP_MENU } from './menu.js';
import { copyMenu, exportMenu } from './menus.js';
import { fieldRows } from './packet-fields.js';
import { countOf } from './places.js';
import { promptOf } from './prompt.js';
import { FINDING_SORTS, findingRows, SERVER_SORTS, serverRows } from './rows.js';
import { nextMatch } from './search.js';
import {
  type FindingLevel,
  isViewLevel,
  type LadderLevel,
  type LadderTimes,
  type Level,
  NO_FILTER,
  onView,
  type PacketLevel,
  popped,
  pushed,
  type TuiState,
  topOf,
  withTop,
} from './state.js';
import { textHeight, textLineCount } from './text-lines.js';
import type { Step, Surroundings } from './update.js';

const PAN_CELLS = 8;

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

function only(state: TuiState): Step {
  return { state, effects: NO_EFFECTS };
}

const NEXT_TIMES: Readonly<Record<LadderTimes, LadderTimes>> = {
  'since-start': 'since-before',
  'since-before': 'of-day',
  'of-day': 'since-start',
};

function movedTop(state: TuiState, move: ListMove, around: Surroundings): TuiState {
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

function opened(state: TuiState, data: TuiData): TuiState {
  const top = topOf(state);
  switch (top.place) {
    case 'overview':
      return openFinding(state, data.findings[top.list.cursor]);
    case 'findings':
      return openFinding(state, findingRows(top, data, state.marks)[top.list.cursor]);
    case 'finding':
      return openOccurrence(state, top, top.list.cursor, data);
    case 'connections': {
      if (data.connectionCount === 0) return state;
      const row = data.index.row(data.connectionAt(top.list.cursor));
      return pushed(state, ladderLevel(row.stream, null));
    }
    case 'servers': {
      const server = serverRows(top, data)[top.list.cursor];
      if (server === undefined) return state;
      // The pauses of its connections, the longest first: what its time-out is seen by.
      const typed = `server:${endpointText(server)}`;
      const filter = { typed, filter: parseFilter(typed).filter ?? NO_FILTER.filter };
      const { connections } = state.views;
      const views = {
        ...state.views,
        connections: { ...connections, filter, sort: 'idle', isReversed: true, list: AT_TOP },
      };
      return onView({ ...state, views }, 'connections');
    }
    case 'ladder': {
      const ladder = ladderFor(top, data, state.isRevealing);
      if (ladder === null) return withTop(state, { ...top, isOpening: true });
      return openPacket(state, ladder, ladder.rows[top.list.cursor]);
    }
    case 'packet': {
      const loaded = data.packet(top.packet);
      const field = loaded?.state === 'here' ? fieldRows(loaded.value, top.closed)[top.list.cursor] : undefined;
      return field === undefined ? state : withTop(state, turnedField(top, field.path));
    }
    case 'stream':
    case 'text':
      return state;
    default: {
      const never: never = top;
      return never;
    }
  }
}

function openFinding(state: TuiState, finding: ReturnType<TuiData['findingOf']> | undefined): TuiState {
  if (finding === null || finding === undefined) return state;
  return pushed(state, {
    place: 'finding',
    finding: groupKey(finding),
    list: AT_TOP,
    top: 0,
    pane: 'occurrences',
    search: '',
  });
}

function openOccurrence(state: TuiState, { finding }: FindingLevel, index: number, data: TuiData): TuiState {
  const occurrence = data.findingOf(finding)?.evidence[index];
  return occurrence === undefined ? state : pushed(state, ladderLevel(occurrence.stream, { finding, index }));
}

/** A ladder that nobody has looked at. */
export function ladderLevel(stream: number, occurrence: LadderLevel['occurrence']): LadderLevel {
  return {
    place: 'ladder',
    stream,
    occurrence,
    list: AT_TOP,
    isAll: false,
    hasAcknowledgements: true,
    hasLegs: true,
    times: 'since-start',
    search: '',
    isPlaced: false,
    isOpening: false,
  };
}

/** Goes on to the packet of a row; other rows have none. */
export function openPacket(state: TuiState, { streams }: Ladder, row: LadderRow | undefined): TuiState {
  if (row?.kind !== 'message') return state;
  // Between the first two lifelines runs the first connection.
  const stream = streams[Math.min(row.from, row.to)] ?? streams[0] ?? 0;
  return pushed(state, packetLevel(row.packet, stream));
}

/** A packet that nobody has looked at. */
export function packetLevel(packet: number, stream: number): PacketLevel {
  return { place: 'packet', packet, stream, list: AT_TOP, closed: new Set(), pane: 'fields', byteTop: null };
}

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

function panned(state: TuiState, action: 'left' | 'right', data: TuiData): TuiState {
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

function turnedField(level: PacketLevel, path: string): PacketLevel {
  const closed = new Set(level.closed);
  if (!closed.delete(path)) closed.add(path);
  return { ...level, closed };
}

function otherPane(state: TuiState): TuiState {
  const top = topOf(state);
  if (top.place === 'finding')
    return withTop(state, { ...top, pane: top.pane === 'argument' ? 'occurrences' : 'argument' });
  if (top.place === 'packet') return withTop(state, { ...top, pane: top.pane === 'fields' ? 'bytes' : 'fields' });
  return state;
}

function otherOccurrence(state: TuiState, by: 1 | -1, data: TuiData): TuiState {
  const top = topOf(state);
  if (top.place === 'finding') {
    const cursor = top.list.cursor + by;
    return withTop(state, { ...top, list: { ...top.list, cursor } });
  }
  if (top.place !== 'ladder' || top.occurrence === null) return state;
  const { finding } = top.occurrence;
  const index = top.occurrence.index + by;
  const occurrence = data.findingOf(finding)?.evidence[index];
  if (occurrence === undefined) return state;
  const level = {
    ...ladderLevel(occurrence.stream, { finding, index }),
    isAll: top.isAll,
    times: top.times,
    hasLegs: top.hasLegs,
  };
  // The list behind it goes along.
  const stack = state.stack.map((each) =>
    each.place === 'finding' && each.finding === finding ? { ...each, list: { ...each.list, cursor: index } } : each,
  ) as unknown as TuiState['stack'];
  return withTop({ ...state, stack }, level);
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

function otherPacket(state: TuiState, by: 1 | -1, data: TuiData): TuiState {
  const top = topOf(state);
  if (top.place !== 'packet') return state;
  const loaded = data.conversation(top.stream);
  if (loaded?.state !== 'here') return state;
  const { packets } = loaded.value;
  const at = packets.findIndex(({ packet }) => packet === top.packet);
  const next = packets[at + by];
  if (at < 0 || next === undefined) return state;
  const status = { text: `packet ${packetNumberOf(next.packet)}: ${at + by + 1} of ${packets.length}`, isError: false };
  return withTop({ ...state, status }, { ...top, packet: next.packet, byteTop: null });
}
