/** What the run as a whole says: one finding for each server whose WebSockets a timer cut. */

import type { Endpoint } from '../../facts/endpoint.js';
import type { Confidence, RawFinding, Severity, Subject } from '../../facts/finding.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { confidenceOf, evidenceOf, subjectOf, subjectText } from '../argument/finding.js';
import { estimateTimer } from '../judgements/timer-estimate.js';
import { ENDINGS } from '../judgements/websocket-end.js';
import type { Conclusion } from '../rule.js';
import { hasLegBehind, legInFront, legsInFront } from '../tally/keyed-legs.js';
import { serversOf } from '../tally/per-server.js';
import type { Case, WebsocketIdleCloseFacts } from './case.js';
import { CAUSES } from './causes.js';
import type { Cut } from './cut.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { IdleCloseTally, ServerTally } from './tally.js';

/** Idle times that agree, from which on they say by themselves that a timer stands behind them. */
const ALIKE = 3;
/** Time-outs that products have by default, seconds (docs/rules/websocket-idle-close.md). */
const KNOWN: readonly number[] = [60, 75, 90, 100, 120, 240, 300, 350, 600, 900, 3600];
/** A timer fires late, and by little. */
const LATE_SHARE = 0.02;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: IdleCloseTally, conclusion: Conclusion): RawFinding[] {
  const passed = legsInFront(tally.legs, ({ server }) => endpointText(server));
  return serversOf(tally.servers).flatMap(({ endpoint, tally: server }) => {
    const occurrences = server.cuts.count - (passed.get(endpointText(endpoint)) ?? 0);
    const subject = occurrences > 0 ? caseOf(server, occurrences, tally) : null;
    return subject === null ? [] : [findingOf(subject, server, endpoint, conclusion)];
  });
}

function caseOf(server: ServerTally, occurrences: number, tally: IdleCloseTally): Case | null {
  const cuts = server.cuts.earliest.items.filter((one) => !hasLegBehind(tally.legs, one.key, one));
  const [first] = cuts;
  const timer = estimateTimer(cuts, server.longestSurvived?.idleNs ?? 0);
  if (first === undefined || timer?.seconds == null) return null;
  const fronts = cuts.flatMap((cut) => {
    const front = legInFront(tally.legs, cut.key, cut);
    return front === null ? [] : [{ cut, front }];
  });
  const seconds = timer.agreeing >= ALIKE ? timer.seconds : knownTimer(cuts, fronts.length > 0);
  if (seconds === null) return null;
  return {
    cuts,
    first,
    occurrences,
    webSockets: server.webSockets,
    timer,
    seconds,
    byClient: cuts.filter(({ by }) => by === 'client').length,
    byServer: cuts.filter(({ by }) => by === 'server').length,
    fronts,
    longestSurvived: server.longestSurvived,
  };
}

/** A default time-out that one or two cuts meet; a client that is no proxy may have left just then. */
function knownTimer(cuts: readonly Cut[], isPaired: boolean): number | null {
  if (!cuts.every(({ by, isForwarded }) => by === 'server' || isForwarded || isPaired)) return null;
  const lowest = Math.min(...cuts.map(({ ageNs }) => ageNs)) / 1e9;
  return KNOWN.find((seconds) => lowest >= seconds && lowest <= seconds * (1 + LATE_SHARE)) ?? null;
}

function findingOf(subject: Case, server: ServerTally, endpoint: Endpoint, conclusion: Conclusion): RawFinding {
  const who = subjectOf(endpoint, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: confidenceOf(atBest(subject), server.cuts, conclusion),
    title: titleOf(subject, who),
    summary: summaryOf(subject, who),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: subject.first.atNs,
    lastSeenNs: server.cuts.lastNs,
    facts: { ...factsOf(subject) },
    evidence: subject.cuts.slice(0, Math.min(subject.occurrences, MAX_EVIDENCE)).map(cutEvidence),
    hypotheses,
    remedies: remediesOf(subject, hypotheses),
    references: META.references,
  };
}

/** Clients connect again, so a warning; critical where something was sent into the end. One or two alone are a notice. */
function severityOf({ cuts, timer }: Case): Severity {
  if (cuts.some(({ lost }) => lost !== null)) return 'critical';
  return timer.agreeing >= ALIKE ? 'warning' : 'notice';
}

/** Five that agree are certain where both legs show it (docs/judging.md); fewer than three are one indication. */
function atBest({ timer, fronts }: Case): Confidence {
  if (timer.agreeing < ALIKE) return 'possible';
  return timer.confidence === 'certain' && fronts.length > 0 ? 'certain' : 'likely';
}

function titleOf({ seconds }: Case, who: Subject): string {
  return `WebSockets of ${subjectText(who)} are cut after ${secondsText(seconds)} without a frame`;
}

function summaryOf(subject: Case, who: Subject): string {
  const { occurrences, webSockets, seconds, first, fronts, cuts, longestSurvived, timer } = subject;
  const [pair] = fronts;
  const closer =
    pair !== undefined && pair.cut.by === 'client' && pair.front.by === 'server'
      ? `${listText(fronts.map(({ front }) => endpointText(front.server)))}, between the clients and ${endpointText(who)}, ended`
      : `The ${first.by} of the leg to ${endpointText(who)} ended`;
  const sentences = [
    `${closer} ${countText(occurrences)} of ${manyText(webSockets, 'WebSocket')} ${secondsText(seconds)} after the last frame, without a Close frame (code 1006 for the application).`,
  ];
  if (fronts.length > 0)
    sentences.push(`${countText(fronts.length)} of them ${fronts.length === 1 ? 'is' : 'are'} seen on both legs.`);
  if (timer.agreeing >= ALIKE)
    sentences.push(`${countText(timer.agreeing)} of ${manyText(timer.samples, 'idle time')} agree: a timer.`);
  else sentences.push(`${secondsText(seconds)} is a common time-out; so few say no more.`);
  if (longestSurvived !== null)
    sentences.push(`The longest silence that a frame ended lasted ${durationText(longestSurvived.idleNs)}.`);
  const lost = cuts.filter((one) => one.lost !== null).length;
  if (lost > 0) sentences.push(`Into ${countText(lost)} of them a frame was still sent, and lost.`);
  return sentences.join(' ');
}

function cutEvidence(cut: Cut) {
  const { lastFrame, packet, atNs, by, how, ageNs, lost, handshakePacket } = cut;
  return evidenceOf(cut, [
    lastFrame === null
      ? { packet: handshakePacket, atNs: atNs - ageNs, note: 'the handshake, after which no frame came' }
      : { packet: lastFrame.packet, atNs: lastFrame.atNs, note: `the last frame, from the ${lastFrame.from}` },
    { packet, atNs, note: `${ENDINGS[how]} of the ${by} ${durationText(ageNs)} later, without a Close frame` },
    lost === null ? null : { packet: lost.packet, atNs: lost.atNs, note: `sent after ${packetText(packet)}, and lost` },
  ]);
}

function factsOf(subject: Case): WebsocketIdleCloseFacts {
  const { timer, fronts, cuts } = subject;
  return {
    idleTimeoutSeconds: subject.seconds,
    samples: timer.samples,
    agreeing: timer.agreeing,
    lowestIdleNs: timer.lowestNs,
    highestIdleNs: timer.highestNs,
    closedByClient: subject.byClient,
    closedByServer: subject.byServer,
    seenOnBothLegs: fronts.length,
    front: fronts[0] === undefined ? null : endpointText(fronts[0].front.server),
    webSocketsOfServer: subject.webSockets,
    longestSurvivedIdleNs: subject.longestSurvived?.idleNs ?? null,
    pingPeriodNs: cuts.find(({ pingPeriodNs }) => pingPeriodNs !== null)?.pingPeriodNs ?? null,
    messagesLost: cuts.filter(({ lost }) => lost !== null).length,
  };
}
