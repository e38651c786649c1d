/**
 * Reads a filter (docs/terminal.md): words and `field:value`, all of which must hold; `-` negates, `a,b` is
 * either, quotes hold spaces and commas, `< > <= >=` compare, `~` is a regular expression. What people
 * paste from Wireshark is read too (wireshark.ts).
 */
import { nearestName } from '../text/near-name.js';
import { FIELD_NAMES, type FieldName, isFieldName } from './fields.js';
import type { Filter, FilterError, Term } from './filter.js';
import { type Token, tokensOf } from './tokens.js';
import { type Comparison, testOf, ValueError, type ValueTest } from './value-test.js';
import { looksLikeWireshark, parseWireshark } from './wireshark.js';

/** A filter, or what is wrong with it. */
export type ParsedFilter =
  | { readonly filter: Filter; readonly error: null }
  | { readonly filter: null; readonly error: FilterError };

/** Reads what was typed; the first thing that is wrong stands in `error`. */
export function parseFilter(typed: string): ParsedFilter {
  if (looksLikeWireshark(typed)) {
    const parsed = parseWireshark(typed);
    return parsed.terms === null
      ? { filter: null, error: parsed.error }
      : { filter: { terms: parsed.terms }, error: null };
  }
  const terms: Term[] = [];
  for (const token of tokensOf(typed)) {
    const term = termOf(token);
    if ('message' in term) return { filter: null, error: term };
    terms.push(term);
  }
  return { filter: { terms }, error: null };
}

/** The message as a line for people; `capture` is what tshark would be given. */
export function filterErrorText(error: FilterError, typed: string, capture: string): string {
  if (error.isWireshark)
    return `${error.message}; in tshark: tshark -r ${capture} -Y '${typed.replaceAll("'", "'\\''")}'`;
  return error.near === null ? error.message : `${error.message} (did you mean ${error.near}?)`;
}

/** A word's parts: what it negates, names and compares. */
interface TokenParts {
  readonly isNegated: boolean;
  /** As typed; `null`: a plain word. */
  readonly field: string | null;
  readonly comparison: Comparison;
  /** Where the value begins in the token's text. */
  readonly valueAt: number;
}

const FIELD = /^([A-Za-z][\w.-]*)(?::(<=|>=|<|>|~|=)?|(<=|>=|<|>|~|=))/;

/** What a word of a filter is made of. */
export function partsOf({ text, quotedFrom }: Token): TokenParts {
  const isNegated = text.startsWith('-') && text.length > 1 && quotedFrom > 0;
  const from = isNegated ? 1 : 0;
  const unquoted = text.slice(from, quotedFrom);
  const [all = '', field, afterColon, alone] = FIELD.exec(unquoted) ?? [];
  if (field === undefined || (afterColon === undefined && alone === undefined && isAddressLike(text.slice(from)))) {
    const isExpression = unquoted.startsWith('~');
    return { isNegated, field: null, comparison: isExpression ? '~' : '=', valueAt: from + (isExpression ? 1 : 0) };
  }
  return { isNegated, field, comparison: comparisonOf(afterColon ?? alone ?? '='), valueAt: from + all.length };
}

/** `fe80::1` and `dead:beef::` are addresses, not fields with values. */
function isAddressLike(text: string): boolean {
  return /^[0-9a-f]{1,4}:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text);
}

function comparisonOf(typed: string): Comparison {
  switch (typed) {
    case '<':
    case '>':
    case '<=':
    case '>=':
    case '~':
      return typed;
    default:
      return '=';
  }
}

function termOf(token: Token): Term | FilterError {
  const { text, start, end, openQuote } = token;
  const error = (message: string, near: string | null = null, from = start, to = end): FilterError => ({
    message,
    start: from,
    end: to,
    near,
    isWireshark: false,
  });
  if (openQuote !== null) return error('a quote is not closed', null, openQuote);
  const { isNegated, field, comparison, valueAt } = partsOf(token);
  const value = text.slice(valueAt);
  if (field === null) {
    if (value === '') return error('a word is missing');
    return term(null, comparison, value, token, isNegated, error);
  }
  const name = field.toLowerCase();
  if (!isFieldName(name)) {
    const at = start + (isNegated ? 1 : 0);
    const begun = name.length > 1 ? FIELD_NAMES.find((known) => known.startsWith(name)) : undefined;
    const near = begun ?? nearestName(name, FIELD_NAMES);
    const known = near === null ? `, but ${FIELD_NAMES.join(', ')}` : '';
    return error(`no field "${field}"${known}`, near, at, at + field.length);
  }
  return term(name, comparison, value, token, isNegated, error);
}

function term(
  field: FieldName | null,
  comparison: Comparison,
  value: string,
  token: Token,
  isNegated: boolean,
  error: (message: string, near?: string | null) => FilterError,
): Term | FilterError {
  const tests: ValueTest[] = [];
  for (const alternative of alternativesOf(value, comparison, token.quotedFrom < token.text.length)) {
    try {
      tests.push(testOf(field, comparison, alternative));
    } catch (thrown) {
      if (!(thrown instanceof ValueError)) throw thrown;
      const subject = alternative === '' ? '' : `"${alternative}" `;
      const reason = /^(?:is|repeats) /.test(thrown.reason) ? `${subject}${thrown.reason}` : thrown.reason;
      return error(reason, nearestName(alternative, thrown.choices));
    }
  }
  return { fields: field === null ? null : [field], tests, isNegated };
}

/** Values apart by commas; an expression, and what was quoted, is one. A comma at the end is still being typed. */
function alternativesOf(value: string, comparison: Comparison, isQuoted: boolean): string[] {
  if (comparison === '~' || isQuoted) return [value];
  const alternatives = value.split(',').filter((alternative) => alternative !== '');
  return alternatives.length === 0 ? [value] : alternatives;
}
