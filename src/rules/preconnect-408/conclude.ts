/** What the run as a whole says: one finding per server, of all that it gave up on. */
import type { Endpoint } from '../../facts/endpoint.js';
import { CONFIDENCES, type Confidence, MAX_EVIDENCE, type RawFinding, type Severity } from '../../facts/finding.js';
import { weigh } from '../argument/cause.js';
import { lowered } from '../judgements/capture-guards.js';
import type { TimerEstimate } from '../judgements/timer-estimate.js';
import type { Conclusion } from '../rule.js';
import { serversOf } from '../tally/per-server.js';
import type { Case, Preconnect408Facts } from './case.js';
import { caseOf } from './case-of.js';
import { CAUSES } from './causes.js';
import type { Incident } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { Preconnect408Tally } from './tally.js';
import { evidenceOf, summaryOf, titleOf } from './wording.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: Preconnect408Tally, conclusion: Conclusion): RawFinding[] {
  return serversOf(tally.servers).flatMap(({ endpoint, tally: server }) => {
    if (server.incidents === 0) return [];
    const subject = caseOf(server, endpoint, tally, conclusion);
    return subject === null ? [] : [findingOf(subject, endpoint, conclusion)];
  });
}

function findingOf(subject: Case, endpoint: Endpoint, { names, reveal }: Conclusion): RawFinding {
  const who = { ...endpoint, name: names.namesOf(endpoint.address, endpoint.port)[0] ?? null };
  const times = subject.incidents.map(({ atNs }) => atNs);
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: confidenceOf(subject),
    title: titleOf(subject, who),
    summary: summaryOf(subject),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: Math.min(...times),
    lastSeenNs: Math.max(...times),
    facts: { ...factsOf(subject) },
    evidence: subject.incidents.slice(0, MAX_EVIDENCE).map((incident) => evidenceOf(incident, subject, reveal)),
    hypotheses: weigh(CAUSES, subject),
    remedies: remediesOf(subject),
    references: META.references,
  };
}

/** Critical where a request was lost that its client did not repeat at once; a close without harm is a notice. */
function severityOf({ late, outcomes, counts }: Case): Severity {
  if (late > outcomes['at-once']) return 'critical';
  const harmless = counts.unused.silent;
  const sum = Object.values(counts).reduce((whole, { status, shape, silent }) => whole + status + shape + silent, 0);
  return late > 0 || sum > harmless ? 'warning' : 'notice';
}

/** A 408 says itself what it is; so does a request behind a FIN. Silence is as sure as the age that it shares with others. */
function confidenceOf({ incidents, estimate, droppedPackets }: Case): Confidence {
  const sure = (one: Incident): Confidence =>
    one.farewell === 'status' || (one.farewell === 'silent' && one.late !== null) ? 'certain' : byAge(one, estimate);
  const levels = incidents.map((one) => CONFIDENCES.indexOf(lowered(sure(one), one.steps)));
  const best = CONFIDENCES[Math.min(...levels)] ?? 'possible';
  return lowered(best, droppedPackets > 0 ? 1 : 0);
}

function byAge({ farewell }: Incident, estimate: TimerEstimate | null): Confidence {
  if (estimate?.pattern !== 'timer') return 'possible';
  return farewell === 'shape' && estimate.confidence === 'certain' ? 'likely' : estimate.confidence;
}

function factsOf(subject: Case): Preconnect408Facts {
  const { counts, estimate, outcomes } = subject;
  return {
    unusedWith408: counts.unused.status,
    unusedWith408ByShape: counts.unused.shape,
    unusedSilent: counts.unused.silent,
    halfWith408: counts.half.status,
    halfSilent: counts.half.silent,
    keptAliveWith408: counts['kept-alive'].status,
    lateRequests: subject.late,
    lateRequestsThatCrossed: subject.crossed,
    lateRetriedAtOnce: outcomes['at-once'],
    lateRetriedAndAnswered: outcomes.answered,
    lateRetriedInVain: outcomes['failed-again'],
    lateNotRetried: outcomes['not-retried'],
    requestTimeoutSeconds: estimate?.seconds ?? null,
    requestTimeoutPattern: estimate?.pattern ?? null,
    requestTimeoutSamples: estimate?.samples ?? 0,
    requestTimeoutAgreeing: estimate?.agreeing ?? 0,
    requestTimeoutConfidence: estimate === null || estimate.seconds === null ? null : estimate.confidence,
    lowestAgeNs: estimate?.lowestNs ?? null,
    highestAgeNs: estimate?.highestNs ?? null,
    connectionsOfServer: subject.connections,
    closedByClientUnused: subject.closedByClient,
    lostOnPath: subject.lostOnPath,
    probesLeftOut: subject.probes,
    uncountedIncidents: subject.uncounted,
  };
}
