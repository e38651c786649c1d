/** A case in words: title, summary, and the packets of each occurrence with what they show. */

import type { CloseSegment } from '../../facts/close.js';
import type { Evidence, EvidencePacket, Subject } from '../../facts/finding.js';
import { ACK } from '../../facts/tcp-flags.js';
import { endpointText } from '../../text/address.js';
import { capitalised } from '../../text/capitalised.js';
import { durationText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { attributeText } from '../argument/attribute-text.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { requestText, sizeText } from '../argument/request-text.js';
import { windowText } from '../argument/window-text.js';
import { fisherExact, SIGNIFICANCE } from '../judgements/chance.js';
import { toldPacket } from '../judgements/front-failures.js';
import { firstRetryText, type Retries, retryPackets } from '../judgements/retries.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Case, ResetKind } from './case.js';
import type { Incident, Outstanding } from './incident.js';

/** One line: whom it concerns and what happens. */
export function titleOf({ kind, incident }: Case, subject: Subject): string {
  const name = subject.name === null ? '' : ` (${subject.name})`;
  const happens =
    incident.outstanding === 'request'
      ? HAPPENS
      : incident.outstanding === 'uncaptured-bytes'
        ? HAPPENS_UNCAPTURED
        : HAPPENS_IN_TLS;
  return `${endpointText(subject)}${name} ${happens[kind]}`;
}

const HAPPENS: Readonly<Record<ResetKind, string>> = {
  forged: 'loses requests to forged resets, before any answer',
  'application-abort': 'aborts connections instead of answering requests',
  'stateless-reply': 'resets requests before any answer',
  unattributed: 'resets requests before any answer',
};

/** Of encrypted data it is not known that it is a request. */
const HAPPENS_IN_TLS: Readonly<Record<ResetKind, string>> = {
  ...HAPPENS,
  forged: 'loses TLS connections to forged resets',
  'application-abort': 'aborts TLS connections with data of the client unanswered',
  'stateless-reply': 'resets TLS connections with data of the client unanswered',
  unattributed: 'resets TLS connections with data of the client unanswered',
};

/** Of bytes that were not captured neither. */
const HAPPENS_UNCAPTURED: Readonly<Record<ResetKind, string>> = {
  ...HAPPENS,
  forged: 'loses connections to forged resets, with data of the client unanswered',
  'application-abort': 'aborts connections with data of the client unanswered',
  'stateless-reply': 'resets connections with data of the client unanswered',
  unattributed: 'resets connections with data of the client unanswered',
};

/** What happened, in a few sentences with figures. */
export function summaryOf(subject: Case, who: Subject): string {
  const sentences = [
    extentOf(subject, who),
    KINDS[subject.kind],
    ...provenOf(subject),
    ...handshakeOf(subject),
    ...uncapturedOf(subject),
    ...idleOf(subject),
    ...whenOf(subject),
    ...concernedOf(subject),
    ...followedOf(subject),
  ];
  const { healthChecks, droppedPackets, server, tellsLeftOut, leftOut } = subject;
  if (healthChecks > 0)
    sentences.push(`${manyText(healthChecks, 'of them is a health check', 'of them are health checks')}.`);
  if (droppedPackets > 0)
    sentences.push(
      `${manyText(droppedPackets, 'packet was', 'packets were')} dropped while capturing, so all this is one step less sure.`,
    );
  if (server.abandoned > 0)
    sentences.push(
      `Not counted: ${manyText(server.abandoned, 'connection that its client', 'connections that their clients')} reset while waiting.`,
    );
  if (server.connections === 0)
    sentences.push('Too many servers were seen to compare this one with its other connections.');
  if (tellsLeftOut && leftOut > 0)
    sentences.push(
      `Besides, ${manyText(leftOut, 'reset without an answer was', 'resets without an answer were')} counted at further servers, but not judged: there was no room to keep them.`,
    );
  return sentences.join(' ');
}

/** What stood unanswered, where it is not known to be a request. */
const DATA: Readonly<Record<Outstanding, string>> = {
  request: 'the request',
  'application-data': 'encrypted client data',
  'unknown-bytes': 'encrypted client data',
  'uncaptured-bytes': 'the first data of the client',
};

/** That what was sent is not in the capture, and how it would be. */
function uncapturedOf({ incident: { outstanding, requestSpan } }: Case): string[] {
  if (outstanding !== 'uncaptured-bytes' || requestSpan === null) return [];
  const bytes = manyText(requestSpan.end - requestSpan.start, 'byte');
  return [
    `Of that data (${bytes} in the first) the capture holds nothing, so that it was a request is not known: capture whole packets (tcpdump -w FILE), or print them (tcpdump -X).`,
  ];
}

/** How many, of how many, and how soon. */
function extentOf({ incident, delay, occurrences, lostRequests, server: seen }: Case, who: Subject): string {
  const single = lostRequests > occurrences ? 'the first of its requests' : 'the request';
  const what = incident.request === null ? DATA[incident.outstanding] : single;
  const server = endpointText(who);
  const delayed = `${spreadText(delay.lowest, delay.highest)} after ${what}`;
  const silent = 'no response byte was seen before it';
  if (occurrences === 1) {
    const streams = lostRequests > 1 ? ` with ${countText(lostRequests)} requests open,` : '';
    return `A connection to ${server} was reset${streams} ${delayed}; ${silent}.`;
  }
  const of = seen.connections > 0 ? ` of ${manyText(seen.connections, 'connection')}` : ' connections';
  const all = lostRequests + seen.answered;
  const requests =
    incident.outstanding !== 'request' || seen.connections === 0
      ? ''
      : ` (${countText(lostRequests)} of ${manyText(all, 'request')})`;
  return `In ${countText(occurrences)}${of} to ${server}${requests} a RST came ${delayed}; ${silent}.`;
}

/** That the request has no part in it. */
function handshakeOf({ kind, incident: { refusesHandshake } }: Case): string[] {
  if (refusesHandshake === null || kind === 'forged') return [];
  return [
    'The ACK of the handshake was reset as well, so the request has no part in it: a listener whose queue is full does that, and so does a firewall on the way that saw no SYN-ACK, since the answers bypass it.',
  ];
}

/** How many of the forged resets show themselves that they are. */
function provenOf({ kind, proven, occurrences }: Case): string[] {
  if (kind !== 'forged' || proven === occurrences) return [];
  const shows = manyText(proven, 'of them shows', 'of them show');
  return [`${shows} that; the others look the same, and meet the same requests only.`];
}

/** That connections had been idle, and that this is not how long the server keeps them. */
function idleOf({ afterIdle, occurrences, idleBefore }: Case): string[] {
  if (idleBefore === null) return [];
  const which = afterIdle < occurrences ? `${countText(afterIdle)} of them` : occurrences === 1 ? 'It' : 'They';
  const idle = spreadText(idleBefore.lowest, idleBefore.highest);
  return [
    `${which} came after ${idle} of idleness, which is no time after which this server was seen to give connections up.`,
  ];
}

/** Fewer resets say nothing of a time. */
const MIN_FOR_TIME = 3;

/** The stretch of time in which it happened, where the server was well outside of it. */
function whenOf({ stretches, lostRequests, occurrences, window }: Case): string[] {
  if (window !== null) return [windowText(window)];
  const failing = stretches.filter(({ failed }) => failed > 0);
  const [first, last] = [failing[0], failing.at(-1)];
  if (first === undefined || last === undefined || occurrences < MIN_FOR_TIME) return [];
  const endNs = last.fromNs + last.widthNs;
  const within = stretches.filter(({ fromNs }) => fromNs >= first.fromNs && fromNs < endNs);
  const answered = within.reduce((sum, one) => sum + one.answered, 0);
  const outside = stretches.reduce((sum, one) => sum + one.answered, 0) - answered;
  if (outside === 0) return [];
  const [from, to] = [durationText(first.fromNs), durationText(endNs)];
  // A stretch is wider than what is in it: the last one may end behind the capture.
  const isToTheEnd = last === stretches.at(-1);
  const when =
    from === to
      ? `At ${from} into the capture`
      : isToTheEnd
        ? `From ${from} into the capture on`
        : `From ${from} to ${to} into the capture`;
  const otherwise =
    chanceOfNone(lostRequests, answered, outside, isToTheEnd) >= SIGNIFICANCE
      ? ''
      : `, ${isToTheEnd && from !== to ? 'before that' : 'at other times'} none`;
  return [`${when}, ${countText(lostRequests)} of ${manyText(lostRequests + answered, 'request')} met it${otherwise}.`];
}

/** The chance that none falls outside, if time had nothing to do with it; of a stretch with two ends any of them may be the first. */
function chanceOfNone(lost: number, answered: number, outside: number, isToTheEnd: boolean): number {
  return isToTheEnd
    ? fisherExact(lost, 0, answered, outside)
    : Math.min(1, lost * fisherExact(lost - 1, 0, answered, outside));
}

/** Clients named one by one. */
const MAX_CLIENTS_NAMED = 3;

/** Who is concerned: what sets them apart, or else which clients they are. */
function concernedOf({ attribute, affected, clients, occurrences }: Case): string[] {
  if (attribute !== null) return [`${capitalised(attributeText(attribute))}.`];
  if (occurrences === 1 || clients === null) return [];
  const named = affected.filter((one) => one.attribute === 'client-address').map(({ value }) => value);
  if (clients === 1) return [`All are of client ${named.join('')}.`];
  return clients <= MAX_CLIENTS_NAMED
    ? [`They are of ${countText(clients)} clients: ${listText(named)}.`]
    : [`They are of ${countText(clients)} clients.`];
}

/** What became of the requests. */
function followedOf({ retries }: Case): string[] {
  const { judged, answered, elsewhere } = retries;
  if (answered === 0) return [];
  const where =
    elsewhere === 0
      ? ''
      : elsewhere === answered
        ? ' by another server'
        : `, ${countText(elsewhere)} by another server`;
  const first = firstRetryText(retries);
  return answered === judged
    ? [`Each request that could be followed was sent again and answered${where}${first}.`]
    : [
        `${countText(answered)} of ${manyText(judged, 'request')} followed were sent again and answered${where}${first}.`,
      ];
}

const KINDS: Readonly<Record<ResetKind, string>> = {
  forged: 'The server did not write that RST: something between it and the client, or on its host, did.',
  'application-abort':
    'It is the abort of a socket: an application closed the connection without reading or answering, or its process ended.',
  'stateless-reply':
    'It is a stateless answer: the server’s kernel had no socket for the connection any more, or a packet filter rejected the request.',
  unattributed: 'It has neither the shape of a socket’s abort nor that of a kernel’s stateless answer.',
};

/** One occurrence and its packets, in their order. */
export function evidenceOf(
  incident: Incident,
  retries: Retries,
  told: GatewayFailure | null,
  reveal: boolean,
): Evidence {
  const { handshake, request, resets, laterAnswer, serverReset } = incident;
  const packets: EvidencePacket[] = [];
  if (handshake.synAck !== null)
    packets.push({
      packet: handshake.synAck.packet,
      atNs: handshake.synAck.atNs,
      note: `SYN-ACK${handshake.synAck.ttl === null ? '' : `, TTL ${handshake.synAck.ttl}`}: the server accepts`,
    });
  if (request !== null) {
    packets.push({
      packet: request.firstPacket,
      atNs: request.startNs,
      note: `${requestText(request, reveal)}${sizeText(request, spanBytesOf(incident))}`,
    });
    if (request.lastPacket !== request.firstPacket && request.endNs <= serverReset.atNs)
      packets.push({ packet: request.lastPacket, atNs: request.endNs, note: 'last byte of the request' });
  }
  for (const { firstPacket, startNs, method, target } of incident.furtherRequests)
    packets.push({ packet: firstPacket, atNs: startNs, note: `${requestText({ method, target }, reveal)}, open too` });
  if (incident.dataPacket !== null)
    packets.push({
      packet: incident.dataPacket,
      atNs: incident.outstandingNs,
      note:
        incident.outstanding === 'uncaptured-bytes'
          ? `data of the client${incident.requestSpan === null ? '' : `, ${manyText(incident.requestSpan.end - incident.requestSpan.start, 'byte')} until here`}; not captured`
          : 'encrypted data of the client, the last before the RST',
    });
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
      atNs: lives.lifeAfterNs ?? Math.max(lives.atNs, serverReset.atNs),
      note:
        handshake.synAckRetransmissions > 0 && lives.from === 'server' && incident.server.payloadBytes === 0
          ? 'SYN-ACK again: the server knows nothing of the RST and waits for the ACK'
          : `the ${lives.from} goes on after its RST`,
    });
  if (told !== null) packets.push(toldPacket(told));
  packets.push(...retryPackets(retries, incident.packet, incident.atNs));
  packets.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return { stream: incident.stream, client: incident.client.endpoint, server: incident.server.endpoint, packets };
}

/** Of a connection's first request, all that the client had sent. */
function spanBytesOf({ requestIsFirst, requestSpan: span, furtherRequests }: Incident): number | null {
  return requestIsFirst && span !== null && furtherRequests.length === 0 ? span.end - span.start : null;
}

function resetNote(reset: CloseSegment, incident: Incident): string {
  const isFirst = reset.packet === incident.serverReset.packet;
  const what = incident.request === null ? 'client data' : 'the request';
  const apart = durationText(Math.abs(reset.atNs - incident.atNs));
  const order = reset.atNs < incident.atNs ? 'before' : 'after';
  const parts = [
    isFirst
      ? `RST ${durationText(incident.delayNs)} after ${what}; no response byte`
      : reset.from === 'server'
        ? `RST again, ${apart} ${order} the first`
        : `RST from the client ${apart} ${order} the server’s`,
  ];
  if (reset.deltaSequence !== null && reset.deltaSequence < 0)
    parts.push(`stale by ${manyText(-reset.deltaSequence, 'byte')}`);
  if (!isFirst && reset.answers !== null && reset.deltaSequence !== null && reset.deltaSequence < 0)
    parts.push(`in answer to ${packetText(reset.answers)}`);
  const usual = incident[reset.from].ttl;
  if (reset.ttl !== null && usual !== null && usual !== reset.ttl) parts.push(`TTL ${reset.ttl}, others ${usual}`);
  if ((reset.flags & ACK) !== 0) parts.push(reset.window === 0 ? 'with ACK, window 0' : 'with ACK and a window');
  return parts.join('; ');
}
