/** Counts, sizes and shares as text. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** `5,120`: thousands apart, whatever the locale, so that two machines print the same. */
export function countText(count: number | bigint): string {
  if (typeof count === 'number' && !Number.isFinite(count)) return 'unknown';
  const digits = typeof count === 'number' && Number.isInteger(count) ? BigInt(count).toString() : count.toString();
  const [whole = '', ...fraction] = digits.split('.');
  return [whole.replace(/\B(?=(?:\d{3})+$)/g, ','), ...fraction].join('.');
}

/** `1 connection`, `5,120 packets`. */
export function manyText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `312 B`, `1.5 kB`, `412 MB`, `1.1 GB`: decimal units (IEC 80000-13), as files and rates are measured. */
export function byteText(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'unknown';
  if (bytes < 0) return `-${byteText(-bytes)}`;
  let value = bytes;
  let unit = 0;
  while (unit < UNITS.length - 1 && Math.round(value) >= 1000) {
    value /= 1000;
    unit += 1;
  }
  if (unit === 0) return `${Math.round(value)} B`;
  const figure = Number(value.toFixed(1)) < 10 ? value.toFixed(1) : countText(Math.round(value));
  return `${figure} ${UNITS[unit]}`;
}

/** `8.0 %`, `38 %`: the share of `whole` that `part` is. Some is never `0 %`, not all is never `100 %`; `–` of nothing. */
export function percentText(part: number, whole: number): string {
  if (!(whole > 0) || !Number.isFinite(part)) return '–';
  const percent = (part / whole) * 100;
  if (part === 0) return '0 %';
  if (part > 0 && percent < 0.05) return '< 0.1 %';
  if (part < whole && percent >= 99.5) return '> 99 %';
  return Number(percent.toFixed(1)) < 10 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}
