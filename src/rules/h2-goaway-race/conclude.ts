/** What the run as a whole says: one finding for each server whose farewell cost requests. */

import type { Endpoint } from '../../facts/endpoint.js';
import { MAX_EVIDENCE, type RawFinding, type Severity } from '../../facts/finding.js';
import { H2_ERROR } from '../../facts/h2.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { confidenceOf, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { serversOf } from '../tally/per-server.js';
import type { Case, H2GoawayRaceFacts } from './case.js';
import { caseOf } from './case-of.js';
import { CAUSES } from './causes.js';
import { type LargeHeads, refusedHeads } from './large-head.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { GoAwayTally, ServerTally } from './tally.js';
import { farewellEvidence, summaryOf } from './wording.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun({ servers }: GoAwayTally, conclusion: Conclusion): RawFinding[] {
  return serversOf(servers).flatMap(({ endpoint, tally }) => {
    const subject = caseOf(tally, conclusion);
    return subject === null ? [] : [findingOf(subject, tally, endpoint, conclusion)];
  });
}

function findingOf(subject: Case, { farewells }: ServerTally, endpoint: Endpoint, conclusion: Conclusion): RawFinding {
  const who = subjectOf(endpoint, conclusion);
  const heads = refusedHeads(subject);
  return {
    rule: META.id,
    severity: severityOf(subject),
    // What comes just before one end alone may have come by chance.
    confidence: confidenceOf(heads?.agreeing === 1 ? 'likely' : 'certain', farewells, conclusion),
    title: `${subjectText(who)} ${titleOf(subject, heads)}`,
    summary: summaryOf(subject),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: subject.first.atNs,
    lastSeenNs: farewells.lastNs,
    facts: { ...factsOf(subject) },
    evidence: subject.farewells.slice(0, MAX_EVIDENCE).map((one) => farewellEvidence(one, conclusion.reveal)),
    hypotheses: weigh(CAUSES, subject),
    remedies: remediesOf(subject),
    references: META.references,
  };
}

function titleOf(subject: Case, heads: LargeHeads | null): string {
  const { first, counts } = subject;
  if (heads !== null)
    return heads.agreeing === 1
      ? `ends an HTTP/2 connection (${first.codeName}) upon a head of ${countText(heads.bytes)} bytes${heads.isWhole ? '' : ' and more'}`
      : `ends HTTP/2 connections (${first.codeName}) for heads that are too large`;
  if (lostIn(subject) === 0) return `ends HTTP/2 connections with ${first.codeName}`;
  return `says GOAWAY while requests are ${counts.cut > 0 ? 'in progress' : 'on their way'}`;
}

function lostIn({ counts }: Case): number {
  return counts.refused + counts.late + counts.cut;
}

/** What was in progress is lost for good; what was refused may be sent again, and often is. */
function severityOf(subject: Case): Severity {
  const { counts, retries, first } = subject;
  if (refusedHeads(subject) !== null) return 'critical';
  if (lostIn(subject) === 0) return first.code === H2_ERROR.none ? 'notice' : 'warning';
  if (counts.cut > 0) return 'critical';
  return retries.judged > 0 && retries.answered === retries.judged ? 'warning' : 'critical';
}

function factsOf({ first, counts, limit, ageSeconds, idle, retries }: Case): H2GoawayRaceFacts {
  return {
    errorCode: first.code,
    errorName: first.codeName,
    lastStream: first.lastStream,
    refusedRequests: counts.refused,
    lateRequests: counts.late,
    cutRequests: counts.cut,
    requestLimit: limit,
    connectionAgeSeconds: ageSeconds,
    idleTimeoutSeconds: idle?.seconds ?? null,
    retriesJudged: retries.judged,
    retriedAndAnswered: retries.answered,
    notRetried: retries.notRetried,
  };
}
