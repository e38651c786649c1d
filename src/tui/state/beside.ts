/** From one occurrence or packet to the one beside it, without going back to the list. */
import { packetNumberOf } from '../../facts/packet-reference.js';
import type { TuiData } from './data.js';
import { ladderLevel } from './open.js';
import { type TuiState, topOf, withTop } from './state.js';

/** The next or previous occurrence of the finding that is looked at. */
export function otherOccurrence(state: TuiState, by: 1 | -1, data: TuiData): TuiState {
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

/** The next or previous packet of the conversation. */
export function otherPacket(state: TuiState, by: 1 | -1, data: TuiData): TuiState {
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
