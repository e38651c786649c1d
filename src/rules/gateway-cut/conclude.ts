/** What the run as a whole says: one finding for each application server that cuts requests. */
import type { Endpoint } from '../../facts/endpoint.js';
import { type EvidencePacket, MAX_EVIDENCE, type RawFinding } from '../../facts/finding.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { toldAtOnce, toldOfEach, toldPacket, toldSentences } from '../judgements/front-failures.js';
import { ONE_MOMENT_NS, REFUSED_WITHIN_NS } from '../judgements/moments.js';
import { CLUSTER_SHARE, CLUSTER_SIZE } from '../judgements/timer-window.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { nextActivity, SOON_NS } from '../tally/activity.js';
import type { Moment } from '../tally/earliest.js';
import { type PerServer, serversOf } from '../tally/per-server.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Case, GatewayCutFacts } from './case.js';
import { CAUSES } from './causes.js';
import type { Cut, Gateway } from './incident.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { ServerTally } from './tally.js';
import { attemptOf, toldFor } from './told.js';

const NAMES: Readonly<Record<Gateway, string>> = { fastcgi: 'FastCGI', ajp: 'AJP', uwsgi: 'uwsgi' };

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: PerServer<ServerTally>, conclusion: Conclusion): RawFinding[] {
  return serversOf(tally).flatMap(({ endpoint, tally: server }) => {
    const subject = caseOf(server, endpoint, conclusion);
    return subject === null ? [] : [findingFor(subject, endpoint, conclusion)];
  });
}

function caseOf(server: ServerTally, endpoint: Endpoint, conclusion: Conclusion): Case | null {
  const failures = conclusion.servers.gatewayFailures();
  const kept = [...server.cuts.items, ...server.unsure.items];
  const attempts = kept.map(attemptOf);
  const answers = toldOfEach(toldAtOnce(failures, attempts), attempts);
  const cuts = kept
    .filter((cut, at) => !cut.isUnsure || answers[at] != null)
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  const [first] = cuts;
  if (first === undefined) return null;
  const told = toldFor(cuts, failures, conclusion.observation);
  const { clear, tls, http2 } = baselineOf(conclusion.observation, endpoint).spoken;
  const delays = cuts.filter(({ sort }) => sort === 'read').map(({ delayNs }) => delayNs);
  const delay = { lowest: Math.min(...delays), highest: Math.max(...delays) };
  const atOnce = Math.max(
    ...cuts.map(({ atNs }) => cuts.filter((one) => one.atNs >= atNs && one.atNs - atNs <= ONE_MOMENT_NS).length),
  );
  return {
    cuts,
    first,
    lastNs: Math.max(server.lastNs, ...cuts.map(({ atNs }) => atNs)),
    occurrences: server.count + cuts.filter(({ isUnsure }) => isUnsure).length,
    sorts: { read: delays.length, crossed: countOf(cuts, 'crossed'), early: countOf(cuts, 'early') },
    connections: server.connections,
    spoken: server.spoken,
    served: server.served.items[0] ?? null,
    delay,
    delaysCluster:
      delays.length >= CLUSTER_SIZE &&
      atOnce < cuts.length &&
      delay.lowest >= SOON_NS &&
      delay.highest - delay.lowest <= CLUSTER_SHARE * delay.highest,
    otherwise: clear ?? tls ?? http2,
    refusedNext: refusedNext(endpoint, first.atNs, conclusion),
    atOnce,
    told,
    toldOf: toldOfEach(told, cuts.map(attemptOf)),
  };
}

function countOf(cuts: readonly Cut[], sort: Cut['sort']): number {
  return cuts.filter((cut) => cut.sort === sort).length;
}

/** The refusal that is the server's next sign. */
function refusedNext(endpoint: Endpoint, atNs: number, { observation }: Conclusion): Moment | null {
  const { activity } = baselineOf(observation, endpoint);
  const refusal = nextActivity(activity, 'refusal', atNs, REFUSED_WITHIN_NS);
  if (refusal === null) return null;
  return nextActivity(activity, 'accept', atNs, refusal.atNs - atNs) === null ? refusal : null;
}

function findingFor(subject: Case, endpoint: Endpoint, conclusion: Conclusion): RawFinding {
  const { cuts, first, occurrences, told, toldOf } = subject;
  const who = subjectOf(endpoint, conclusion);
  const items = cuts.slice(0, MAX_EVIDENCE);
  const answers = new Map(cuts.map((cut, at) => [cut, toldOf[at] ?? null]));
  return findingOn(
    META,
    {
      ...{ endpoint, first, items, count: occurrences },
      earliest: { limit: MAX_EVIDENCE, items },
      lastNs: subject.lastNs,
      steps: Math.min(...cuts.map(({ steps }) => steps)),
    },
    conclusion,
    who,
    {
      severity: told.length > 0 ? 'critical' : 'warning',
      sure: cuts.every(({ isUnsure }) => isUnsure) ? 'likely' : 'certain',
      title: `${subjectText(who)} ends connections in place of answers over ${NAMES[first.gateway]}`,
      sentences: sentencesOf(subject),
      facts: { ...factsOf(subject) },
      hypotheses: weigh(CAUSES, subject),
      remedies: remediesOf(subject),
      ...(cuts.length < occurrences ? { figuresOf: 'kept' as const } : {}),
    },
    (cut) => packetsOf(cut, answers.get(cut) ?? null),
  );
}

function sentencesOf(subject: Case): string[] {
  const { first, cuts, occurrences, sorts, delay, connections, spoken, told } = subject;
  const sentences: string[] = [];
  const how = [...new Set(cuts.map((cut) => cut.how.toUpperCase()))].sort().join(' or ');
  const over = NAMES[first.gateway];
  if (sorts.read > 0)
    sentences.push(
      `${manyText(sorts.read, `request over ${over} was`, `requests over ${over} were`)} met by ${how} of the application server ${spreadText(delay.lowest, delay.highest)} after ${sorts.read === 1 ? 'it' : 'them'}, without a byte of an answer, though it had acknowledged ${sorts.read === 1 ? 'it' : 'them'}.`,
    );
  if (sorts.crossed > 0) {
    const idle = cuts.filter(({ sort }) => sort === 'crossed').map(({ idleNs }) => idleNs ?? 0);
    sentences.push(
      `${manyText(sorts.crossed, `request over ${over} came`, `requests over ${over} came`)} on a connection that had been idle for ${spreadText(Math.min(...idle), Math.max(...idle))} and that the application server gave up meanwhile: its end acknowledges nothing of ${sorts.crossed === 1 ? 'it' : 'them'}.`,
    );
  }
  if (sorts.early > 0)
    sentences.push(
      `${manyText(sorts.early, `request over ${over} was`, `requests over ${over} were`)} still being sent when the application server, which had begun to answer, reset the connection.`,
    );
  sentences.push(...toldSentences(told, [], cuts.length < occurrences));
  sentences.push(
    `It said something on ${spoken === 0 ? 'none' : countText(spoken)} of ${manyText(connections, 'connection')}.`,
  );
  return sentences;
}

function factsOf({ first, cuts, sorts, delay, connections, spoken, told }: Case): GatewayCutFacts {
  return {
    protocol: first.gateway,
    ...sorts,
    byReset: cuts.filter(({ how }) => how === 'rst').length,
    minDelayNs: sorts.read === 0 ? 0 : delay.lowest,
    maxDelayNs: sorts.read === 0 ? 0 : delay.highest,
    connectionsOfServer: connections,
    connectionsWithAnswer: spoken,
    toldInFront: told.length,
  };
}

function packetsOf({ gateway, asked, sort, how, packet, atNs, delayNs }: Cut, told: GatewayFailure | null) {
  const end = how.toUpperCase();
  const notes: Readonly<Record<Cut['sort'], string>> = {
    read: `${end} of the application server ${durationText(delayNs)} after the request, without a byte of an answer`,
    crossed: `${end} of the application server, which acknowledges nothing of the request`,
    early: `${end} of the application server during the request`,
  };
  const packets: EvidencePacket[] = [
    { ...asked, note: sort === 'early' ? 'the request is still being sent' : `request over ${NAMES[gateway]}` },
    { packet, atNs, note: notes[sort] },
  ];
  if (told !== null) packets.push(toldPacket(told));
  return packets;
}
