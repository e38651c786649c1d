/** What the formats have in common: endpoints, request lines, the date between brackets. */
import type { LoggedEndpoint } from './log-line.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const BRACKETED =
  /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?: ([+-])(\d{2})(\d{2}))?$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^(?:(?=.*::)[0-9a-f:]+|[0-9a-f]+(?::[0-9a-f]+){7})$/i;

/** `address:port`, `[address]:port` or an address alone; `null` for `-`, a name or anything else. */
export function endpointOf(word: string): LoggedEndpoint | null {
  if (!word.startsWith('[') && isAddress(word)) return { address: unmapped(word), port: null };
  const match = /^\[?(.*?)\]?:(\d{1,5})$/.exec(word);
  const [, address = '', port = ''] = match ?? [];
  if (isAddress(address)) return { address: unmapped(address), port: Number(port) };
  return null;
}

function isAddress(text: string): boolean {
  return IPV4.test(unmapped(text)) || IPV6.test(text);
}

/** HAProxy writes IPv4 clients of an IPv6 socket as `::ffff:192.0.2.1`. */
function unmapped(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
}

/** Method and target of a request line as logged; `null` where it is none. */
export function requestOf(line: string): { readonly method: string | null; readonly target: string | null } {
  const [, method = null, target = null] = /^([A-Z]+) (\S+)/.exec(line) ?? [];
  return { method, target };
}

/** `10/Oct/2000:13:55:36.123 -0700` in nanoseconds since 1970 (UTC where no zone is named); `null`: no such time. */
export function bracketedTime(text: string): bigint | null {
  const match = BRACKETED.exec(text);
  if (match === null) return null;
  const [, day, month = '', year, hour, minute, second, fraction = '', sign, hours = '0', minutes = '0'] = match;
  const at = Date.UTC(Number(year), MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second));
  if (Number.isNaN(at) || !MONTHS.includes(month)) return null;
  const zoneMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return BigInt(at - zoneMs) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** A time in any of the forms that logs with named fields have; `null`: none of them. */
export function anyTime(text: string): { readonly ns: bigint; readonly precisionNs: number } | null {
  const epoch = /^(\d{10})(\d{3}|\d{6}|\d{9})?(?:\.(\d{1,9}))?$/.exec(text);
  if (epoch !== null) {
    const [, seconds = '', more = '', fraction = ''] = epoch;
    const digits = more === '' ? fraction : more;
    return { ns: BigInt(seconds) * 1_000_000_000n + fractionNs(digits), precisionNs: precisionOf(digits) };
  }
  const bracketed = bracketedTime(text.replace(/^\[|\]$/g, ''));
  if (bracketed !== null) return { ns: bracketed, precisionNs: precisionOf(/:\d{2}\.(\d+)/.exec(text)?.[1] ?? '') };
  const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(text);
  if (iso === null) return null;
  const [, date, time, fraction = '', zone = 'Z'] = iso;
  const at = Date.parse(`${date}T${time}${zone === 'UTC' ? 'Z' : zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(at)
    ? null
    : { ns: BigInt(at) * 1_000_000n + fractionNs(fraction), precisionNs: precisionOf(fraction) };
}

function fractionNs(digits: string): bigint {
  return BigInt(digits.padEnd(9, '0'));
}

/** One of the last digit written. */
function precisionOf(digits: string): number {
  return 10 ** (9 - digits.length);
}

/** Seconds as a decimal, in nanoseconds; 0 for what the log could not measure (`-`, `-1`). */
export function secondsNs(text: string): bigint {
  const seconds = Number(text);
  return seconds > 0 && seconds < 1e6 ? BigInt(Math.round(seconds * 1e9)) : 0n;
}
