/** Enter: one level deeper, from a finding to its occurrence, its ladder, its packet. */
import { parseFilter } from '../../filter/parse.js';
import { groupKey } from '../../findings/group.js';
import type { Ladder } from '../../report/ladder/ladder.js';
import type { LadderRow } from '../../report/ladder/row.js';
import { endpointText } from '../../text/address.js';
import type { TuiData } from './data.js';
import { ladderFor } from './ladder-rows.js';
import { AT_TOP } from './list-viewport.js';
import { fieldRows, turnedField } from './packet-fields.js';
import { findingRows, serverRows } from './rows.js';
import {
  type FindingLevel,
  type LadderLevel,
  NO_FILTER,
  onView,
  type PacketLevel,
  pushed,
  type TuiState,
  topOf,
  withTop,
} from './state.js';

/** What Enter leads to where the cursor stands; the same state where it leads nowhere. */
export function opened(state: TuiState, data: TuiData): TuiState {
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
