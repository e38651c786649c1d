import { durationText } from '../text/duration.js';
import { dateText, hasDate, timeOfDayText } from '../text/instant.js';
import type { TimeStyle } from './text-style.js';

const NS_PER_MINUTE = 60_000_000_000n;
const NS_PER_DAY = 1440n * NS_PER_MINUTE;

/** `13:50:58.481Z`. */
const CLOCK_CELLS = 13;

/** Of a date: a column has no room for what its head says. */
const YEAR = /^-?\d+-(?=\d\d-)/;

/** An instant as its calendar shows it, the zone written out; both are empty where a text says the time of day alone. */
interface CivilTime {
  /** From the second day on of times without a date `day 2`. */
  readonly date: string;
  readonly time: string;
  readonly zone: string;
}

/** `2024-06-10 13:50:58Z`; local time with its offset; `13:50:58` of a text that says no more. A start has no relative form: it is what others count from. */
export function startText(epochNs: bigint, style: TimeStyle): string {
  const { date, time, zone } = civilTime(epochNs, style);
  return `${date} ${time}${zone}`.trimStart();
}

/**
 * From the first to the last of something: `13:51:04 – 13:51:58Z`, with dates unless both are the
 * run's first day, or as time since the run's first packet.
 */
export function periodText(firstNs: number, lastNs: number, origin: bigint, style: TimeStyle): string {
  if (style === 'relative') {
    const first = `+${durationText(firstNs)}`;
    const last = `+${durationText(lastNs)}`;
    return `${first === last ? first : `${first} – ${last}`} since the first packet`;
  }
  const today = civilTime(origin, style).date;
  const first = civilTime(origin + BigInt(Math.round(firstNs)), style);
  const last = civilTime(origin + BigInt(Math.round(lastNs)), style);
  const shown = (time: CivilTime) => (time.date === today ? time.time : `${time.date} ${time.time}`);
  const end = `${shown(last)}${last.zone}`;
  return shown(first) === shown(last) ? end : `${shown(first)} – ${end}`;
}

/** When something began, to the millisecond, for a column of a table: `13:50:58.481Z`; on another day than the run's first `06-11 00:00:01.000Z`. */
export function clockText(atNs: number, origin: bigint, style: TimeStyle): string {
  if (style === 'relative') return `+${durationText(atNs)}`;
  const { date } = civilTime(origin + BigInt(Math.round(atNs)), style);
  const day = date === civilTime(origin, style).date ? '' : `${date.replace(YEAR, '')} `;
  return `${day}${shortClockText(atNs, origin, style)}`;
}

/** Cells that {@link clockText} takes in a run of that length: more where another day begins in it. */
export function clockCells(durationNs: number, origin: bigint, style: TimeStyle): number {
  return Math.max(CLOCK_CELLS, clockText(durationNs, origin, style).length);
}

/** {@link clockText} where the day is told beside it. */
export function shortClockText(atNs: number, origin: bigint, style: Exclude<TimeStyle, 'relative'>): string {
  const { time, zone } = civilTime(origin + BigInt(Math.round(atNs)), style, 3);
  return `${time}${zone}`;
}

function civilTime(epochNs: bigint, style: TimeStyle, digits = 0): CivilTime {
  if (!hasDate(epochNs)) {
    const day = epochNs / NS_PER_DAY;
    return { date: day === 0n ? '' : `day ${day + 1n}`, time: timeOfDayText(epochNs, digits), zone: '' };
  }
  const minutes = style === 'local' ? localOffsetMinutes(epochNs) : 0;
  const shifted = epochNs + BigInt(minutes) * NS_PER_MINUTE;
  return {
    date: dateText(shifted),
    time: timeOfDayText(shifted, digits),
    zone: style === 'local' ? offsetText(minutes) : 'Z',
  };
}

/** Minutes that local time is ahead of UTC at that instant; 0 for instants that no calendar here knows. */
function localOffsetMinutes(epochNs: bigint): number {
  const offset = new Date(Number(epochNs / 1_000_000n)).getTimezoneOffset();
  return Number.isFinite(offset) ? -Math.round(offset) : 0;
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
