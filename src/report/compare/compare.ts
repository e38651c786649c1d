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
import type { ComparisonDocument } from './comparison-schema.js';
import { chanceOfFewer, chanceOfMore, connectionsNeeded, type Observed, rateOf, ratioOf } from './rates.js';

/** A split as uneven, or more so, comes by chance this often: less is no chance any more. */
export const CHANCE = 0.05;
/** Occurrences within this share of their capture's time may be one event. */
export const ONE_EVENT_SHARE = 0.1;
/** A rate is called the same when its ratio is known to lie within this factor of 1. */
const SAME_WITHIN = 2;

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
    findings,
    cautions: cautionsOf(before, after),
  };
}

/** What makes findings of two reports the same: the rule, the server, and the rule's own kind where it tells kinds apart. */
interface Key {
  readonly rule: string;
  readonly kind: string | null;
  readonly address: string;
  readonly port: number;
  /** The address that the same server has in the other report; a redeployed container has another. */
  readonly addressAfter: string;
}

function keysOf(before: ReportDocument, after: ReportDocument): Map<string, Key> {
  const keys = new Map<string, Key>();
  const moved = movedServers(before, after);
  const note = (finding: FindingDocument, isAfter: boolean) => {
    const { address, port } = finding.subject;
    const from = isAfter ? (moved.back.get(serverText(address, port)) ?? address) : address;
    const to = isAfter ? address : (moved.on.get(serverText(address, port)) ?? address);
    const kind = kindOf(finding);
    keys.set([finding.rule, kind, from, port].join(' '), {
      ...{ rule: finding.rule, kind, port },
      ...{ address: from, addressAfter: to },
    });
  };
  for (const finding of before.findings) note(finding, false);
  for (const finding of after.findings) note(finding, true);
  return keys;
}

/** Servers that are in one report alone, and have a name and port that one server of the other alone has. */
function movedServers(before: ReportDocument, after: ReportDocument) {
  const on = new Map<string, string>();
  const back = new Map<string, string>();
  const only = (one: ReportDocument, other: ReportDocument) =>
    one.servers.filter(
      ({ address, port }) => !other.servers.some((known) => known.address === address && known.port === port),
    );
  const arrived = only(after, before);
  const left = only(before, after);
  const hasName = (server: ReportDocument['servers'][number], name: string | undefined, port: number) =>
    name !== undefined && server.port === port && server.names[0] === name;
  for (const { address, port, names } of left) {
    const candidates = arrived.filter((server) => hasName(server, names[0], port));
    const rivals = left.filter((server) => hasName(server, names[0], port));
    const [to] = candidates;
    if (to === undefined || candidates.length > 1 || rivals.length > 1) continue;
    on.set(serverText(address, port), to.address);
    back.set(serverText(to.address, port), address);
  }
  return { on, back };
}

function compared(key: Key, before: ReportDocument, after: ReportDocument): Compared {
  const { rule, kind, address, addressAfter, port } = key;
  const old = findingsOf(before, key, address);
  const now = findingsOf(after, key, addressAfter);
  const [spokesman] = [...now, ...old];
  const sides = { before: sideOf(before, old, address, port), after: sideOf(after, now, addressAfter, port) };
  return {
    ...judged(sides.before, sides.after, ranIn(before, rule), ranIn(after, rule)),
    rule,
    kind,
    severity: spokesman?.severity ?? 'notice',
    title: spokesman?.title ?? '',
    subject: { address, port, name: spokesman?.subject.name ?? null },
    addressAfter,
    ...sides,
  };
}

/** What became of it, and the figures that say so. */
function judged(
  before: Side,
  after: Side,
  ranBefore: boolean,
  ranAfter: boolean,
): Pick<Compared, 'change' | 'because' | 'ratio' | 'chance' | 'connectionsNeeded'> {
  const none = { ratio: null, chance: null, connectionsNeeded: null };
  if (!ranBefore || !ranAfter)
    return { ...none, change: 'undecided', because: `the rule did not run ${ranBefore ? 'after' : 'before'}` };
  if (before.connections === 0 || after.connections === 0) {
    const when = before.connections === 0 ? 'before' : 'after';
    return { ...none, change: 'undecided', because: `the server has no connection in the capture ${when}` };
  }
  const [old, now] = [eventsOf(before), eventsOf(after)];
  const ratio = ratioOf(old, now);
  const fewer = chanceOfFewer(old, now);
  const more = chanceOfMore(old, now);
  const figures = {
    // JSON knows no infinity: null is a ratio to nothing, and a bound that there is not.
    ratio:
      before.occurrences === 0 || before.isOneEvent || after.isOneEvent
        ? null
        : { value: ratio.value, low: ratio.low, high: finite(ratio.high) },
    chance: Math.min(1, before.occurrences === 0 ? more : after.occurrences === 0 ? fewer : 2 * Math.min(fewer, more)),
    connectionsNeeded: null,
  };
  const { chance } = figures;
  const asOne = [before.isOneEvent ? 'before' : '', after.isOneEvent ? 'after' : ''].filter((when) => when !== '');
  const caution =
    asOne.length === 0 ? '' : `; those ${asOne.join(' and ')} count as one event, they came within a moment`;
  if (after.occurrences === 0) {
    if (chance < CHANCE)
      return { ...figures, change: 'gone', because: `none after, which chance does not explain${caution}` };
    const needed = connectionsNeeded(old, CHANCE);
    const because = `none after, in too few connections to tell from chance${caution}`;
    return { ...figures, change: 'undecided', because, connectionsNeeded: needed };
  }
  if (before.occurrences === 0) {
    return chance < CHANCE
      ? { ...figures, change: 'new', because: `none before, which chance does not explain${caution}` }
      : {
          ...figures,
          change: 'undecided',
          because: `first seen after, and chance may have kept it away before${caution}`,
        };
  }
  if (chance < CHANCE) {
    const change = fewer < more ? 'rarer' : 'more-frequent';
    return { ...figures, change, because: `a difference that chance does not explain${caution}` };
  }
  const isSame = ratio.low > 1 / SAME_WITHIN && ratio.high < SAME_WITHIN;
  return isSame
    ? { ...figures, change: 'same', because: `as frequent as before, as far as the counts tell${caution}` }
    : { ...figures, change: 'undecided', because: `too few to tell a difference from chance${caution}` };
}

/** Counts for the tests: what may be one event is one. */
function eventsOf({ occurrences, connections, isOneEvent }: Side): Observed {
  return { occurrences: isOneEvent ? 1 : occurrences, connections };
}

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

function findingsOf(report: ReportDocument, { rule, kind, port }: Key, address: string): readonly FindingDocument[] {
  return report.findings.filter(
    (finding) =>
      finding.rule === rule &&
      kindOf(finding) === kind &&
      finding.subject.address === address &&
      finding.subject.port === port,
  );
}

/** Rules that tell kinds apart say which in their figures. */
function kindOf({ facts }: FindingDocument): string | null {
  return 'kind' in facts && typeof facts.kind === 'string' ? facts.kind : null;
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

/** What makes the two less comparable than they look. */
function cautionsOf(before: ReportDocument, after: ReportDocument): string[] {
  const cautions: string[] = [];
  if (before.tool.version !== after.tool.version)
    cautions.push(`the reports come of different versions of pcapdx (${before.tool.version}, ${after.tool.version})`);
  for (const [when, report] of [
    ['before', before],
    ['after', after],
  ] as const) {
    if (report.filter !== undefined)
      cautions.push(`the report ${when} is filtered and hides ${report.filter.hiddenFindings} findings`);
    if (report.interrupted === true) cautions.push(`the reading was stopped ${when}`);
    if ((report.errors?.length ?? 0) > 0) cautions.push(`not all of the captures ${when} could be read`);
    const { unseen, summary } = report;
    if (unseen === undefined || summary.connections === 0) continue;
    const share = (unseen.encrypted / summary.connections) * 100;
    if (share >= 10) cautions.push(`${share.toFixed(0)} % of the connections ${when} are TLS that was not decrypted`);
  }
  return cautions;
}

function serverText(address: string, port: number): string {
  return `${address} ${port}`;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
