/** What a finding says in words, and the packets of its evidence. */
import type { Evidence, EvidencePacket, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { capitalised } from '../../text/capitalised.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { attributeText } from '../argument/attribute-text.js';
import { manyText, spreadText } from '../argument/figures.js';
import { requestText, sizeText } from '../argument/request-text.js';
import { windowText } from '../argument/window-text.js';
import { toldPacket, toldSentences } from '../judgements/front-failures.js';
import { type Retries, retriesText, retryPackets } from '../judgements/retries.js';
import { SEALED_TEXT, turnText } from '../judgements/sealed-turn.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Case } from './case.js';
import type { Incident, UnansweredRequest } from './incident.js';

/** The finding's title. */
export function titleOf({ isAllH2 }: Case, who: Subject): string {
  const name = who.name === null ? '' : ` (${who.name})`;
  return isAllH2
    ? `${endpointText(who)}${name} closes HTTP/2 connections with requests unanswered and without a GOAWAY`
    : `${endpointText(who)}${name} closes without a byte of an answer`;
}

/** What happened, how often, and to how many requests. */
function extentText({ occurrences, lostRequests, isAllH2, delay, server }: Case, who: Subject): string {
  const after = spreadText(delay.lowest, delay.highest);
  const name = endpointText(who);
  const of = `${countText(occurrences)} of ${manyText(Math.max(server.connections, occurrences), 'connection')} to ${name}`;
  if (!isAllH2) {
    const several = lostRequests > occurrences ? ` (${manyText(lostRequests, 'request')} in all, some by HTTP/2)` : '';
    return occurrences === 1
      ? `A connection to ${name} was closed with FIN ${after} after a whole request, which the FIN acknowledges; no response byte was seen.`
      : `${of} were closed with FIN ${after} after a whole request, which the FIN acknowledges; no response byte was seen${several}.`;
  }
  const open =
    lostRequests === 1
      ? 'a whole request was unanswered on it'
      : `${manyText(lostRequests, 'whole request was', 'whole requests were')} unanswered on ${occurrences === 1 ? 'it' : 'them'}`;
  const age =
    lostRequests === 1
      ? `for ${after}`
      : lostRequests === occurrences
        ? `each for ${after}`
        : `the oldest${occurrences === 1 ? '' : ' of each'} for ${after}`;
  return `${occurrences === 1 ? `An HTTP/2 connection to ${name} was` : `${of} were`} closed with FIN while ${open}, ${age}. The FIN acknowledges ${lostRequests === 1 ? 'it' : 'all of them'}, and no GOAWAY said ${lostRequests === 1 ? 'whether the server had begun it' : 'which of them the server had begun'}.`;
}

/** What happened, how often, and what became of the requests. */
export function summaryOf(subject: Case, who: Subject): string {
  const { retries, attribute, healthChecks, droppedPackets, leftOut, told, incidents, occurrences } = subject;
  const sentences = [
    extentText(subject, who),
    `It had the request${subject.isAllH2 && subject.lostRequests > 1 ? 's' : ''}: this is not the race for a connection that was idle after an answer.`,
  ];
  if (subject.incidents.some(({ key }) => key === null)) sentences.push(SEALED_TEXT);
  sentences.push(...toldSentences(told, [], incidents.length < occurrences));
  if (attribute !== null) sentences.push(`${capitalised(attributeText(attribute, 'dropped'))}.`);
  else if (subject.window !== null) sentences.push(windowText(subject.window, 'dropped'));
  sentences.push(...retriesText(retries, 'Each request'));
  if (healthChecks > 0)
    sentences.push(
      `${manyText(healthChecks, 'health check', 'health checks')} met the same and ${healthChecks === 1 ? 'is' : 'are'} not counted.`,
    );
  if (droppedPackets > 0)
    sentences.push(
      `${manyText(droppedPackets, 'packet was', 'packets were')} dropped while capturing, so all this is one step less sure.`,
    );
  if (leftOut > 0)
    sentences.push(
      `Besides, ${manyText(leftOut, 'empty response was', 'empty responses were')} counted at further servers, but not judged: there was no room to keep them.`,
    );
  return sentences.join(' ');
}

/** One occurrence and its packets, in their order. */
export function evidenceOf(
  { synAck, request, further, lostRequests, packet, atNs, delayNs, stream, client, server }: Incident,
  retries: Retries,
  told: GatewayFailure | null,
  reveal: boolean,
): Evidence {
  const packets: EvidencePacket[] = [];
  if (synAck !== null) packets.push({ ...synAck, note: 'SYN-ACK: the server accepts' });
  for (const one of [request, ...further]) packets.push(...requestPackets(one, reveal));
  const unkept = lostRequests - 1 - further.length;
  const whose =
    lostRequests === 1
      ? 'the request, acknowledging all of it; no response byte'
      : `the first of ${lostRequests} open requests${unkept > 0 ? ` (${unkept} of them not shown)` : ''}, acknowledging all; no GOAWAY, no response byte`;
  packets.push({ packet, atNs, note: `FIN ${durationText(delayNs)} after ${whose}` });
  packets.push(...retryPackets(retries, packet, atNs));
  if (told !== null) packets.push(toldPacket(told));
  packets.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return { stream, client, server, packets };
}

/** The packet that carries a request, and the one with its last byte. */
function requestPackets(request: UnansweredRequest, reveal: boolean): EvidencePacket[] {
  const { h2Stream, method, target, bodyBytes, firstPacket, lastPacket, startNs, endNs } = request;
  const on = h2Stream === null ? '' : `stream ${h2Stream}: `;
  const note =
    method === null || target === null
      ? turnText({ bytes: bodyBytes })
      : `${on}${requestText({ method, target }, reveal)}${h2Stream === null ? sizeText(request) : ''}`;
  const first = { packet: firstPacket, atNs: startNs, note };
  return lastPacket === firstPacket
    ? [first]
    : [first, { packet: lastPacket, atNs: endNs, note: `${on}last byte of the request` }];
}
