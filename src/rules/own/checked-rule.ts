/**
 * Rules that users write: nothing in a file from outside is believed before it is looked at.
 *
 * What such a rule says of itself is checked when it is loaded, so that a mistake is told before a
 * capture is read. What it concludes is checked when it concludes, by the same measure as the rules
 * of the catalogue: a finding without a packet for each of its claims is not passed on, and the rule
 * is named in the warnings (rules/rule-run.ts).
 */
import type { RawFinding } from '../../facts/finding.js';
import { SEVERITIES } from '../../facts/finding.js';
import { flawOf } from '../argument/flaw.js';
import type { Rule, RuleMeta } from '../rule.js';

/** What is wrong with a file's rules, in words for its author. */
export class RuleFileError extends Error {
  override readonly name = 'RuleFileError';
}

const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const METHODS = ['tally', 'inspect', 'merge', 'conclude'] as const;

/**
 * The rules of a module that a user wrote: its default export, a rule or a list of them.
 *
 * @throws {RuleFileError} for anything else, and for ids that are taken
 */
export function rulesOfModule(exported: unknown, taken: readonly string[]): Rule<unknown>[] {
  if (exported === undefined)
    throw new RuleFileError('has no default export; export a rule: export default { meta, … }');
  const list: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  if (list.length === 0) throw new RuleFileError('exports no rule');
  const known = new Set(taken);
  return list.map((value, at) => {
    const rule = checkedRule(value, list.length === 1 ? 'the rule' : `rule ${at + 1}`);
    if (known.has(rule.meta.id)) throw new RuleFileError(`rule ${rule.meta.id}: there is a rule of this name already`);
    known.add(rule.meta.id);
    return rule;
  });
}

function checkedRule(value: unknown, called: string): Rule<unknown> {
  if (!isObject(value)) throw new RuleFileError(`${called} is not an object { meta, tally, inspect, merge, conclude }`);
  const { meta: described } = value;
  const meta = checkedMeta(described, called);
  for (const method of METHODS)
    if (typeof value[method] !== 'function') throw new RuleFileError(`rule ${meta.id}: ${method} is not a function`);
  const rule = value as unknown as Rule<unknown>;
  return {
    meta,
    // What its author counts is not known.
    seesEveryday: true,
    tally: () => rule.tally(),
    inspect: (connection, tally) => rule.inspect(connection, tally),
    merge: (into, from) => rule.merge(into, from),
    conclude: (tally, conclusion) => checkedFindings(rule.conclude(tally, conclusion), meta),
  };
}

/** A rule's account of itself, with empty lists for those that it leaves out. */
function checkedMeta(value: unknown, called: string): RuleMeta {
  if (!isObject(value)) throw new RuleFileError(`${called} has no meta`);
  const { id, severity, title } = value;
  if (typeof id !== 'string' || !ID.test(id))
    throw new RuleFileError(`${called}: meta.id is no name in small letters and hyphens, such as slow-login`);
  const of = `rule ${id}`;
  const known = SEVERITIES.find((one) => one === severity);
  if (known === undefined) throw new RuleFileError(`${of}: meta.severity is none of ${SEVERITIES.join(', ')}`);
  if (typeof title !== 'string' || title.trim() === '') throw new RuleFileError(`${of}: meta.title is missing`);
  return {
    id,
    severity: known,
    title,
    feels: textIn(value, 'feels', of),
    shows: textIn(value, 'shows', of),
    needs: textsIn(value, 'needs', of),
    hypotheses: namedTextsIn(value, 'hypotheses', of),
    lookAlikes: namedTextsIn(value, 'lookAlikes', of),
    limits: textsIn(value, 'limits', of),
    references: referencesIn(value, of),
  };
}

function textIn(meta: Readonly<Record<string, unknown>>, name: string, of: string): string {
  const value = meta[name] ?? '';
  if (typeof value !== 'string') throw new RuleFileError(`${of}: meta.${name} is not a text`);
  return value;
}

function textsIn(meta: Readonly<Record<string, unknown>>, name: string, of: string): string[] {
  const value = meta[name] ?? [];
  if (!Array.isArray(value) || !value.every((text) => typeof text === 'string'))
    throw new RuleFileError(`${of}: meta.${name} is not a list of texts`);
  return value;
}

function namedTextsIn(meta: Readonly<Record<string, unknown>>, name: string, of: string): Record<string, string> {
  const value = meta[name] ?? {};
  if (!isObject(value)) throw new RuleFileError(`${of}: meta.${name} is not an object of texts by id`);
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw new RuleFileError(`${of}: meta.${name}.${key} is not a text`);
    texts[key] = text;
  }
  return texts;
}

function referencesIn(meta: Readonly<Record<string, unknown>>, of: string): RuleMeta['references'] {
  const { references = [] } = meta;
  if (!Array.isArray(references)) throw new RuleFileError(`${of}: meta.references is not a list`);
  return references.map((reference: unknown) => {
    const { title, url } = isObject(reference) ? reference : {};
    if (typeof title !== 'string' || typeof url !== 'string')
      throw new RuleFileError(`${of}: meta.references holds something that is not { title, url }`);
    return { title, url };
  });
}

/** @throws {Error} for what is no finding: the runner names the rule */
function checkedFindings(concluded: unknown, meta: RuleMeta): RawFinding[] {
  if (!Array.isArray(concluded)) throw new Error('conclude gave no list of findings');
  for (const [at, value] of concluded.entries()) {
    const flaw = shapeFlawOf(value) ?? flawOf(value as RawFinding, meta);
    if (flaw !== null) throw new Error(`finding ${at + 1}: ${flaw}`);
  }
  return concluded as RawFinding[];
}

const TEXTS = ['rule', 'severity', 'confidence', 'title', 'summary'] as const;
const NUMBERS = ['occurrences', 'firstSeenNs', 'lastSeenNs'] as const;
const LISTS = ['evidence', 'hypotheses', 'remedies', 'references'] as const;

/** What a finding lacks of its fields (facts/finding.ts); `null`: nothing. */
function shapeFlawOf(value: unknown): string | null {
  if (!isObject(value)) return 'it is no object';
  for (const name of TEXTS) if (typeof value[name] !== 'string') return `${name} is not a text`;
  for (const name of NUMBERS) if (!Number.isFinite(value[name])) return `${name} is not a number`;
  for (const name of LISTS) if (!Array.isArray(value[name])) return `${name} is not a list`;
  const { facts, subject, evidence, hypotheses, remedies } = value as Readonly<Record<string, unknown>> &
    Readonly<Record<(typeof LISTS)[number], readonly unknown[]>>;
  if (!isObject(facts)) return 'facts is not an object';
  if (!isEndpoint(subject)) return 'subject is not { address, port, name }';
  if (!evidence.every(isEvidence)) return 'evidence holds something that is not { stream, client, server, packets }';
  if (!hypotheses.every((one) => hasTexts(one, ['cause', 'verdict', 'because'])))
    return 'hypotheses holds something that is not { cause, verdict, because }';
  if (!remedies.every((one) => hasTexts(one, ['component', 'text'])))
    return 'remedies holds something that is not { component, text, config }';
  return null;
}

function isEvidence(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { stream, client, server, packets } = value;
  const isPlaced = Number.isInteger(stream) && isEndpoint(client) && isEndpoint(server);
  return isPlaced && Array.isArray(packets) && packets.every(isEvidencePacket);
}

function isEvidencePacket(value: unknown): boolean {
  if (!hasTexts(value, ['note'])) return false;
  const { packet, atNs } = value;
  return Number.isSafeInteger(packet) && Number.isFinite(atNs);
}

function isEndpoint(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { address, port } = value;
  return typeof address === 'string' && Number.isInteger(port);
}

function hasTexts(value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> {
  return isObject(value) && names.every((name) => typeof value[name] === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
