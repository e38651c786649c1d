/**
 * Two reports, one from before a change and one from after: is what was found gone, rarer, more
 * frequent, or new? Did the change mend it?
 *
 * Counts are compared as rates per connection of the server, since no two captures are equally long;
 * what few occurrences can show is worked out exactly (rates.ts), and what they cannot show is called
 * undecided rather than mended. Occurrences that all fall within a small part of their capture may come
 * of one event (a restart, a full queue), so they are judged as one.
 */
import type { FindingDocument, ReportDocument } from '../schema.js';
import { cautionsOf } from './cautions.js';
import type { ComparisonDocument } from './comparison-schema.js';
import { judged } from './judgement.js';
import { findingsOf, type Key, keysOf } from './matching.js';
import { rateOf } from './rates.js';
import { areOfSameCaptures } from './same-captures.js';

/** Occurrences within this share of their capture's time may be one event. */
export const ONE_EVENT_SHARE = 0.1;
type Compared = ComparisonDocument['findings'][number];
type Side = Compared['before'];

/** Compares them; `version` is that of pcapdx. */
export function compareReports(before: ReportDocument, after: ReportDocument, version: string): ComparisonDocument {
  const findings = [...keysOf(before, after).values()].map((key) => compared(key, before, after)).sort(byChange);
  return {
    schemaVersion: 1,
    tool: { name: 'pcapdx', version },
    verdict: verdictOf(findings),
    before: runOf(before),
    after: runOf(after),
    ...(before.reveal === true || after.reveal === true ? { reveal: true } : {}),
    findings,
    cautions: cautionsOf(before, after),
  };
}

function compared(key: Key, before: ReportDocument, after: ReportDocument): Compared {
  const { rule, kind, address, addressAfter, port } = key;
  const old = findingsOf(before, key, address);
  const now = findingsOf(after, key, addressAfter);
  const [spokesman] = [...now, ...old];
  const sides = { before: sideOf(before, old, address, port), after: sideOf(after, now, addressAfter, port) };
  const isItself = areOfSameCaptures(before, after) && sides.before.occurrences === sides.after.occurrences;
  return {
    ...(isItself ? ITSELF : judged(sides.before, sides.after, ranIn(before, rule), ranIn(after, rule))),
    rule,
    kind,
    severity: spokesman?.severity ?? 'notice',
    title: spokesman?.title ?? '',
    subject: { address, port, name: spokesman?.subject.name ?? null },
    addressAfter,
    ...sides,
  };
}

/** No chance is between a capture and itself. */
const ITSELF = {
  change: 'same',
  because: 'both reports are of the same captures',
  ratio: null,
  chance: null,
  connectionsNeeded: null,
} as const;

function sideOf(report: ReportDocument, findings: readonly FindingDocument[], address: string, port: number): Side {
  const occurrences = findings.reduce((sum, finding) => sum + finding.occurrences, 0);
  const connections = connectionsOf(report, findings, address, port);
  const rate = connections === 0 ? null : rateOf({ occurrences, connections });
  return {
    findings: findings.map(({ id }) => id),
    occurrences,
    connections,
    rate: rate === null ? null : { value: rate.value, low: rate.low, high: rate.high },
    isOneEvent: occurrences > 1 && isOneEvent(report, findings),
  };
}

/** Connections of the server: its own figure, else what the finding says, else 0: it was not there. */
function connectionsOf(
  report: ReportDocument,
  findings: readonly FindingDocument[],
  address: string,
  port: number,
): number {
  const server = report.servers.find((known) => known.address === address && known.port === port);
  if (server !== undefined) return server.connections;
  const told = findings.map(({ facts }) => ('connectionsOfServer' in facts ? facts.connectionsOfServer : null));
  const figures = told.filter((figure) => typeof figure === 'number');
  // A server that is not among the busiest ones of a large report is not listed.
  return figures.length > 0 ? Math.max(...figures) : findings.length > 0 ? report.summary.connections : 0;
}

/** All within a small part of the time that the report covers. */
function isOneEvent(report: ReportDocument, findings: readonly FindingDocument[]): boolean {
  const first = Math.min(...findings.map(({ firstSeen }) => Date.parse(firstSeen)));
  const last = Math.max(...findings.map(({ lastSeen }) => Date.parse(lastSeen)));
  const duration = durationOf(report) * 1000;
  return duration > 0 && (last - first) / duration < ONE_EVENT_SHARE;
}

/** A report that does not say which rules ran is taken to have run all. */
function ranIn({ rules, ruleFailures }: ReportDocument, rule: string): boolean {
  if (ruleFailures?.some((failure) => failure.rule === rule) === true) return false;
  return rules?.includes(rule) ?? true;
}

/** Of what fails or will: what is merely worth knowing decides only where there is nothing else. */
function verdictOf(all: readonly Compared[]): ComparisonDocument['verdict'] {
  const failing = all.filter(({ severity }) => severity !== 'notice');
  const findings = failing.length > 0 ? failing : all;
  const has = (...changes: Compared['change'][]) => findings.some(({ change }) => changes.includes(change));
  const old = findings.filter(({ before }) => before.occurrences > 0);
  const isBetter = has('gone', 'rarer');
  if (has('new', 'more-frequent')) return isBetter ? 'mixed' : 'worse';
  if (findings.length === 0) return 'nothing-found';
  if (old.length > 0 && findings.every(({ change }) => change === 'gone')) return 'mended';
  if (isBetter) return 'partly-mended';
  return has('same') ? 'not-mended' : 'undecided';
}

const CHANGES: readonly Compared['change'][] = ['new', 'more-frequent', 'same', 'undecided', 'rarer', 'gone'];
const SEVERITIES: readonly Compared['severity'][] = ['critical', 'warning', 'notice'];

/** The worst first. */
function byChange(a: Compared, b: Compared): number {
  return (
    CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.before.occurrences + b.after.occurrences - (a.before.occurrences + a.after.occurrences)
  );
}

function runOf(report: ReportDocument): ComparisonDocument['before'] {
  return {
    captures: report.captures.map(({ file }) => file),
    version: report.tool.version,
    connections: report.summary.connections,
    durationSeconds: durationOf(report),
  };
}

/** From the first packet of all captures to the last. */
function durationOf({ captures }: ReportDocument): number {
  const seen = captures.flatMap(({ start, durationSeconds }) => {
    if (start === null) return [];
    const from = Date.parse(start) / 1000;
    return [{ from, to: from + durationSeconds }];
  });
  if (seen.length === 0) return 0;
  return Math.max(...seen.map(({ to }) => to)) - Math.min(...seen.map(({ from }) => from));
}
