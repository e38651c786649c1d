/** What the run as a whole says: who is not answered, who is, and whether requests failed for it. */
import type { RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { weigh } from '../argument/cause.js';
import { findingOn, subjectOf } from '../argument/finding.js';
import { MANY_ENDPOINTS, MANY_UNMET, severityOfUnmet } from '../judgements/unmet-connection.js';
import type { Conclusion } from '../rule.js';
import { areScanners, endpointsOf } from '../tally/knocks.js';
import { occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import type { Case, ConnectTimeoutFacts } from './case.js';
import { caseOf } from './case-of.js';
import { CAUSES } from './causes.js';
import type { Silence } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import { type ConnectTimeoutTally, isHeard } from './tally.js';
import { packetsOf, sentencesOf, titleOf } from './wording.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: ConnectTimeoutTally, conclusion: Conclusion): RawFinding[] {
  const { silences, knocks, probes, strays } = tally;
  const answeredElsewhere = new Set(strays.items.map(({ client }) => client));
  return (
    occurrencesOf(silences)
      .filter(({ endpoint }) => isHeard(tally, endpoint.address))
      .filter(({ items }) => !areScanners(knocks, items))
      // What answers from another address, or by another way, is a matter of paths: asymmetric-path.
      .filter(
        ({ items }) => !items.some(({ client, otherWay }) => otherWay || answeredElsewhere.has(endpointText(client))),
      )
      .map((one) => ({ one, subject: caseOf(one, conclusion) }))
      .filter(
        ({ one: { count, items }, subject: { told } }) =>
          told.length > 0 || count >= MANY_UNMET || items.some(({ isCut }) => !isCut),
      )
      .filter(
        ({ one: { count, items }, subject: { known, told } }) =>
          (known?.accepted ?? 0) > 0 ||
          told.length > 0 ||
          count >= MANY_UNMET ||
          (items.some(({ client }) => endpointsOf(knocks, client.address) < MANY_ENDPOINTS) &&
            !areScanners(probes, items)),
      )
      .map(({ one, subject }) => findingOf(one, subject, conclusion))
  );
}

function findingOf(one: ServerOccurrences<Silence>, subject: Case, conclusion: Conclusion): RawFinding {
  const who = subjectOf(one.endpoint, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  const remedies: Remedy[] = remediesOf(subject, hypotheses, one.endpoint);
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: severityOfUnmet({ ...subject, accepted: subject.known?.accepted ?? 0 }, one.endpoint.port),
      sure: 'certain',
      title: titleOf(subject, who),
      sentences: sentencesOf(subject, who),
      facts: { ...factsOf(subject) },
      hypotheses,
      remedies,
    },
    (silence) => packetsOf(silence, subject),
  );
}

function factsOf({ count, clients, silences, first, known, timer, told }: Case): ConnectTimeoutFacts {
  return {
    attempts: count,
    clients: clients.length,
    maxTries: Math.max(...silences.map(({ tries }) => tries)),
    answeredBySynAck: first.synAck !== null,
    acceptedConnections: known?.accepted ?? 0,
    acceptedAfterRetry: known?.acceptedLate ?? 0,
    connectTimeoutSeconds: timer?.seconds ?? null,
    connectTimeoutSamples: timer?.agreeing ?? 0,
    gatewayErrorsInFront: told.length,
  };
}
