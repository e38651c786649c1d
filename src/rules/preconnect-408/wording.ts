/** A case in words: title, summary, and the packets of each occurrence with what they show. */

import type { Evidence, EvidencePacket, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { capitalised } from '../../text/capitalised.js';
import { durationText, secondsText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { manyText, packetText } from '../argument/figures.js';
import { shownTarget } from '../argument/request-text.js';
import { firstRetryText, retryPackets } from '../judgements/retries.js';
import type { Case } from './case.js';
import { agesText } from './causes.js';
import type { Incident } from './incident.js';

/** One line: whom it concerns and what happens. */
export function titleOf(subject: Case, who: Subject): string {
  const { counts, late, estimate } = subject;
  const name = who.name === null ? '' : ` (${who.name})`;
  const server = `${endpointText(who)}${name}`;
  const told = counts.unused.status + counts.half.status;
  const silent = counts.unused.silent + counts.half.silent;
  if (told > 0)
    return silent > told
      ? `${server} closes before a request has come, with 408 or without a word`
      : `${server} sends 408 before a request has come`;
  if (counts['kept-alive'].status > 0) return `${server} sends 408 on idle connections`;
  if (counts.unused.shape > 0) return `${server} seems to send 408 before a request has come`;
  if (counts.half.silent > 0)
    return counts.unused.silent > 0
      ? `${server} closes unused connections and half requests, without a word`
      : `${server} closes in the middle of requests, without a word`;
  if (late > 0) return `${server} closes unused connections, and a request came too late`;
  const after = estimate?.seconds == null ? '' : ` after ${secondsText(estimate.seconds)}`;
  return `${server} closes unused connections${after}, without a word`;
}

/** What happened, in a few sentences with figures. */
export function summaryOf(subject: Case): string {
  const sentences = [countsText(subject), ...timeText(subject), ...lateText(subject)];
  const { closedByClient, probes, uncounted, droppedPackets } = subject;
  if (closedByClient > 0)
    sentences.push(
      `${manyText(closedByClient, 'further unused connection was', 'further unused connections were')} closed by ${closedByClient === 1 ? 'its client' : 'their clients'}, which is no fault.`,
    );
  if (probes > 0)
    sentences.push(
      `${manyText(probes, 'connection')} of clients that never ask (scanners, monitors) ${probes === 1 ? 'is' : 'are'} not counted.`,
    );
  if (uncounted > 0)
    sentences.push(
      `${manyText(uncounted, 'further one was', 'further ones were')} seen of more clients than are told apart.`,
    );
  if (droppedPackets > 0)
    sentences.push(
      `${manyText(droppedPackets, 'packet was', 'packets were')} dropped while capturing, so all this is one step less sure.`,
    );
  return sentences.join(' ');
}

function countsText({ counts }: Case): string {
  const said: string[] = [];
  const on = [
    part(counts.unused.status, 'that had carried no request'),
    part(counts.half.status, 'with half a request'),
    part(counts['kept-alive'].status, 'that had served before'),
  ].filter((text) => text !== '');
  if (on.length > 0) said.push(`It sent 408 on ${listText(on)}`);
  if (counts.unused.shape > 0)
    said.push(
      `on ${manyText(counts.unused.shape, 'TLS connection')} without a request it sent one encrypted record of a 408’s size and closed`,
    );
  const closed = [
    part(counts.unused.silent, 'that had carried no request'),
    part(counts.half.silent, 'with half a request'),
  ].filter((text) => text !== '');
  if (closed.length > 0) said.push(`it closed ${listText(closed)}, without a byte of an answer`);
  const text = `${said.join('; ')}.`;
  return capitalised(text);
}

function part(count: number, which: string): string {
  return count === 0 ? '' : `${manyText(count, 'connection')} ${which}`;
}

function timeText({ estimate, longestWait, incidents }: Case): string[] {
  if (estimate === null) return [];
  const { pattern, seconds, agreeing, samples, lowestNs, confidence } = estimate;
  const ages = agesText(estimate);
  const from = incidents.some(({ tls }) => tls) ? 'after the TLS handshake' : 'after the handshake';
  switch (pattern) {
    case 'timer':
      return samples === 1
        ? [`That was ${ages} ${from}, which may be its request time-out (one sample).`]
        : [
            `${agreeing === samples ? 'Each time that was' : `${agreeing} of ${samples} came`} ${agreeing === samples ? ages : `${secondsText(seconds ?? 0)} and little more`} ${from}: a request time-out of ${secondsText(seconds ?? 0)} (${manyText(agreeing, 'sample')}, ${confidence}).`,
          ];
    case 'interval-check':
      return [
        `They came ${ages} ${from}, ${agreeing} of ${samples} at one moment: the server looks at intervals, and its request time-out is ${durationText(lowestNs)} or less (an interval before that, they were too young).`,
      ];
    case 'spread':
      return [
        `They came ${ages} ${from}: no one time-out, unless the server looks at intervals; then it is ${durationText(lowestNs)} or less.`,
      ];
    default:
      return longestWait === null
        ? []
        : [
            `They came ${ages} ${from}, but a request that came after ${durationText(longestWait.waitNs)} was answered: there is no one time-out.`,
          ];
  }
}

function lateText({ late, crossed, outcomes, counts, incidents, mended }: Case): string[] {
  if (late === 0) {
    const { status, shape, silent } = counts.half;
    const isHarmless = status + shape + silent === 0 && counts.unused.status + counts.unused.shape === 0;
    return isHarmless && counts['kept-alive'].status === 0 ? ['No request was lost by it.'] : [];
  }
  const isEncrypted = incidents.some((one) => one.late !== null && one.late.method === null);
  const what = isEncrypted
    ? manyText(late, 'piece of client data was', 'pieces of client data were')
    : manyText(late, 'request was', 'requests were');
  const reads =
    counts.unused.status + counts.half.status + counts['kept-alive'].status > 0
      ? late === 1
        ? 'its client takes the 408 for the answer, or is reset'
        : 'their clients take the 408 for the answer, or are reset'
      : late === 1
        ? 'it got no answer'
        : 'they got no answer';
  const [use] = incidents.flatMap((one) => (one.late === null ? [] : [one.late]));
  const where = use === undefined ? '' : ` (${packetText(use.packet)})`;
  const sentences = [
    `${what} written on such ${late === 1 ? 'a connection' : 'connections'} afterwards${where}: ${reads}.`,
  ];
  if (crossed > 0)
    sentences.push(
      `${crossed === late ? (late === 1 ? 'It' : 'All of them') : `${crossed} of them`} had left before the server’s farewell could arrive: no client can avoid that.`,
    );
  const again = outcomes['at-once'] + outcomes.answered;
  const judged = late - outcomes.unknown;
  if (again > 0)
    sentences.push(
      outcomes['at-once'] === late
        ? `${late === 1 ? 'It was' : 'They were'} repeated at once on another connection and answered${firstRetryText({ mended })}.`
        : `${again === judged && judged === late ? (late === 1 ? 'It was' : 'They were') : `${again} of ${judged} followed ${again === 1 ? 'was' : 'were'}`} asked again within 5 s and answered${firstRetryText({ mended })}.`,
    );
  return sentences;
}

/** One occurrence and its packets, in their order. */
export function evidenceOf(incident: Incident, subject: Pick<Case, 'mended'>, reveal: boolean): Evidence {
  const { since, late, fin, farewell, waiting, ageNs, halfBytes, half, stalledNs } = incident;
  const packets: EvidencePacket[] = [];
  if (since !== null) packets.push({ packet: since.packet, atNs: since.atNs, note: SINCE[since.note] });
  if (half !== null) packets.push({ ...half, note: 'a request begins' });
  const got = waiting === 'half' ? halfText(halfBytes, stalledNs) : NOT_YET[waiting];
  const what =
    farewell === 'status'
      ? '408'
      : farewell === 'shape'
        ? 'a record of a 408’s size'
        : 'FIN without a byte of an answer';
  packets.push({ packet: incident.packet, atNs: incident.atNs, note: `${what} after ${durationText(ageNs)}: ${got}` });
  if (fin !== null && fin.packet !== incident.packet)
    packets.push({ packet: fin.packet, atNs: fin.atNs, note: 'the server closes' });
  if (late !== null) {
    const shown = late.target === null ? '' : ` ${shownTarget(late.target, reveal)}`;
    const when =
      late.atNs >= incident.atNs
        ? `${durationText(late.atNs - incident.atNs)} after that`
        : `captured ${durationText(incident.atNs - late.atNs)} before that, not acknowledged by it`;
    packets.push({
      packet: late.packet,
      atNs: late.atNs,
      note: `${late.method ?? 'application data'}${shown} is written ${when}${late.crossed === true ? ', before it could arrive' : ''}`,
    });
    if (late.reset !== null)
      packets.push({ packet: late.reset.packet, atNs: late.reset.atNs, note: 'RST: it is too late' });
    packets.push(...retryPackets(subject, late.packet, late.atNs));
  }
  packets.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return { stream: incident.stream, client: incident.client, server: incident.server, packets };
}

const SINCE = {
  accepted: 'SYN-ACK: the server accepts; from the ACK on it waits for a request',
  finished: 'the TLS handshake is done; the server waits for a request',
  answered: 'end of the answer before',
} as const;

const NOT_YET = {
  unused: 'no request had come',
  'kept-alive': 'no further request had come',
} as const;

function halfText(bytes: number | null, stalledNs: number | null): string {
  if (bytes === null || stalledNs === null) return 'part of a request had come';
  return `${manyText(bytes, 'byte')} of a request, then silence for ${durationText(stalledNs)}`;
}
