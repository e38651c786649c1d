/** Findings from cases: one for each server and kind, so that a front end of many names is one story. */
import { CONFIDENCES, MAX_EVIDENCE, type RawFinding, type Severity } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import type { Conclusion } from '../rule.js';
import type { Case, CrossSniReuseFacts, JudgedReuse, SealedCase } from './case.js';
import { hypothesesOf, sealedHypotheses } from './causes.js';
import { casesOf } from './judge.js';
import { META } from './meta.js';
import { remediesOf, sealedRemedies } from './remedies.js';
import { sealedCasesOf } from './sealed.js';
import { type CrossSniReuseTally, pairsOf } from './tally.js';
import { evidenceOf, sealedEvidence, sealedSummary, sealedTitle, summaryOf, titleOf } from './wording.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: CrossSniReuseTally, conclusion: Conclusion): RawFinding[] {
  const droppedPackets = conclusion.captures.reduce((sum, { droppedPackets: dropped }) => sum + (dropped ?? 0), 0);
  const uncounted = tally.reuses - pairsOf(tally).reduce((sum, { served, refused }) => sum + served + refused, 0);
  const stories = new Map<string, Case[]>();
  for (const one of casesOf(tally, conclusion, droppedPackets)) {
    const key = `${endpointText(one.pair.server)} ${one.kind}`;
    const known = stories.get(key);
    if (known === undefined) stories.set(key, [one]);
    else known.push(one);
  }
  return [
    ...[...stories.values()].flatMap((cases, at) => findingOf(cases, at === 0 ? uncounted : 0, conclusion)),
    ...sealedCasesOf(tally, conclusion, droppedPackets).map((one) => sealedFinding(one, conclusion)),
  ];
}

function findingOf(unsorted: readonly Case[], uncounted: number, { names, reveal }: Conclusion): RawFinding[] {
  const cases = [...unsorted].sort(mostTellingFirst);
  const [first] = cases;
  if (first === undefined) return [];
  const { server } = first.pair;
  const who = { ...server, name: names.namesOf(server.address, server.port)[0] ?? null };
  const evidence = cases
    .flatMap((one) => [...one.reuses].sort(bestShownFirst).map((reuse) => evidenceOf(reuse, one, reveal)))
    .slice(0, MAX_EVIDENCE);
  return [
    {
      rule: META.id,
      severity: severityOf(cases),
      confidence: first.confidence,
      title: titleOf(first.kind, cases, who),
      summary: summaryOf(first.kind, cases, uncounted),
      subject: who,
      occurrences: cases.reduce((sum, { occurrences }) => sum + occurrences, 0),
      firstSeenNs: Math.min(...cases.flatMap(({ reuses }) => reuses.map(({ reuse }) => reuse.atNs))),
      lastSeenNs: Math.max(...cases.map(({ pair }) => pair.lastNs)),
      facts: { ...factsOf(cases, uncounted) },
      evidence,
      hypotheses: hypothesesOf(first),
      remedies: remediesOf(first),
      references: META.references,
    },
  ];
}

function mostTellingFirst(one: Case, other: Case): number {
  const sure = CONFIDENCES.indexOf(one.confidence) - CONFIDENCES.indexOf(other.confidence);
  return sure || other.occurrences - one.occurrences || (one.pair.name < other.pair.name ? -1 : 1);
}

/** What others bear out says more; of equals the earlier. */
function bestShownFirst(one: JudgedReuse, other: JudgedReuse): number {
  return (
    shownBy(other) - shownBy(one) ||
    one.reuse.atNs - other.reuse.atNs ||
    one.reuse.stream - other.reuse.stream ||
    one.reuse.index - other.reuse.index
  );
}

function shownBy({ back, contrast, retry }: JudgedReuse): number {
  return [back, contrast, retry].filter((one) => one !== null).length;
}

function severityOf(cases: readonly Case[]): Severity {
  const [first] = cases;
  switch (first?.kind) {
    case 'misrouted':
      return cases.some(({ confidence }) => confidence !== 'possible') ? 'critical' : 'warning';
    case 'rejected':
      return cases.some(({ reuses, unfollowed }) => reuses.length > unfollowed) ? 'critical' : 'warning';
    case 'undecided':
      return cases.some(({ basis, pair }) => basis === 'same-page' && pair.notCovering === null) ? 'warning' : 'notice';
    default:
      return 'notice';
  }
}

function factsOf(cases: readonly Case[], uncounted: number): CrossSniReuseFacts {
  const statuses: Record<string, number> = {};
  for (const { reuses } of cases)
    for (const { reuse } of reuses) {
      const status = String(reuse.status ?? 'none');
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  const [first] = cases;
  const covering = cases.some(({ pair }) => pair.covering !== null);
  const namesBehind = (which: keyof Case['backends']): string[] =>
    [...new Set(cases.flatMap(({ backends }) => backends[which]))].sort();
  return {
    kind: first?.kind ?? 'undecided',
    basis: first?.basis ?? 'none',
    pairs: cases.map(({ pair, occurrences }) => ({
      serverName: pair.openedFor,
      authority: pair.name,
      requests: occurrences,
    })),
    clientIsGateway: cases.some(({ isGateway }) => isGateway),
    certificateCoversBoth: covering ? true : cases.some(({ pair }) => pair.notCovering !== null) ? false : null,
    originFrameNamesIt: cases.some(({ pair }) => pair.isOffered),
    offersEch: false,
    backServersOfReused: namesBehind('reused'),
    backServersOfRightName: namesBehind('right'),
    backServersOfConnectionName: namesBehind('own'),
    statuses,
    uncountedRequests: uncounted,
  };
}

function sealedFinding(one: SealedCase, { names }: Conclusion): RawFinding {
  const { connection, name, answer, resumed } = one;
  const { server, openedFor, certificate, offersEch } = connection;
  const facts: CrossSniReuseFacts = {
    kind: 'encrypted',
    basis: 'dns',
    pairs: [{ serverName: openedFor, authority: name, requests: 0 }],
    clientIsGateway: false,
    certificateCoversBoth: certificate === null ? null : true,
    originFrameNamesIt: false,
    offersEch,
    backServersOfReused: [],
    backServersOfRightName: [],
    backServersOfConnectionName: [],
    statuses: {},
    uncountedRequests: 0,
  };
  return {
    rule: META.id,
    severity: 'notice',
    confidence: 'possible',
    title: sealedTitle(one),
    summary: sealedSummary(one),
    subject: { ...server, name: names.namesOf(server.address, server.port)[0] ?? null },
    occurrences: 1,
    firstSeenNs: answer.atNs,
    lastSeenNs: resumed.atNs,
    facts: { ...facts },
    evidence: [sealedEvidence(one)],
    hypotheses: sealedHypotheses(one),
    remedies: sealedRemedies({ server, openedFor, name }),
    references: META.references,
  };
}
