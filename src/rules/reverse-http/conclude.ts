/** What the run as a whole says: one finding for each endpoint that accepts reverse connections. */
import type { Endpoint } from '../../facts/endpoint.js';
import { MAX_EVIDENCE, type RawFinding } from '../../facts/finding.js';
import { weigh } from '../argument/cause.js';
import { confidenceOf, evidenceOf, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import type { Occurrences } from '../tally/occurrences.js';
import { serversOf } from '../tally/per-server.js';
import type { Case, ReverseHttpFacts } from './case.js';
import { caseOf } from './case-of.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { Reversed } from './reversed.js';
import type { ReverseTally } from './tally.js';
import { gapEvidence, shown, summaryOf } from './wording.js';

/** All findings of a run, in the order of the endpoints. */
export function concludeRun({ acceptors }: ReverseTally, conclusion: Conclusion): RawFinding[] {
  return serversOf(acceptors).flatMap(({ endpoint, tally }) => {
    const subject = caseOf(tally, conclusion);
    return subject === null ? [] : [findingOf(subject, tally, endpoint, conclusion)];
  });
}

function findingOf(
  subject: Case,
  occurrences: Occurrences<Reversed>,
  endpoint: Endpoint,
  conclusion: Conclusion,
): RawFinding {
  const who = subjectOf(endpoint, conclusion);
  const { gaps, uncertified, connections } = subject;
  const isSure = connections.every(({ basis, alpnIsSelected }) => basis === 'frames' || alpnIsSelected);
  return {
    rule: META.id,
    severity: gaps.length > 0 || uncertified !== null ? 'warning' : 'notice',
    confidence: confidenceOf(isSure ? 'certain' : 'likely', occurrences, conclusion),
    title:
      gaps.length > 0
        ? `${subjectText(who)} gives up idle connections that servers have dialled to it`
        : `HTTP runs in reverse: ${subjectText(who)} sends the requests, and whoever dials it answers`,
    summary: summaryOf(subject),
    subject: who,
    ...(gaps.length > 0 ? ofGaps(subject) : ofAll(subject, occurrences)),
    facts: { ...factsOf(subject) },
    hypotheses: weigh(CAUSES, subject),
    remedies: remediesOf(subject),
    references: META.references,
  };
}

/** What was given up is counted where something was, and shown. */
function ofGaps({ gaps, told }: Case): Pick<RawFinding, 'occurrences' | 'firstSeenNs' | 'lastSeenNs' | 'evidence'> {
  const times = gaps.map(({ reversed }) => reversed.dropped.atNs);
  return {
    occurrences: gaps.length,
    firstSeenNs: Math.min(...times),
    lastSeenNs: Math.max(...times),
    evidence: gaps.slice(0, MAX_EVIDENCE).map((gap) => gapEvidence(gap, told)),
  };
}

function ofAll({ first, connections, occurrences }: Case, { lastNs }: Occurrences<Reversed>) {
  return {
    occurrences,
    firstSeenNs: first.atNs,
    lastSeenNs: lastNs,
    evidence: connections.slice(0, MAX_EVIDENCE).map((one) => evidenceOf(one, [shown(one)])),
  };
}

function factsOf({ first, dialling, connections, gaps }: Case): ReverseHttpFacts {
  const drops = connections.flatMap(({ dropped }) => (dropped === null ? [] : [dropped.idleNs]));
  return {
    basis: first.basis,
    alpn: first.alpn,
    dialling: dialling.slice(0, 10),
    requests: connections.reduce((sum, one) => sum + one.requests, 0),
    droppedWhileIdle: drops.length,
    idleTimeoutNs: drops.length === 0 ? null : Math.min(...drops),
    longestGapNs: gaps.length === 0 ? null : Math.max(...gaps.map(({ lengthNs }) => lengthNs)),
    showsClientCertificate: first.showsCertificate,
  };
}
