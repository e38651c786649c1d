/** What the screen that is shown needs from the thread that reads. */

import { complete } from '../filter/complete.js';
import type { SortColumn } from '../pipeline/explore/protocol.js';
import { SORT_COLUMNS } from '../pipeline/explore/protocol.js';
import { markedStreams } from './state/choice.js';
import {
  conversationKey,
  legsKey,
  orderKey,
  packetKey,
  plaintextKey,
  type TuiData,
  valuesKey,
  type Want,
} from './state/data.js';
import { occurrenceOf } from './state/ladder-rows.js';
import { type ConnectionsLevel, type LadderLevel, type TuiState, topOf } from './state/state.js';

/** In order of urgency. What was asked for before is told apart by its key. */
export function wantsOf(state: TuiState, data: TuiData): readonly Want[] {
  const top = topOf(state);
  const wants: Want[] = [];
  switch (top.place) {
    case 'connections': {
      const want = orderWant(top, state, data);
      if (want !== null) wants.push(want);
      break;
    }
    case 'ladder': {
      const kept = occurrenceOf(top, data)?.packets.map(({ packet }) => packet) ?? [];
      wants.push({ question: 'conversation', ask: { stream: top.stream, kept }, key: conversationKey(top.stream) });
      wants.push(...legWants(top, state, data));
      break;
    }
    case 'packet':
      wants.push({ question: 'packet', ask: { packet: top.packet }, key: packetKey(top.packet) });
      wants.push({
        question: 'conversation',
        ask: { stream: top.stream, kept: [top.packet] },
        key: conversationKey(top.stream),
      });
      break;
    case 'stream':
      wants.push({ question: 'plaintext', ask: { stream: top.stream }, key: plaintextKey(top.stream) });
      break;
    default:
  }
  const field = fieldTyped(state);
  if (field !== null) wants.push({ question: 'values', ask: { field }, key: valuesKey(field) });
  return wants;
}

/** Which connection the other leg is, and its packets. */
function legWants({ stream, hasLegs }: LadderLevel, { reading }: TuiState, data: TuiData): readonly Want[] {
  if (!hasLegs || !reading.isDone || data.analysis?.bothLegs !== true) return [];
  const legs = data.legs(stream);
  if (legs === null) return [{ question: 'legs', ask: { stream }, key: legsKey(stream) }];
  const other = legs.front === stream ? legs.back : legs.front;
  return [{ question: 'conversation', ask: { stream: other, kept: [] }, key: conversationKey(other) }];
}

/** `null`: the rows stand as they ended, which costs nothing, while they are still coming. */
function orderWant(level: ConnectionsLevel, state: TuiState, data: TuiData): Want | null {
  const { filter, sort, isReversed } = level;
  const isPlain = filter.typed.trim() === '' && sort === 'stream' && !isReversed;
  if (isPlain && !state.reading.isDone) return null;
  const column: SortColumn = SORT_COLUMNS.find((known) => known === sort) ?? 'stream';
  const marked = /\bmarked\b/.test(filter.typed) ? markedStreams(state) : [];
  const ask = { filter: filter.typed, sort: column, isReversed, marked };
  return { question: 'order', ask, key: orderKey(ask, data.index.size) };
}

/** The field whose value is being typed in a filter. */
function fieldTyped({ prompt }: TuiState): string | null {
  if (prompt?.kind !== 'filter') return null;
  let asked: string | null = null;
  complete(prompt.line.text, prompt.line.cursor, (field) => {
    asked = field;
    return [];
  });
  return asked;
}
