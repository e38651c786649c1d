/** All that the application remembers beside what was read: plain, and changed by reducers alone. */

import type { PacketReference } from '../../facts/packet-reference.js';
import type { FilterError } from '../../filter/filter.js';
import { EVERYTHING, type Filter } from '../../filter/filter.js';
import type { Progress } from '../../pipeline/read-captures.js';
import type { ExportChoice } from './export-choice.js';
import { AT_TOP, type ListViewport } from './list-viewport.js';
import type { Menu } from './menu.js';
import type { PromptState } from './prompt.js';

/** The terminal, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A filter that is in force: as typed, and read. */
export interface AppliedFilter {
  readonly typed: string;
  readonly filter: Filter;
}

/** Everything is shown. */
export const NO_FILTER: AppliedFilter = { typed: '', filter: EVERYTHING };

/** What lists of rows have in common. */
interface ListLevel {
  readonly list: ListViewport;
  readonly filter: AppliedFilter;
  /** A column of the list, by which it is in order. */
  readonly sort: string;
  readonly isReversed: boolean;
  /** Cells that rows are moved to the left. */
  readonly pan: number;
}

/** The first view: what failed. */
export interface OverviewLevel {
  readonly place: 'overview';
  readonly list: ListViewport;
}

/** The findings as a table. */
export interface FindingsLevel extends ListLevel {
  readonly place: 'findings';
}

/** All connections. */
export interface ConnectionsLevel extends ListLevel {
  readonly place: 'connections';
}

/** All servers. */
export interface ServersLevel extends ListLevel {
  readonly place: 'servers';
}

/** One finding: its argument, its occurrences. */
export interface FindingLevel {
  readonly place: 'finding';
  /** Its rule, server and title: what it is known by while reading goes on and ids may change. */
  readonly finding: FindingKey;
  /** The occurrences. */
  readonly list: ListViewport;
  /** First line of the argument that is drawn. */
  readonly top: number;
  readonly pane: 'argument' | 'occurrences';
  readonly search: string;
}

/** One connection packet by packet. */
export interface LadderLevel {
  readonly place: 'ladder';
  readonly stream: number;
  /** The occurrence that it shows; `null`: opened from the connections. */
  readonly occurrence: { readonly finding: FindingKey; readonly index: number } | null;
  readonly list: ListViewport;
  readonly isAll: boolean;
  readonly hasAcknowledgements: boolean;
  /** The other leg of a proxy is shown beside it, where it is known. */
  readonly hasLegs: boolean;
  readonly times: LadderTimes;
  readonly search: string;
  /** The cursor was put on the packet that matters. */
  readonly isPlaced: boolean;
  /** Enter was pressed before the packets were here: the packet is opened when they are. */
  readonly isOpening: boolean;
}

/** What stands beside each row of a ladder. */
export type LadderTimes = 'since-start' | 'since-before' | 'of-day';

/** One packet: its fields, its bytes. */
export interface PacketLevel {
  readonly place: 'packet';
  readonly packet: PacketReference;
  readonly stream: number;
  /** The fields that are shown, closed ones without what they hold. */
  readonly list: ListViewport;
  /** Paths of fields that the user has turned: closed where they are open at first, opened where they are not. */
  readonly closed: ReadonlySet<string>;
  readonly pane: 'fields' | 'bytes';
  /** First row of bytes drawn; `null`: the selected field's. */
  readonly byteTop: number | null;
}

/** What both sides of a connection said. */
export interface StreamLevel {
  readonly place: 'stream';
  readonly stream: number;
  readonly top: number;
  readonly search: string;
}

/** A text to read: a rule explained, what was not seen. */
export interface TextLevel {
  readonly place: 'text';
  readonly title: string;
  /** Paragraphs: wrapped to the width. */
  readonly paragraphs: readonly string[];
  readonly top: number;
  readonly search: string;
}

/** A screen and where one stands in it. */
export type Level =
  | OverviewLevel
  | FindingsLevel
  | FindingLevel
  | ConnectionsLevel
  | ServersLevel
  | LadderLevel
  | PacketLevel
  | StreamLevel
  | TextLevel;

/** The four levels that keys 1 to 4 lead to. */
export type ViewLevel = OverviewLevel | FindingsLevel | ConnectionsLevel | ServersLevel;
/** The name of one of them. */
export type ViewName = ViewLevel['place'];

/** Tells a finding from all others, whatever its number. */
export type FindingKey = string;

/** A line being typed, and what it is for. */
export type Prompt = { readonly line: PromptState } & (
  | {
      readonly kind: 'filter';
      /** What is wrong with it; the list keeps the filter it had. */
      readonly error: FilterError | null;
      /** What it was before. */
      readonly before: AppliedFilter;
      /** Offered by Tab: candidates in turn, and where they go. */
      readonly offer: { readonly candidates: readonly string[]; readonly at: number; readonly start: number } | null;
    }
  | { readonly kind: 'search' }
  | { readonly kind: 'file'; readonly what: ExportChoice; readonly isOverwriting: boolean }
);

/** A message on the last line, until the next key. */
export interface Status {
  readonly text: string;
  readonly isError: boolean;
}

/** How far the reading is. */
export interface Reading {
  readonly progress: Progress | null;
  readonly startedMs: number;
  /** Bytes that had been read then. */
  readonly startedBytes: number;
  readonly nowMs: number;
  readonly isDone: boolean;
  /** The user stopped it. */
  readonly isStopped: boolean;
}

/** Digits typed before G. */
export interface Count {
  readonly digits: string;
  /** Where one stood before the first digit, which may have been taken for a view. */
  readonly before: readonly Level[];
}

/** See the head of this file. */
export interface TuiState {
  readonly size: Size;
  /** From a view, at the bottom, to what is shown. Never empty. */
  readonly stack: readonly [ViewLevel, ...Level[]];
  /** The views as they were left. */
  readonly views: { readonly [V in ViewName]: Extract<ViewLevel, { place: V }> };
  readonly prompt: Prompt | null;
  readonly menu: Menu | null;
  readonly status: Status | null;
  readonly count: Count | null;
  readonly marks: ReadonlySet<string>;
  readonly filterHistory: readonly string[];
  readonly searchHistory: readonly string[];
  /** Secrets and bodies are shown. */
  readonly isRevealing: boolean;
  /** Secrets may go into the clipboard: the user said so when the application began. */
  readonly givesSecrets: boolean;
  readonly reading: Reading;
  /** Grows with whatever was read, so that what is drawn is drawn anew. */
  readonly version: number;
}

/** The application as it opens. */
export function initialState(size: Size, nowMs: number, isRevealing: boolean, filter = NO_FILTER): TuiState {
  const overview: OverviewLevel = { place: 'overview', list: AT_TOP };
  return {
    size,
    stack: [overview],
    views: {
      overview,
      findings: { place: 'findings', ...listLevel('severity', filter) },
      connections: { place: 'connections', ...listLevel('stream', filter) },
      servers: { place: 'servers', ...listLevel('conns', NO_FILTER) },
    },
    prompt: null,
    menu: null,
    status: null,
    count: null,
    marks: new Set(),
    filterHistory: filter.typed === '' ? [] : [filter.typed],
    searchHistory: [],
    isRevealing,
    givesSecrets: isRevealing,
    reading: { progress: null, startedMs: nowMs, startedBytes: 0, nowMs, isDone: false, isStopped: false },
    version: 0,
  };
}

function listLevel(sort: string, filter: AppliedFilter): ListLevel {
  return { list: AT_TOP, filter, sort, isReversed: false, pan: 0 };
}

/** What is shown. */
export function topOf({ stack }: TuiState): Level {
  return stack[stack.length - 1] ?? stack[0];
}

/** The state with what is shown in another condition. */
export function withTop(state: TuiState, level: Level): TuiState {
  const [view, ...rest] = state.stack;
  if (rest.length === 0) return isViewLevel(level) ? { ...state, stack: [level] } : state;
  return { ...state, stack: [view, ...rest.slice(0, -1), level] };
}

/** Goes deeper. */
export function pushed(state: TuiState, level: Level): TuiState {
  return { ...state, stack: [...state.stack, level] };
}

/** Comes back; on a view the same. */
export function popped(state: TuiState): TuiState {
  const [view, ...rest] = state.stack;
  return { ...state, stack: [view, ...rest.slice(0, -1)] };
}

/** A view, as it was left. */
export function onView(state: TuiState, name: ViewName): TuiState {
  const [view] = state.stack;
  const views = { ...state.views, [view.place]: view };
  return { ...state, views, stack: [views[name]] };
}

/** Whether a level is one of the four views. */
export function isViewLevel(level: Level): level is ViewLevel {
  return (
    level.place === 'overview' ||
    level.place === 'findings' ||
    level.place === 'connections' ||
    level.place === 'servers'
  );
}
