/**
 * The part of Wireshark's display-filter language that has the same meaning here: comparisons of the
 * fields that pcapdx prints and people paste, joined with `and` or `&&`, or all with `or` or `||`.
 */
import type { FieldName } from './fields.js';
import type { FilterError, Term } from './filter.js';
import { type Comparison, testOf, ValueError } from './value-test.js';

/** Ours for theirs; an address may be either side's. */
const FIELDS: Readonly<Record<string, readonly FieldName[]>> = {
  'tcp.stream': ['stream'],
  'frame.number': ['packet'],
  'ip.addr': ['client', 'server'],
  'ipv6.addr': ['client', 'server'],
  'ip.host': ['name'],
  'tcp.port': ['port'],
  'http.response.code': ['status'],
  'http2.headers.status': ['status'],
  'http.request.method': ['method'],
  'http2.headers.method': ['method'],
  'http.request.uri': ['path'],
  'http2.headers.path': ['path'],
  'http.host': ['authority'],
  'http2.headers.authority': ['authority'],
  'tls.handshake.extensions_server_name': ['sni'],
};

/** Texts that Wireshark compares whole, and we by what they hold. */
const TEXTS: ReadonlySet<FieldName> = new Set(['path', 'authority', 'sni', 'name']);

const OPERATORS: Readonly<Record<string, Comparison | '!='>> = {
  '==': '=',
  eq: '=',
  '!=': '!=',
  ne: '!=',
  '<': '<',
  lt: '<',
  '>': '>',
  gt: '>',
  '<=': '<=',
  le: '<=',
  '>=': '>=',
  ge: '>=',
  contains: '=',
  '~': '~',
  matches: '~',
};

/** A dotted name before an operator, or their ways of joining: nothing that a filter of ours holds. */
const THEIRS =
  /(?:^|[\s(!])[a-z][\w]*(?:\.[\w]+)+\s*(?:==|!=|<=|>=|<|>|~|\b(?:eq|ne|lt|gt|le|ge|contains|matches|in)\b)|&&|\|\||^\s*!|^(?:tcp|http2?|tls|ip(?:v6)?|frame|dns|websocket)(?:\.[\w.]+)?$/i;

/** Whether what was typed is Wireshark's language rather than ours. */
export function looksLikeWireshark(typed: string): boolean {
  return THEIRS.test(typed);
}

const COMPARISON =
  /^\(?\s*([a-z][\w]*(?:\.[\w]+)+)\s*(==|!=|<=|>=|<|>|~|\b(?:eq|ne|lt|gt|le|ge|contains|matches)\b)\s*("(?:[^"\\]|\\.)*"|[^\s"()]+)\s*\)?$/i;
const MEMBERSHIP = /^\(?\s*([a-z][\w]*(?:\.[\w]+)+)\s+in\s*\{([^{}]*)\}\s*\)?$/i;

/** Reads it, or says that it is more than is read here. */
export function parseWireshark(
  typed: string,
): { readonly terms: readonly Term[]; readonly error: null } | { readonly terms: null; readonly error: FilterError } {
  const terms: Term[] = [];
  const alternatives = partsOf(typed, OR);
  const isEither = alternatives.length > 1;
  for (const { text, start } of isEither ? alternatives : partsOf(typed, AND)) {
    const term = termOf(text.trim());
    if (term === null) {
      const at = start + (text.length - text.trimStart().length);
      const error = {
        message: 'not part of pcapdx’s filter',
        start: at,
        end: at + Math.max(1, text.trim().length),
        near: null,
        isWireshark: true,
      };
      return { terms: null, error };
    }
    terms.push(term);
  }
  const [first, ...others] = terms;
  return { terms: isEither && first !== undefined ? [{ ...first, or: others }] : terms, error: null };
}

/** What joins comparisons, or is quoted and joins nothing. */
const AND = /"(?:[^"\\]|\\.)*"|&&|\s+and\s+/gi;
const OR = /"(?:[^"\\]|\\.)*"|\|\||\s+or\s+/gi;

/** What stands between joints, outside quotes. */
function partsOf(typed: string, joints: RegExp): { readonly text: string; readonly start: number }[] {
  const parts: { text: string; start: number }[] = [];
  let start = 0;
  for (const found of typed.matchAll(joints)) {
    if (found[0].startsWith('"')) continue;
    parts.push({ text: typed.slice(start, found.index), start });
    start = found.index + found[0].length;
  }
  parts.push({ text: typed.slice(start), start });
  return parts;
}

function termOf(part: string): Term | null {
  const [, member, list] = MEMBERSHIP.exec(part) ?? [];
  if (member !== undefined && list !== undefined) {
    const values = list.split(/[\s,]+/).filter((value) => value !== '');
    return values.length === 0 ? null : termFor(member, '=', values.map(unquoted), false);
  }
  const [, field, operator, value] = COMPARISON.exec(part) ?? [];
  if (field === undefined || operator === undefined || value === undefined) return null;
  const comparison = OPERATORS[operator.toLowerCase()];
  if (comparison === undefined) return null;
  if (comparison === '!=') return termFor(field, '=', [unquoted(value)], true);
  const isWhole = operator === '==' || operator.toLowerCase() === 'eq';
  return termFor(field, comparison, [unquoted(value)], false, isWhole);
}

function termFor(
  theirs: string,
  comparison: Comparison,
  values: readonly string[],
  isNegated: boolean,
  isWhole = true,
): Term | null {
  const fields = FIELDS[theirs.toLowerCase()];
  const [first] = fields ?? [];
  if (fields === undefined || first === undefined) return null;
  try {
    const tests = values.map((value) =>
      isWhole && comparison === '=' && TEXTS.has(first)
        ? { accepts: (text: string | number) => text === value, acceptsNothing: false }
        : testOf(first, comparison, value),
    );
    return { fields, tests, isNegated };
  } catch (thrown) {
    if (thrown instanceof ValueError) return null;
    throw thrown;
  }
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}
