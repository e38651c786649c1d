/** The figures of a finding, as JSON has them. */

import { windowFacts } from '../argument/window-text.js';
import { farRoundTripNs } from '../judgements/capture-point.js';
import type { DiscriminatingAttribute } from '../judgements/discriminating-attribute.js';
import type { Case, RstAfterRequestFacts } from './case.js';
import { testText } from './test-text.js';

/** Times are nanoseconds where the name does not say otherwise. */
export function factsOf(subject: Case): RstAfterRequestFacts {
  const { incident, delay, retries, server } = subject;
  return {
    kind: subject.kind,
    resetShape: subject.shape,
    forged: subject.verdict,
    forgedWhere: subject.verdict === 'none' ? null : subject.place,
    forgeryTests: subject.tests.map((test) => ({
      id: test.id,
      result: test.result,
      weight: test.weight,
      because: testText(test, subject),
    })),
    capturePoint: subject.capturePoint,
    farRoundTripNs: farRoundTripNs(incident.handshake, subject.capturePoint),
    minResetDelayNs: delay.lowest,
    medianResetDelayNs: delay.median,
    maxResetDelayNs: delay.highest,
    fastestAnswerNs: server.fastestAnswerNs,
    connectionAgeNs: incident.ageNs,
    requestBytes: incident.requestSpan === null ? null : incident.requestSpan.end - incident.requestSpan.start,
    encrypted: incident.request === null && incident.outstanding !== 'uncaptured-bytes',
    outstanding: incident.outstanding,
    affectedConnections: subject.occurrences,
    connectionsOfServer: server.connections,
    lostRequests: subject.lostRequests,
    answeredRequestsOfServer: server.answered,
    byTime: subject.stretches.map(({ fromNs, widthNs, failed, answered }) => ({
      fromSeconds: fromNs / 1e9,
      seconds: widthNs / 1e9,
      failed,
      answered,
    })),
    timeWindow: windowFacts(subject.window),
    affected: subject.affected,
    answeredSampled: server.sampled,
    affectedClients: subject.clients,
    abandonedByClients: server.abandoned,
    uncountedIncidents: subject.uncounted,
    incidentsAtUncountedServers: subject.leftOut,
    healthChecks: subject.healthChecks,
    retriesJudged: retries.judged,
    retriedAndAnswered: retries.answered,
    retriedInVain: retries.failedAgain,
    notRetried: retries.notRetried,
    retriedElsewhere: retries.elsewhere,
    attribute: subject.attribute === null ? null : attributeFacts(subject.attribute),
  };
}

function attributeFacts({ answeredPacket: _, ...figures }: DiscriminatingAttribute): RstAfterRequestFacts['attribute'] {
  return figures;
}
