/** What a filter is once it is read: terms that must all hold. */
import type { FieldName } from './fields.js';
import type { ValueTest } from './value-test.js';

/**
 * A row as a filter sees it. Numbers are in base units: nanoseconds for durations, bytes for sizes.
 * Endpoints are text as text/address writes them, with the port.
 */
export interface FilterRow {
  /** All that the row has of a field; none where it has nothing, which `none` finds. */
  valuesOf(field: FieldName): readonly (string | number)[];
  /** What the row shows, for plain words. */
  text(): string;
}

/** One condition: any of its tests holds for any value, or with `isNegated` none does. */
export interface Term {
  /** `null`: what the row shows. Of several, any may have the value (`ip.addr`: client or server). */
  readonly fields: readonly FieldName[] | null;
  readonly tests: readonly ValueTest[];
  readonly isNegated: boolean;
  /** Terms any of which may hold in its place. */
  readonly or?: readonly Term[];
}

/** Nothing in it: every row matches. */
export interface Filter {
  readonly terms: readonly Term[];
}

/** Lets every row through. */
export const EVERYTHING: Filter = { terms: [] };

/** Whether all terms hold for the row. */
export function matches({ terms }: Filter, row: FilterRow): boolean {
  return terms.every((term) => isMet(term, row) || (term.or?.some((other) => isMet(other, row)) ?? false));
}

/** The single numbers that a filter asks for of a field: what a row may be known by without all its values. */
export function numbersAsked({ terms }: Filter, field: FieldName): readonly number[] {
  const all = terms.flatMap((term) => [term, ...(term.or ?? [])]);
  const tests = all.flatMap((term) => (term.fields?.includes(field) === true ? term.tests : []));
  return tests.flatMap(({ only }) => (only === undefined ? [] : [only]));
}

function isMet(term: Term, row: FilterRow): boolean {
  return holds(term, row) !== term.isNegated;
}

function holds({ fields, tests }: Term, row: FilterRow): boolean {
  if (fields === null) {
    const text = row.text();
    return tests.some((test) => test.accepts(text));
  }
  for (const field of fields) {
    const values = row.valuesOf(field);
    for (const test of tests) {
      if (values.length === 0 ? test.acceptsNothing : values.some((value) => test.accepts(value))) return true;
    }
  }
  return false;
}

/** What is wrong with a filter, and where: [start, end) of what was typed. */
export interface FilterError {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** What may have been meant instead of these characters; `null`: nothing is near. */
  readonly near: string | null;
  /** It is Wireshark's language, and more of it than is read here: tshark takes it. */
  readonly isWireshark: boolean;
}
