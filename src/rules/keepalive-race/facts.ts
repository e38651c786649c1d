import { endpointText } from '../../text/address.js';
import type { Case, KeepaliveRaceFacts } from './case.js';

/** The figures of a case: what the finding's `facts` hold. */
export function factsOf(subject: Case): KeepaliveRaceFacts {
  const { sorts, timeout, clientTimeout, announced, lostReuse, longestAnswered, retries } = subject;
  const fronts = new Map<string, KeepaliveRaceFacts['frontFailures'][number]>();
  for (const { front } of subject.fronts) {
    const key = `${endpointText(front.server)} ${front.status}`;
    fronts.set(key, { ...front.server, status: front.status, count: (fronts.get(key)?.count ?? 0) + 1 });
  }
  return {
    kind: subject.kind,
    capturePoint: subject.capturePoint,
    lostRequests: subject.incidents.length === 0 ? 0 : subject.occurrences,
    crossedTheClose: sorts.race,
    sentAfterTheCloseWasKnown: sorts.stalePool,
    abortedAtExpiry: sorts.abort,
    closedAtExpiry: sorts.expiry,
    encrypted: subject.encrypted,
    idempotentShare: subject.figures === 0 ? null : subject.idempotent / subject.figures,
    idleTimeoutSeconds: timeout?.seconds ?? null,
    idleTimeoutSamples: timeout?.samples ?? 0,
    announcedTimeoutSeconds: announced?.seconds ?? null,
    clientIdleTimeoutSeconds: clientTimeout?.seconds ?? null,
    clientIdleTimeoutSamples: clientTimeout?.samples ?? 0,
    shortestLostReuseSeconds: lostReuse === null ? null : lostReuse.lowest / 1e9,
    longestLostReuseSeconds: lostReuse === null ? null : lostReuse.highest / 1e9,
    longestAnsweredReuseSeconds: longestAnswered === null ? null : longestAnswered.idleNs / 1e9,
    answeredReuses: subject.reuses,
    nearMisses: subject.nearMisses.length,
    lostInMassCloses: subject.inMassCloses,
    connectionsOfServer: subject.connections,
    healthChecks: subject.healthChecks,
    retriesJudged: retries.judged,
    retriedAndAnswered: retries.answered,
    retriedInVain: retries.failedAgain,
    notRetried: retries.notRetried,
    frontFailures: [...fronts.values()],
  };
}
