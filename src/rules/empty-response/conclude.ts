/** What the run as a whole says: one finding per server that closed without an answer. */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Confidence, RawFinding, Remedy, Severity } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { weigh } from '../argument/cause.js';
import { windowFacts } from '../argument/window-text.js';
import { lowered, raised } from '../judgements/capture-guards.js';
import { lostWithProcess } from '../judgements/one-moment.js';
import type { Conclusion } from '../rule.js';
import { serversOf } from '../tally/per-server.js';
import type { Case, EmptyResponseFacts } from './case.js';
import { caseOf, toldFor } from './case-of.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import { type EmptyResponseTally, type Failures, withOthers } from './tally.js';
import { evidenceOf, summaryOf, titleOf } from './wording.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: EmptyResponseTally, conclusion: Conclusion): RawFinding[] {
  const known = serversOf(tally.failing).reduce((sum, one) => sum + one.tally.count + one.tally.healthChecks, 0);
  return failingOf(tally, conclusion).flatMap(({ endpoint, failures }, at) => {
    const subject = caseOf(failures, tally.cut.items, endpoint, conclusion, at === 0 ? tally.incidents - known : 0);
    return subject === null ? [] : [findingOf(subject, failures, endpoint, conclusion)];
  });
}

/** The servers, and what they failed in: on connections that had been idle, only what the end of a process took. */
function failingOf({ failing, afterIdle, unsaid }: EmptyResponseTally, conclusion: Conclusion) {
  const names = new Map(
    [...serversOf(failing), ...serversOf(afterIdle), ...serversOf(unsaid)].map((one) => [
      endpointText(one.endpoint),
      one,
    ]),
  );
  return [...names]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { endpoint }]) => {
      const waited = afterIdle.table.entries[name]?.tally.items ?? [];
      const failures = failing.table.entries[name]?.tally ?? null;
      const answered = (unsaid.table.entries[name]?.tally.items ?? []).filter(
        (one) => toldFor([one], conclusion).length > 0,
      );
      const others = [...lostWithProcess(waited, endpoint, conclusion), ...answered];
      return { endpoint, failures: withOthers(failures, others) };
    })
    .filter(({ failures }) => failures.count > 0);
}

function findingOf(subject: Case, failures: Failures, endpoint: Endpoint, { names, reveal }: Conclusion): RawFinding {
  const who = { ...endpoint, name: names.namesOf(endpoint.address, endpoint.port)[0] ?? null };
  const hypotheses = weigh(CAUSES, subject);
  const remedies: Remedy[] = remediesOf(subject, hypotheses);
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: confidenceOf(subject, failures.steps),
    title: titleOf(subject, who),
    summary: summaryOf(subject, who),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: subject.first.atNs,
    lastSeenNs: failures.lastNs,
    facts: { ...factsOf(subject) },
    evidence: subject.incidents.map((incident, at) =>
      evidenceOf(incident, subject.retries, subject.toldOf[at] ?? null, reveal),
    ),
    hypotheses,
    remedies,
    references: META.references,
  };
}

/** Critical unless each request that could be followed was sent again and answered. */
function severityOf({ retries }: Case): Severity {
  return retries.judged > 0 && retries.answered === retries.judged ? 'warning' : 'critical';
}

function confidenceOf({ droppedPackets, occurrences }: Case, steps: number): Confidence {
  const low = lowered('certain', steps + (droppedPackets > 0 ? 1 : 0));
  return raised(low, occurrences);
}

function factsOf(subject: Case): EmptyResponseFacts {
  const { delay, server, retries } = subject;
  return {
    minDelayNs: delay.lowest,
    maxDelayNs: delay.highest,
    lostRequests: subject.lostRequests,
    delaysCluster: subject.delaysCluster,
    onNewConnections: subject.incidents.filter(({ isFirst }) => isFirst).length,
    closedAtOnce: subject.atOnce,
    connectionsOfServer: server.connections,
    answeredRequestsOfServer: server.answered,
    healthChecks: subject.healthChecks,
    incidentsAtUncountedServers: subject.leftOut,
    retriesJudged: retries.judged,
    retriedAndAnswered: retries.answered,
    retriedInVain: retries.failedAgain,
    notRetried: retries.notRetried,
    timeWindow: windowFacts(subject.window),
    attribute: subject.attribute,
  };
}
