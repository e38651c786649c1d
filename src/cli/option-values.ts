/** What is written behind a flag, as the command takes it. @throws InvalidArgumentError, all of them, for what is no such value */
import { InvalidArgumentError } from 'commander';
import { BUCKETS, type Share } from '../tcp/share.js';
import type { RuleChoice } from './rule-choice.js';

/** `1/4`: which part of how many. */
export function shard(text: string): Share {
  const [, part = '', parts = ''] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
  const [index, count] = [Number(part) - 1, Number(parts)];
  if (part === '' || index < 0 || index >= count || count > BUCKETS)
    throw new InvalidArgumentError(`I/N is needed, such as 1/4: a part from 1 to N, and N up to ${BUCKETS}.`);
  return { index, count };
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Bytes: `500M`, `2G`. */
export function size(text: string): number {
  const [, figure = '', unit = ''] = /^(\d{1,15})([KMGT]?)B?$/i.exec(text) ?? [];
  const bytes = Number(figure) * (SIZE_UNITS[unit.toUpperCase()] ?? 0);
  if (figure === '' || bytes < 1 || bytes > Number.MAX_SAFE_INTEGER)
    throw new InvalidArgumentError('A size is needed, such as 500M or 2G.');
  return bytes;
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most = 999_999_999): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
    }
    return value;
  };
}

/** `3,7`, and the flag given again. */
export function streamNumbers(text: string, previous: readonly number[] | undefined): readonly number[] {
  const words = text.split(',');
  if (!words.every((word) => /^\d{1,9}$/.test(word))) {
    throw new InvalidArgumentError('Numbers are needed: 3 or 3,7.');
  }
  return [...new Set([...(previous ?? []), ...words.map(Number)])];
}

/** Both rule flags fill one list, in the order given: `a,b`, and the flag given again. */
export function choice(wanted: boolean): (ids: string, previous: RuleChoice[] | undefined) => RuleChoice[] {
  return (ids, previous) => [
    ...(Array.isArray(previous) ? previous : []),
    ...ids.split(',').map((id) => ({ id, wanted })),
  ];
}
