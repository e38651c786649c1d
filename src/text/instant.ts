/**
 * Points in time as text, always UTC and exact: from epoch nanoseconds (bigint) without passing
 * through `Date`, which knows milliseconds and no year past 275760. A capture file may hold any
 * 64-bit time, so any bigint has a text here.
 */

const NS_PER_S = 1_000_000_000n;
const S_PER_DAY = 86_400n;
/** Days of the proleptic Gregorian calendar that repeat: 400 years. */
const DAYS_PER_ERA = 146_097n;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS = 719_468n;

/** From here on a time is one of a calendar. */
const FIRST_DATED_NS = 365n * S_PER_DAY * NS_PER_S;

/** Whether a time is of a day: text as tcpdump prints it has the time of day alone, and counts from 1970. */
export function hasDate(epochNs: bigint): boolean {
  return epochNs < 0n || epochNs > FIRST_DATED_NS;
}

/** A time that counts from the run's first packet (`atNs` of the facts) as epoch nanoseconds. */
export function epochAt(originEpochNs: bigint, atNs: number): bigint {
  return Number.isFinite(atNs) ? originEpochNs + BigInt(Math.round(atNs)) : originEpochNs;
}

/** `2024-06-10T13:50:58.480543000Z`: RFC 3339 with nine digits; years outside 0 to 9999 signed, six digits or more (ISO 8601 §4.1.2.4). */
export function instantText(epochNs: bigint): string {
  return `${dateText(epochNs)}T${timeOfDayText(epochNs, 9)}Z`;
}

/** `13:51:04`, or with `digits` (0 to 9) of the second's fraction `13:51:04.512331`; cut, not rounded. */
export function timeOfDayText(epochNs: bigint, digits = 0): string {
  const second = floorMod(floorDiv(epochNs, NS_PER_S), S_PER_DAY);
  const time = [second / 3600n, (second / 60n) % 60n, second % 60n].map((part) => padded(part, 2)).join(':');
  return digits === 0 ? time : `${time}.${padded(floorMod(epochNs, NS_PER_S), 9).slice(0, digits)}`;
}

/** `2024-06-10`. */
export function dateText(epochNs: bigint): string {
  const days = floorDiv(epochNs, NS_PER_S * S_PER_DAY) + EPOCH_DAYS;
  // Years that begin with March have their leap day at the end, so that months need no table:
  // five months from March on are always 153 days.
  const era = floorDiv(days, DAYS_PER_ERA);
  const dayOfEra = floorMod(days, DAYS_PER_ERA);
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  const year = era * 400n + yearOfEra + (month <= 2n ? 1n : 0n);
  return `${yearText(year)}-${padded(month, 2)}-${padded(day, 2)}`;
}

function yearText(year: bigint): string {
  if (year >= 0n && year <= 9999n) return padded(year, 4);
  return year < 0n ? `-${padded(-year, 6)}` : `+${padded(year, 6)}`;
}

function padded(value: bigint, digits: number): string {
  return value.toString().padStart(digits, '0');
}

function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function floorMod(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}
