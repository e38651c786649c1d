/** What the run as a whole says: who refuses, for how long, and whether requests failed for it. */
import type { RawFinding, Remedy } from '../../facts/finding.js';
import { weigh } from '../argument/cause.js';
import { findingOn, subjectOf } from '../argument/finding.js';
import type { Refusal } from '../judgements/refusal.js';
import { MANY_ENDPOINTS, MANY_UNMET, severityOfUnmet } from '../judgements/unmet-connection.js';
import type { Conclusion } from '../rule.js';
import { areScanners, endpointsOf, type KnockedAt } from '../tally/knocks.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import type { Case, ConnectRefusedFacts } from './case.js';
import { caseOf } from './case-of.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import { packetsOf, sentencesOf, titleOf } from './wording.js';

/** What the rule keeps of a run. */
export interface ConnectRefusedTally {
  readonly refusals: OccurrencesByServer<Refusal>;
  /** Whom each refused client tried: a scanner tries many. */
  readonly knocks: KnockedAt;
  /** Whom each client sent a single SYN to, without an answer. */
  readonly probes: KnockedAt;
}

/** All findings of a run, in the order of the servers. */
export function concludeRun({ refusals, knocks, probes }: ConnectRefusedTally, conclusion: Conclusion): RawFinding[] {
  return occurrencesOf(refusals)
    .filter(({ items }) => !areScanners(knocks, items))
    .map((one) => ({ one, subject: caseOf(one, conclusion) }))
    .filter(
      ({ one, subject }) =>
        subject.accepts.count > 0 ||
        subject.told.length > 0 ||
        !(isOneOfMany(one, knocks) || areScanners(probes, one.items)),
    )
    .map(({ one, subject }) => findingOf(one, subject, conclusion));
}

/** Refused once or twice, where its client was refused by others as well: peers that are gone, not a service. */
function isOneOfMany({ count, items }: ServerOccurrences<Refusal>, knocks: KnockedAt): boolean {
  return count < MANY_UNMET && items.every(({ client }) => endpointsOf(knocks, client.address) >= MANY_ENDPOINTS);
}

function findingOf(one: ServerOccurrences<Refusal>, subject: Case, conclusion: Conclusion): RawFinding {
  const who = subjectOf(one.endpoint, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  const remedies: Remedy[] = remediesOf(subject, hypotheses, one.endpoint);
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: severityOfUnmet({ ...subject, accepted: subject.accepts.count }, one.endpoint.port),
      sure: 'certain',
      title: titleOf(subject, who),
      sentences: sentencesOf(subject, who),
      facts: { ...factsOf(subject) },
      hypotheses,
      remedies,
      figuresOf: 'kept',
    },
    (refusal) => packetsOf(refusal, subject),
  );
}

function factsOf({ first, refusals, lastNs, accepts, acceptBetween, fallsBack, told }: Case): ConnectRefusedFacts {
  const delays = refusals.map(({ delayNs }) => delayNs);
  return {
    by: first.icmp === null ? 'rst' : 'icmp',
    minDelayNs: Math.min(...delays),
    maxDelayNs: Math.max(...delays),
    refusedForNs: lastNs - first.syn.atNs,
    acceptedConnections: accepts.count,
    acceptedBetween: acceptBetween,
    fallsBackToOtherFamily: fallsBack,
    gatewayErrorsInFront: told.length,
  };
}
