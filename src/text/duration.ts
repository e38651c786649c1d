/**
 * Lengths of time as text. The unit shows how far the figure goes: two or three digits of it are
 * printed, and what is not zero is never printed as zero.
 */
import { countText } from './size.js';

const US = 1_000;
const MS = 1_000_000;
const S = 1_000_000_000;
/** Up to here seconds are read more easily than minutes. */
const MINUTES_FROM_S = 120;
const HOURS_FROM_MIN = 120;
const DAYS_FROM_H = 48;

/**
 * `145 µs`, `1.0 ms`, `9.98 s`, `61.3 s`, `2 min 5 s`, `3 h 20 min`, `2 d 5 h`, `-145 µs`, `0 s`,
 * from nanoseconds. A figure that is not finite gives `unknown`.
 */
export function durationText(ns: number): string {
  if (!Number.isFinite(ns)) return 'unknown';
  if (ns === 0) return '0 s';
  return ns < 0 ? `-${lengthText(-ns)}` : lengthText(ns);
}

/**
 * A time-out or the length of a capture, always in seconds as configuration files have it:
 * `0.25 s`, `10.0 s`, `350 s`, `3,600 s`. Below a millisecond as {@link durationText} writes it.
 */
export function secondsText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  const size = Math.abs(seconds);
  if (size < 0.001) return durationText(seconds * S);
  if (size < 0.9995) return `${Number(seconds.toPrecision(3))} s`;
  return inSeconds(size, seconds < 0 ? '-' : '');
}

/** What is left of something that goes on, in whole seconds, rounded up: `2 s`, `70 s`, `3 min 5 s`; from seconds. */
export function remainingText(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < MINUTES_FROM_S ? `${whole} s` : durationText(whole * S);
}

/** A length above zero. Each step is left only when its *rounded* figure belongs to the next: never `1000 µs`. */
function lengthText(ns: number): string {
  if (ns < 0.5) return '< 1 ns';
  if (Math.round(ns) < 1000) return `${Math.round(ns)} ns`;
  if (Math.round(ns / US) < 1000) return `${twoDigits(ns / US)} µs`;
  if (Math.round(ns / MS) < 1000) return `${twoDigits(ns / MS)} ms`;
  const seconds = Math.round(ns / S);
  if (seconds < MINUTES_FROM_S) return inSeconds(ns / S, '');
  if (seconds < HOURS_FROM_MIN * 60) return twoUnits(seconds, 60, 'min', 's');
  const minutes = Math.round(ns / S / 60);
  if (minutes < DAYS_FROM_H * 60) return twoUnits(minutes, 60, 'h', 'min');
  return twoUnits(Math.round(ns / S / 3600), 24, 'd', 'h');
}

function inSeconds(seconds: number, sign: string): string {
  if (Number(seconds.toFixed(2)) < 10) return `${sign}${seconds.toFixed(2)} s`;
  if (Math.round(seconds) < MINUTES_FROM_S) return `${sign}${seconds.toFixed(1)} s`;
  return `${sign}${countText(Math.round(seconds))} s`;
}

function twoDigits(value: number): string {
  return Number(value.toFixed(1)) < 10 ? value.toFixed(1) : String(Math.round(value));
}

function twoUnits(small: number, perBig: number, bigUnit: string, smallUnit: string): string {
  const big = `${countText(Math.floor(small / perBig))} ${bigUnit}`;
  const rest = small % perBig;
  return rest === 0 ? big : `${big} ${rest} ${smallUnit}`;
}
