/**
 * Equal incidents become one finding: what the parts of a run, or of several, found of the same
 * server by the same rule is put together.
 *
 * Associative and commutative, so that reports may be joined in any order: counts add, times
 * widen, the earliest evidence stays, the worst severity and the best proof stand. What cannot be
 * added (title, summary, the rule's figures) is taken from the part that saw the incident first.
 * Where tallies can be merged instead (rules/rule.ts), that is better: the rule then speaks of all.
 */
import { CONFIDENCES, type Evidence, MAX_EVIDENCE, type RawFinding, SEVERITIES } from '../facts/finding.js';
import { endpointText } from '../text/address.js';
import { compareText } from '../text/order.js';
import { mergeHypotheses } from './hypothesis-merge.js';

/** One finding for each group of equal ones, in no particular order. */
export function groupFindings(findings: Iterable<RawFinding>): RawFinding[] {
  const groups = new Map<string, RawFinding>();
  for (const finding of findings) {
    const key = groupKey(finding);
    const known = groups.get(key);
    groups.set(key, known === undefined ? inBounds(finding) : mergeFindings(known, finding));
  }
  return [...groups.values()];
}

/**
 * What two findings share that tell of the same thing: rule, server and what was decided.
 *
 * The decision is in the title, and in `facts.kind` where a rule that tells several stories names
 * them there. A title's figures, and the name behind the endpoint (`10.0.1.43:80 (serv1.example)`),
 * may differ from part to part, so they do not count; neither do verdicts, of which a part may know
 * less than the whole.
 */
export function groupKey({ facts, rule, subject, title }: RawFinding): string {
  const { address, port } = subject;
  const [before = '', ...after] = title.split(endpointText(subject));
  const story = [before, ...after.map((part) => part.replace(/^ \([^)]*\)/, ''))]
    .join('')
    .replace(/\d+(?:[.,:]\d+)*/g, '#');
  const { kind } = facts;
  return JSON.stringify([rule, address, port, typeof kind === 'string' ? kind : null, story]);
}

/** Two findings with equal {@link groupKey} as one. */
export function mergeFindings(a: RawFinding, b: RawFinding): RawFinding {
  const first = isBefore(b, a) ? b : a;
  return {
    rule: first.rule,
    severity: firstOf(SEVERITIES, a.severity, b.severity),
    confidence: firstOf(CONFIDENCES, a.confidence, b.confidence),
    title: first.title,
    summary: first.summary,
    subject: { ...first.subject, name: nameOf(a.subject.name, b.subject.name) },
    occurrences: a.occurrences + b.occurrences,
    firstSeenNs: Math.min(a.firstSeenNs, b.firstSeenNs),
    lastSeenNs: Math.max(a.lastSeenNs, b.lastSeenNs),
    facts: first.facts,
    evidence: earliestOf([...a.evidence, ...b.evidence]),
    hypotheses: mergeHypotheses(a.hypotheses, b.hypotheses),
    remedies: union(a.remedies, b.remedies),
    references: union(a.references, b.references),
  };
}

/** A rule says the most telling first; of one that is not merged, that order stands. */
function inBounds(finding: RawFinding): RawFinding {
  return { ...finding, evidence: finding.evidence.slice(0, MAX_EVIDENCE) };
}

/** Which of two speaks for both: that which saw it first, and of equals always the same. */
function isBefore(a: RawFinding, b: RawFinding): boolean {
  if (a.firstSeenNs !== b.firstSeenNs) return a.firstSeenNs < b.firstSeenNs;
  return wordsOf(a) < wordsOf(b);
}

function wordsOf({ facts, summary, title }: RawFinding): string {
  return JSON.stringify([title, summary, facts]);
}

function firstOf<T>(order: readonly T[], a: T, b: T): T {
  return order.indexOf(a) <= order.indexOf(b) ? a : b;
}

function nameOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a <= b ? a : b;
}

function earliestOf(evidence: readonly Evidence[]): readonly Evidence[] {
  return [...evidence].sort(compareEvidence).slice(0, MAX_EVIDENCE);
}

/** By the packet that completes the incident: what comes before it may have begun long ago. */
function compareEvidence(a: Evidence, b: Evidence): number {
  const [aLast, bLast] = [a.packets.at(-1), b.packets.at(-1)];
  const byTime = (aLast?.atNs ?? 0) - (bLast?.atNs ?? 0) || (aLast?.packet ?? 0) - (bLast?.packet ?? 0);
  return byTime || a.stream - b.stream || compareText(JSON.stringify(a), JSON.stringify(b));
}

/** Equal lists keep their order, which is the rule's; others are joined, in an order of their own. */
function union<T>(a: readonly T[], b: readonly T[]): readonly T[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return a;
  const byText = new Map([...a, ...b].map((item) => [JSON.stringify(item), item]));
  return [...byText].sort(([one], [other]) => compareText(one, other)).map(([, item]) => item);
}
