/** What a row of a ladder says and in which colour, however it is laid out. */
import type { Ladder } from '../../report/ladder/ladder.js';
import { asideText, type LadderRow, type MessageRow, omittedText } from '../../report/ladder/row.js';
import { shortClockText } from '../../report/period.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import type { LadderLevel } from '../state/state.js';
import type { Glyphs, Role } from '../theme.js';
import type { Context } from './context.js';

/** One colour per stream of HTTP/2, as far as there are some; client's are odd, so that every other is used first. */
const STREAM_ROLES: readonly Role[] = ['client', 'notice', 'server', 'good', 'plain'];

/** The colour of a message: what it is, or whose. */
export function roleOf(row: MessageRow, { lifelines }: Ladder): Role {
  if (row.shape === 'reset' || row.shape === 'error') return 'critical';
  if (row.shape === 'retransmission') return 'warning';
  if (row.shape === 'acknowledgement') return 'dim';
  if (row.h2Stream !== null) return STREAM_ROLES[row.h2Stream % STREAM_ROLES.length] ?? 'plain';
  return lifelines[row.from]?.role === 'client' ? 'client' : 'server';
}

/** What stands in place of packets. */
export function textOf(row: Exclude<LadderRow, MessageRow>, glyphs: Glyphs): string {
  switch (row.kind) {
    case 'idle':
      return `${glyphs.gap} ${durationText(row.durationNs)} nothing`;
    case 'aside':
      return `! ${asideText(row)}`;
    case 'omitted':
      return `${glyphs.gap} ${omittedText(row.packets)}`;
    case 'gap':
      return `${countText(row.bytes)} bytes were not captured`;
    default: {
      const never: never = row;
      return never;
    }
  }
}

/** When a message was, as the level has its times; `beforeNs`: when the one before it was. */
export function timeText(row: MessageRow, beforeNs: number, level: LadderLevel, { data }: Context): string {
  switch (level.times) {
    case 'since-start':
      return secondsText(row.sinceStartNs);
    case 'since-before':
      return `+${durationText(row.atNs - beforeNs)}`;
    case 'of-day':
      return shortClockText(row.atNs, data.analysis?.originEpochNs ?? 0n, 'utc');
    default: {
      const never: never = level.times;
      return never;
    }
  }
}

/** `0.001 020`: seconds to the microsecond. */
function secondsText(ns: number): string {
  const micros = Math.round(Math.abs(ns) / 1000);
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return `${ns < 0 ? '-' : ''}${Math.floor(micros / 1_000_000)}.${fraction.slice(0, 3)} ${fraction.slice(3)}`;
}
