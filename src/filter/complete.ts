/** What may follow at the cursor: names of fields, then values of the field. */
import { choicesOf, FIELD_NAMES, FIELDS, type FieldName, isFieldName, NONE } from './fields.js';
import { partsOf } from './parse.js';
import { quoted, type Token, tokensOf } from './tokens.js';

/** Replacements for [start, end) of what was typed. */
export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly string[];
}

/** Offered at once; more are found by typing on. */
export const MAX_CANDIDATES = 50;

/**
 * @param cursor Where the user types: an index of `typed`.
 * @param seen Values of a field in what is filtered, most frequent first.
 */
export function complete(
  typed: string,
  cursor: number,
  seen: (field: FieldName) => readonly (string | number)[],
): Completion {
  const token = tokensOf(typed).find(({ start, end }) => start < cursor && cursor <= end);
  if (token === undefined) return { start: cursor, end: cursor, candidates: fieldsFrom('') };
  const upTo: Token = tokensOf(typed.slice(token.start, cursor)).at(0) ?? token;
  const { isNegated, field, valueAt } = partsOf(upTo);
  const nameAt = token.start + (isNegated ? 1 : 0);
  if (field === null) {
    return { start: nameAt, end: token.end, candidates: fieldsFrom(upTo.text.slice(isNegated ? 1 : 0).toLowerCase()) };
  }
  const name = field.toLowerCase();
  if (!isFieldName(name)) return { start: cursor, end: cursor, candidates: [] };
  const value = upTo.text.slice(valueAt);
  // The part behind the last comma is being typed.
  const part = value.slice(value.lastIndexOf(',') + 1);
  const start = cursor - part.length - (typed[cursor - part.length - 1] === '"' ? 1 : 0);
  return { start, end: token.end, candidates: valuesFrom(name, part.toLowerCase(), seen(name)) };
}

function fieldsFrom(prefix: string): string[] {
  return FIELD_NAMES.filter((name) => name.startsWith(prefix)).map((name) => `${name}:`);
}

function valuesFrom(field: FieldName, prefix: string, seen: readonly (string | number)[]): string[] {
  const known = FIELDS[field].kind === 'status' ? ['5xx', '4xx', NONE] : (choicesOf(field) ?? []);
  const values = new Set([...seen.map(String), ...known]);
  return [...values]
    .filter((value) => value.toLowerCase().startsWith(prefix))
    .slice(0, MAX_CANDIDATES)
    .map(quoted);
}
