/** Lengths of time and sizes as people type them. */

const NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};

/** `250ms`, `1.5s`, `2min`; without a unit seconds. In nanoseconds; `null`: it is none. */
export function durationNs(text: string): number | null {
  return quantity(text, NS, 's');
}

const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 1024,
  m: 1e6,
  mb: 1e6,
  mib: 1024 ** 2,
  g: 1e9,
  gb: 1e9,
  gib: 1024 ** 3,
};

/** `512`, `10kB`, `1.5 MB`; without a unit bytes. `null`: it is none. */
export function sizeBytes(text: string): number | null {
  return quantity(text, BYTES, 'b');
}

function quantity(text: string, units: Readonly<Record<string, number>>, usual: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,9})?|\.\d{1,9})\s*(\p{L}*)$/u.exec(text) ?? [];
  const factor = units[unit === '' ? usual : unit.toLowerCase()];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}
