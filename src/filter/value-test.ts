/** One value of a filter, read: what it accepts. */
import { choicesOf, FIELDS, type FieldName, NONE } from './fields.js';
import { networkTest } from './network.js';
import { durationNs, sizeBytes } from './quantity.js';

/** Accepts some values of a field. */
export interface ValueTest {
  accepts(value: string | number): boolean;
  /** Whether a row without any value is accepted. */
  readonly acceptsNothing: boolean;
  /** The one number that is accepted; absent: others are too, or it is about none. */
  readonly only?: number;
}

type NumberComparison = '=' | '<' | '>' | '<=' | '>=';
/** How a value is compared; `~`: by a regular expression. */
export type Comparison = NumberComparison | '~';

/** Why a value cannot be one of its field: a phrase that goes after the value. */
export class ValueError extends Error {
  override readonly name = 'ValueError';

  constructor(
    readonly reason: string,
    /** Values that may have been meant. */
    readonly choices: readonly string[] = [],
  ) {
    super(reason);
  }
}

/**
 * The test that `field`, a comparison and a value as typed stand for; `field` is `null` for a plain word.
 *
 * @throws {ValueError} where the field has no such values
 */
export function testOf(field: FieldName | null, comparison: Comparison, value: string): ValueTest {
  if (comparison === '~') return expressionTest(value);
  if (field === null) return containsTest(value);
  if (value === '') throw new ValueError('a value is missing', choicesOf(field) ?? []);
  const { kind } = FIELDS[field];
  switch (kind) {
    case 'word':
      if (comparison !== '=') throw new ValueError(`${field} has no order`);
      return wordTest(field, value);
    case 'rank':
      return rankTest(field, comparison, value);
    case 'text':
      if (comparison !== '=') throw new ValueError(`${field} has no order`);
      return value === NONE ? NOTHING : containsTest(value);
    case 'endpoint': {
      if (comparison !== '=') throw new ValueError(`${field} has no order`);
      const test = networkTest(value);
      if (test === null) throw new ValueError('is no address, network or address:port');
      return { accepts: (endpoint) => test(String(endpoint)), acceptsNothing: false };
    }
    case 'status':
      return value === NONE && comparison === '='
        ? NOTHING
        : (statusClassTest(comparison, value) ?? numberTest(comparison, value, WHOLE));
    case 'number':
      return numberTest(comparison, value, WHOLE);
    case 'duration':
      return value === NONE ? NOTHING : numberTest(comparison, value, DURATION);
    case 'size':
      return numberTest(comparison, value, SIZE);
    default: {
      const never: never = kind;
      return never;
    }
  }
}

/** `none`: no value at all. */
const NOTHING: ValueTest = { accepts: () => false, acceptsNothing: true };

function containsTest(value: string): ValueTest {
  const wanted = value.toLowerCase();
  return { accepts: (text) => String(text).toLowerCase().includes(wanted), acceptsNothing: false };
}

/** Longer expressions are not typed; a bound on them bounds the time they take. */
const MAX_EXPRESSION = 200;
/** A group that repeats what itself repeats takes time without end on some texts. */
const REPEATED_REPETITION = /\([^)]*[*+}][^)]*\)\s*[*+{]/;

function expressionTest(value: string): ValueTest {
  if (value === '') throw new ValueError('an expression is missing');
  if (value.length > MAX_EXPRESSION) throw new ValueError('is too long for an expression');
  if (REPEATED_REPETITION.test(value)) throw new ValueError('repeats a repetition, which may take for ever');
  let expression: RegExp;
  try {
    expression = new RegExp(value, 'iu');
  } catch {
    throw new ValueError('is no regular expression');
  }
  return { accepts: (text) => expression.test(String(text)), acceptsNothing: false };
}

function wordTest(field: FieldName, value: string): ValueTest {
  const wanted = value.toLowerCase();
  const choices = choicesOf(field);
  if (choices !== null && !choices.includes(wanted)) throw new ValueError(`${field} is ${listText(choices)}`, choices);
  return {
    accepts: (word) => String(word).toLowerCase() === wanted,
    acceptsNothing: wanted === NONE,
  };
}

/** `sev:>=warning` is critical and warning: choices stand from most to least. */
function rankTest(field: FieldName, comparison: NumberComparison, value: string): ValueTest {
  const choices = choicesOf(field) ?? [];
  const wanted = choices.indexOf(value.toLowerCase());
  if (wanted < 0 && value === NONE && comparison === '=') return NOTHING;
  if (wanted < 0) throw new ValueError(`${field} is ${listText(choices)}`, choices);
  const compare = COMPARISONS[comparison];
  return { accepts: (word) => compare(wanted, choices.indexOf(String(word))), acceptsNothing: false };
}

/** `5xx`. */
function statusClassTest(comparison: NumberComparison, value: string): ValueTest | null {
  const hundreds = /^([1-9])xx$/i.exec(value)?.[1];
  if (hundreds === undefined) return null;
  if (comparison !== '=') throw new ValueError('a class of statuses has no order');
  const first = Number(hundreds) * 100;
  return { accepts: (status) => Number(status) >= first && Number(status) < first + 100, acceptsNothing: false };
}

/** A number, or a range of them: `500-599`, `1s-5s`. */
function numberTest(comparison: NumberComparison, value: string, { read, otherwise }: Quantity): ValueTest {
  const compare = COMPARISONS[comparison];
  const wanted = read(value);
  if (wanted !== null) {
    const only = comparison === '=' ? { only: wanted } : {};
    return { accepts: (number) => compare(Number(number), wanted), acceptsNothing: false, ...only };
  }
  const [, from = '', to = ''] = /^([^-]+)-([^-]+)$/.exec(value) ?? [];
  const [least, most] = [read(from), read(to)];
  if (comparison !== '=' || least === null || most === null) throw new ValueError(otherwise);
  return { accepts: (number) => Number(number) >= least && Number(number) <= most, acceptsNothing: false };
}

/** How a number is written, and what is said of one that is not. */
interface Quantity {
  readonly read: (text: string) => number | null;
  readonly otherwise: string;
}

const WHOLE: Quantity = {
  read: (text) => (/^#?\d{1,15}$/.test(text) ? Number(text.replace('#', '')) : null),
  otherwise: 'is no whole number',
};
const DURATION: Quantity = { read: durationNs, otherwise: 'is no time: write 250ms, 1.5s, 2min' };
const SIZE: Quantity = { read: sizeBytes, otherwise: 'is no size: write 512, 10kB, 1.5MB' };

const COMPARISONS: Readonly<Record<NumberComparison, (one: number, other: number) => boolean>> = {
  '=': (one, other) => one === other,
  '<': (one, other) => one < other,
  '>': (one, other) => one > other,
  '<=': (one, other) => one <= other,
  '>=': (one, other) => one >= other,
};

function listText(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}
