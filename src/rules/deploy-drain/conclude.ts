/** What the run as a whole says: which server was stopped, what it had in progress, and whether it came back. */

import type { EvidencePacket, RawFinding } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { outcomeText } from '../judgements/gateway-error.js';
import type { Refusal } from '../judgements/refusal.js';
import { SEALED_TEXT, turnText } from '../judgements/sealed-turn.js';
import type { Conclusion } from '../rule.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import { areOfOneEnd, caseOf } from './case-of.js';
import { CAUSES, type Case } from './causes.js';
import type { Victim } from './incident.js';
import { META } from './meta.js';
import { REMEDIES } from './remedies.js';

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
      note: `${how === 'fin' ? 'FIN' : 'RST'} of the server ${durationText(ageNs)} after the request, ${amidAnswer ? 'during its answer' : 'without an answer'}`,
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
