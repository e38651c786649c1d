/** What the run as a whole says: which server was stopped, what it had in progress, and whether it came back. */

import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { toldInFront, toldOfEach } from '../judgements/front-failures.js';
import { outcomeText } from '../judgements/gateway-error.js';
import { PROCESS_END_NS, REFUSED_WITHIN_NS } from '../judgements/moments.js';
import type { Refusal } from '../judgements/refusal.js';
import { SEALED_TEXT, turnText } from '../judgements/sealed-turn.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { type Activity, nextActivity } from '../tally/activity.js';
import type { Moment } from '../tally/earliest.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import { CAUSES, type Case, type ServerEnd } from './causes.js';
import type { Victim } from './incident.js';
import { META } from './meta.js';

/** An answer that another worker had under way is seen this much later at most. */
const LAST_ANSWERS_NS = 10_000_000;

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
interface DeployDrainFacts {
  readonly requestsInWork: number;
  readonly amidAnswer: number;
  readonly refusedConnections: number;
  readonly refusedAfterNs: number;
  readonly acceptedAgainAfterNs: number | null;
  readonly gatewayErrorsInFront: number;
}

/** All findings of a run, in the order of the servers. */
export function concludeRun(
  victims: OccurrencesByServer<Victim>,
  refusals: OccurrencesByServer<Refusal>,
  conclusion: Conclusion,
): RawFinding[] {
  const refused = occurrencesOf(refusals);
  return occurrencesOf(victims).flatMap((one) => {
    const here = refused.find(({ endpoint }) => endpointText(endpoint) === endpointText(one.endpoint));
    const subject = here === undefined ? null : caseOf(one, here, conclusion);
    return subject === null ? [] : [findingOf(one, subject, conclusion)];
  });
}

function caseOf(
  one: ServerOccurrences<Victim>,
  refusals: ServerOccurrences<Refusal>,
  { servers, observation }: Conclusion,
): Case | null {
  const { activity } = baselineOf(observation, one.endpoint);
  const refusedBehind = (endNs: number): Refusal | undefined =>
    refusals.items.find((refusal) => isBehind(refusal, endNs));
  // Ends that are followed by a refusal; others before them were the ends of workers, or the server's own will.
  const ends: ServerEnd[] = [];
  for (const victim of one.items) {
    const refusal = refusedBehind(victim.atNs);
    if (refusal === undefined || goesOnBetween(activity, victim.atNs, refusal.atNs)) continue;
    if (ends.some(({ first }) => areOfOneEnd(first, victim))) continue;
    ends.push({ first: victim, refused: refusal, back: backAfter(refusal, refusals.items, activity) });
  }
  const [end] = ends;
  if (end === undefined) return null;
  const { refused, back } = end;
  const victims = one.items.filter((victim) => ends.some(({ first }) => areOfOneEnd(first, victim)));
  const attempts = victims.map(({ requestNs, atNs }) => ({ beginNs: requestNs, endNs: atNs, server: one.endpoint }));
  const told = toldInFront(servers.gatewayFailures(), attempts);
  const later = refusals.items.filter(({ atNs }) => atNs >= refused.atNs && (back === null || atNs < back.atNs));
  return {
    ...end,
    victims,
    ends,
    count: victims.length,
    lastRefused: later.at(-1) ?? refused,
    refusals: refusals.count,
    told,
    toldOf: toldOfEach(told, attempts),
  };
}

function areOfOneEnd(one: Victim, other: Victim): boolean {
  return Math.abs(one.atNs - other.atNs) <= PROCESS_END_NS;
}

/** Whether the server answered behind an end and before the port refused: then the end was none of the server. */
function goesOnBetween(activity: Activity, endNs: number, refusedNs: number): boolean {
  const fromNs = endNs + LAST_ANSWERS_NS;
  return nextActivity(activity, 'answer', fromNs, refusedNs - fromNs) !== null;
}

/** The first connection known to be accepted behind a refusal that no other refusal follows soon; `null`: none is. */
function backAfter(refused: Refusal, refusals: readonly Refusal[], activity: Activity): Moment | null {
  let last = refused;
  for (;;) {
    const again = nextActivity(activity, 'accept', last.atNs, Number.POSITIVE_INFINITY);
    const next = again && refusals.find(({ atNs }) => atNs > again.atNs && atNs - again.atNs <= REFUSED_WITHIN_NS);
    if (!next) return again;
    last = next;
  }
}

function isBehind(refusal: Refusal, endNs: number): boolean {
  return refusal.icmp === null && refusal.atNs >= endNs && refusal.atNs - endNs <= REFUSED_WITHIN_NS;
}

function findingOf(one: ServerOccurrences<Victim>, subject: Case, conclusion: Conclusion): RawFinding {
  const { victims, first, ends, count, refused, back, told, refusals } = subject;
  const who = subjectOf(one.endpoint, conclusion);
  const name = endpointText(who);
  const [failure] = told;
  const sentences = [
    `${name} ended ${endedText(victims)} at ${ends.length === 1 ? 'one moment' : manyText(ends.length, 'moment')} (${listText(ends.map((end) => packetText(end.first.packet)))}), and its port refused ${manyText(refusals, 'connection')}, ${refusals === 1 ? '' : 'from '}${durationText(refused.atNs - first.atNs)} later${refusals === 1 ? '' : ' on'}.`,
    back === null
      ? 'It was not seen to accept again.'
      : `${durationText(back.atNs - first.atNs)} after its end it accepted again.`,
  ];
  if (failure !== undefined)
    sentences.push(
      `${endpointText(failure)} told its clients ${outcomeText(failure.status)} for ${manyText(told.length, 'request')} (from ${packetText(failure.packet)}).`,
    );
  if (victims.some(({ target }) => target === null)) sentences.push(SEALED_TEXT);
  const facts: DeployDrainFacts = {
    requestsInWork: count,
    amidAnswer: victims.filter(({ amidAnswer }) => amidAnswer).length,
    refusedConnections: refusals,
    refusedAfterNs: refused.atNs - first.atNs,
    acceptedAgainAfterNs: back === null ? null : back.atNs - first.atNs,
    gatewayErrorsInFront: told.length,
  };
  return findingOn(
    META,
    {
      ...one,
      items: victims,
      first,
      count,
      lastNs: victims.at(-1)?.atNs ?? first.atNs,
      steps: Math.min(...victims.map(({ steps }) => steps)),
    },
    conclusion,
    who,
    {
      severity: 'critical',
      sure: count > 1 || back !== null ? 'certain' : 'likely',
      title: `${subjectText(who)} is stopped with requests in progress`,
      sentences,
      facts: { ...facts },
      hypotheses: weigh(CAUSES, subject),
      remedies: REMEDIES,
    },
    (victim) => packetsOf(victim, subject, conclusion.reveal),
  );
}

/** `2 connections with a request in progress`; over HTTP/2 `1 connection with 3 requests in progress`. */
function endedText(victims: readonly Victim[]): string {
  const connections = new Set(victims.map(({ stream }) => stream)).size;
  const work = connections === victims.length ? 'a request in progress' : `${victims.length} requests in progress`;
  return `${manyText(connections, 'connection')} with ${work}`;
}

function packetsOf(victim: Victim, subject: Case, reveal: boolean): EvidencePacket[] {
  const { victims, ends, toldOf } = subject;
  const { refused, back } = ends.find(({ first }) => areOfOneEnd(first, victim)) ?? subject;
  const { requestPacket, requestNs, packet, atNs, how, amidAnswer, ageNs, h2Stream, method, target } = victim;
  const packets: EvidencePacket[] = [
    {
      packet: requestPacket,
      atNs: requestNs,
      note:
        method === null || target === null
          ? turnText(victim)
          : `${h2Stream === null ? '' : `stream ${h2Stream}: `}${requestText({ method, target }, reveal)}`,
    },
    {
      packet,
      atNs,
      note: `${how === 'fin' ? 'FIN' : 'RST'} of the server ${durationText(ageNs)} after the request, ${amidAnswer ? 'amid its answer' : 'without an answer'}`,
    },
    {
      packet: refused.packet,
      atNs: refused.atNs,
      note: `RST to SYN ${packetText(refused.syn.packet)}: nobody listens`,
      elsewhere: true,
    },
  ];
  if (back !== null) packets.push({ ...back, note: 'SYN-ACK: it accepts again', elsewhere: true });
  const failure = toldOf[victims.indexOf(victim)] ?? null;
  if (failure !== null)
    packets.push({
      packet: failure.packet,
      atNs: failure.atNs,
      note: `${outcomeText(failure.status)} for the client in front`,
      elsewhere: true,
    });
  return packets;
}

const REMEDIES: readonly Remedy[] = [
  {
    component: 'application',
    text: 'On SIGTERM stop accepting, say "Connection: close" in the answers that are still due, finish what is in progress, and end then.',
    config: 'nginx -s quit\nkill -TERM MASTER # gunicorn, with --graceful-timeout 30',
  },
  {
    component: 'kubernetes',
    text: 'Let the endpoint leave the service before the process is told to stop, and give it time.',
    config: 'lifecycle:\n  preStop:\n    exec:\n      command: ["sleep", "10"]\nterminationGracePeriodSeconds: 60',
  },
  {
    component: 'load balancer',
    text: 'Take the server out first and wait until its requests are done: deregistration delay of an ALB target group, HAProxy "set server … state drain", nginx "server … down".',
    config: 'echo "set server application/app1 state drain" | socat stdio /run/haproxy/admin.sock',
  },
];
