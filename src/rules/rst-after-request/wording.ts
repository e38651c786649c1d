/** A case in words: title, summary, and the packets of each occurrence with what they show. */
import type { CloseSegment } from '../../facts/close.js';
import type { Evidence, EvidencePacket, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { targetText } from '../../text/redaction.js';
import { countText } from '../../text/size.js';
import type { Case, ResetKind } from './case.js';
import { attributeText, manyText, spreadText } from './figures.js';
import type { Incident } from './incident.js';

/** Characters of a request target in a note; a longer one says no more. */
const MAX_TARGET = 120;
const ACK = 16;

/** One line: whom it concerns and what happens. */
export function titleOf({ kind }: Case, subject: Subject): string {
  const name = subject.name === null ? '' : ` (${subject.name})`;
  return `${endpointText(subject)}${name} ${HAPPENS[kind]}`;
}

const HAPPENS: Readonly<Record<ResetKind, string>> = {
  forged: 'loses requests to forged resets, before any answer',
  'application-abort': 'aborts connections instead of answering requests',
  'stateless-reply': 'resets requests before any answer',
  unattributed: 'resets requests before any answer',
};

/** What happened, in a few sentences with figures. */
export function summaryOf(subject: Case, who: Subject): string {
  const { incident, delay, occurrences, healthChecks, retries } = subject;
  const what = incident.request === null ? 'encrypted client data' : 'the request';
  const server = endpointText(who);
  const delayed = `${spreadText(delay.lowest, delay.highest)} after ${what}`;
  const where =
    subject.server.connections > 0
      ? `${countText(occurrences)} of ${manyText(subject.server.connections, 'connection')} to ${server}`
      : `${manyText(occurrences, 'connection')} to ${server}`;
  const sentences = [
    occurrences === 1
      ? `A connection to ${server} was reset ${delayed}; no response byte was seen before it.`
      : `In ${where} a RST came ${delayed}; no response byte was seen before it.`,
    KINDS[subject.kind],
  ];
  if (subject.attribute !== null) sentences.push(`${capitalised(attributeText(subject.attribute))}.`);
  if (retries.judged > 0 && retries.answered === retries.judged)
    sentences.push('Each request that could be followed was sent again and answered.');
  else if (retries.answered > 0)
    sentences.push(
      `${countText(retries.answered)} of ${manyText(retries.judged, 'request')} followed were sent again and answered.`,
    );
  if (healthChecks > 0)
    sentences.push(`${manyText(healthChecks, 'of them is a health check', 'of them are health checks')}.`);
  if (subject.droppedPackets > 0)
    sentences.push(
      `${manyText(subject.droppedPackets, 'packet was', 'packets were')} dropped while capturing, so all this is one step less sure.`,
    );
  if (subject.server.connections === 0)
    sentences.push('Too many servers were seen to compare this one with its other connections.');
  if (subject.tellsLeftOut && subject.leftOut > 0)
    sentences.push(
      `Besides, ${manyText(subject.leftOut, 'reset without an answer was', 'resets without an answer were')} counted at further servers, but not judged: there was no room to keep them.`,
    );
  return sentences.join(' ');
}

const KINDS: Readonly<Record<ResetKind, string>> = {
  forged: 'The server did not write that RST: something between it and the client, or on its host, did.',
  'application-abort':
    'It is the abort of a socket: an application or its end closed the connection without reading or answering.',
  'stateless-reply':
    'It is a stateless answer: the server’s kernel had no socket for the connection any more, or a packet filter rejected the request.',
  unattributed: 'It has neither the shape of a socket’s abort nor that of a kernel’s stateless answer.',
};

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** One occurrence and its packets, in their order. */
export function evidenceOf(incident: Incident, reveal: boolean): Evidence {
  const { handshake, request, resets, laterAnswer, serverReset } = incident;
  const packets: EvidencePacket[] = [];
  if (handshake.synAck !== null)
    packets.push({
      packet: handshake.synAck.packet,
      atNs: handshake.synAck.atNs,
      note: `SYN-ACK${handshake.synAck.ttl < 0 ? '' : `, TTL ${handshake.synAck.ttl}`}: the server accepts`,
    });
  if (request !== null) {
    const target = targetText(request.target, reveal);
    const shown = target.length > MAX_TARGET ? `${target.slice(0, MAX_TARGET)}…` : target;
    packets.push({
      packet: request.firstPacket,
      atNs: request.startNs,
      note: `${request.method} ${shown}, ${manyText(request.headBytes + request.bodyBytes, 'byte')}`,
    });
    if (request.lastPacket !== request.firstPacket && request.endNs <= serverReset.atNs)
      packets.push({ packet: request.lastPacket, atNs: request.endNs, note: 'last byte of the request' });
  }
  for (const reset of resets)
    packets.push({ packet: reset.packet, atNs: reset.atNs, note: resetNote(reset, incident) });
  const lives = resets.find((reset) => reset.lifeAfter !== null);
  if (laterAnswer !== null)
    packets.push({
      packet: laterAnswer.packet,
      atNs: laterAnswer.atNs,
      note: `${laterAnswer.status} answered ${durationText(laterAnswer.atNs - serverReset.atNs)} after the RST: its sender knew nothing of it`,
    });
  else if (lives?.lifeAfter != null)
    packets.push({
      packet: lives.lifeAfter,
      atNs: Math.max(lives.atNs, serverReset.atNs),
      note: `the ${lives.from} goes on after its RST`,
    });
  packets.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return { stream: incident.stream, client: incident.client.endpoint, server: incident.server.endpoint, packets };
}

function resetNote(reset: CloseSegment, incident: Incident): string {
  const isFirst = reset === incident.serverReset;
  const what = incident.request === null ? 'client data' : 'the request';
  const parts = [
    isFirst
      ? `RST ${durationText(incident.delayNs)} after ${what}; no response byte`
      : `RST from the ${reset.from} ${durationText(reset.atNs - incident.atNs)} ${reset.atNs < incident.atNs ? 'apart from' : 'after'} the server's`,
  ];
  if (reset.deltaSequence !== null && reset.deltaSequence < 0)
    parts.push(`stale by ${manyText(-reset.deltaSequence, 'byte')}`);
  const usual = incident[reset.from].ttl;
  if (reset.ttl >= 0 && usual !== null && usual >= 0 && usual !== reset.ttl)
    parts.push(`TTL ${reset.ttl}, others ${usual}`);
  if ((reset.flags & ACK) !== 0) parts.push(`with ACK, window ${reset.window}`);
  return parts.join('; ');
}
