/** A case in words: title, summary, and the packets of each occurrence with what they show. */

import type { Evidence, EvidencePacket, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { capitalised } from '../../text/capitalised.js';
import { durationText, secondsText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { manyText, spreadText } from '../argument/figures.js';
import { requestText, sizeText } from '../argument/request-text.js';
import { outcomeText } from '../judgements/gateway-error.js';
import type { AnsweredReuse } from '../judgements/idle-close.js';
import { firstRetryText, retryPackets } from '../judgements/retries.js';
import type { Case } from './case.js';
import type { Incident } from './incident.js';

/** One line: whom it concerns and what happens; `isUnexplained`: all causes are ruled out. */
export function titleOf({ kind }: Case, subject: Subject, isUnexplained: boolean): string {
  const name = subject.name === null ? '' : ` (${subject.name})`;
  return `${endpointText(subject)}${name} ${isUnexplained ? UNEXPLAINED : HAPPENS[kind]}`;
}

const HAPPENS: Readonly<Record<Case['kind'], string>> = {
  race: 'closes idle connections while requests are on their way',
  'stale-pool': 'is sent requests on connections that it has closed',
  reload: 'closes its connections all at once while requests are on their way',
  predicted: 'is sent requests just before it closes idle connections',
};

const UNEXPLAINED = 'closes connections while requests are on their way, for a reason not known';

/** What happened, in a few sentences with figures. */
export function summaryOf(subject: Case, who: Subject, isUnexplained: boolean): string {
  const sentences = subject.kind === 'predicted' ? prediction(subject, who) : losses(subject, who);
  if (isUnexplained)
    sentences.push(
      'Each cause that is weighed is ruled out: why the server closed, and whether for idleness, is not known.',
    );
  const { announced, timeout, droppedPackets } = subject;
  if (announced !== null && timeout !== null && Math.abs(announced.seconds - timeout.seconds) > 0.05 * timeout.seconds)
    sentences.push(`It announces Keep-Alive: timeout=${announced.seconds}, which is not what it does.`);
  if (droppedPackets > 0)
    sentences.push(
      `${manyText(droppedPackets, 'packet was', 'packets were')} dropped while capturing, so all this is one step less sure.`,
    );
  return sentences.join(' ');
}

function prediction({ timeout, nearMisses, longestAnswered }: Case, who: Subject): string[] {
  const longest = longestAnswered?.idleNs ?? 0;
  return [
    `${endpointText(who)} closes idle connections after ${secondsText(timeout?.seconds ?? 0)}.`,
    `${manyText(nearMisses.length, 'request')} came on a connection that had been idle for up to ${durationText(longest)}; ${nearMisses.length === 1 ? 'it was' : 'they were'} answered. A request that comes a little later crosses the close and is lost.`,
  ];
}

function losses(subject: Case, who: Subject): string[] {
  const { occurrences, encrypted, sorts, timeout, massClose, lostReuse, incidents, healthChecks, inMassCloses } =
    subject;
  const server = endpointText(who);
  const what = encrypted === occurrences ? 'client data (encrypted)' : 'request';
  const lost =
    encrypted === occurrences
      ? `Encrypted client data was lost in ${manyText(occurrences, 'connection')}`
      : `${manyText(occurrences, `${what} was`, `${what}s were`)} lost`;
  const sentences: string[] = [];
  if (subject.kind === 'reload' && massClose !== null)
    sentences.push(
      `${server} closed ${manyText(massClose.count, 'connection')} within 50 ms of one another, as at a reload or a restart.`,
    );
  else if (timeout !== null)
    sentences.push(
      `${server} closes connections that were idle for ${secondsText(timeout.seconds)} (${manyText(timeout.samples, 'close')} seen).`,
    );
  sentences.push(
    `${lost} at ${server}, after ${lostReuse === null ? 'an idle time' : spreadText(lostReuse.lowest, lostReuse.highest)} without traffic.`,
  );
  const finds: string[] = [];
  if (sorts.race > 0)
    finds.push(
      `${whichText(sorts.race, occurrences)} crossed the server’s close, which acknowledges nothing of ${sorts.race === 1 ? 'it' : 'them'}: the server had not got ${sorts.race === 1 ? 'it' : 'them'} when it closed`,
    );
  if (sorts.stalePool > 0) {
    const known = incidents.flatMap(({ knownForNs, sort }) =>
      sort === 'stale-pool' && knownForNs !== null ? [knownForNs] : [],
    );
    finds.push(
      `${whichText(sorts.stalePool, occurrences)} left though the client’s kernel had had the FIN${known.length === 0 ? '' : ` for ${spreadText(Math.min(...known), Math.max(...known))}`}: no race on the line, the client did not look`,
    );
  }
  if (sorts.abort > 0)
    finds.push(
      `${whichText(sorts.abort, occurrences)} came as the time-out expired and ${sorts.abort === 1 ? 'was' : 'were'} reset unread`,
    );
  if (sorts.expiry > 0)
    finds.push(
      `${whichText(sorts.expiry, occurrences)} came as the time-out expired: the server’s kernel had ${sorts.expiry === 1 ? 'it' : 'them'}, and the connection was closed upon ${sorts.expiry === 1 ? 'it' : 'them'}`,
    );
  sentences.push(`${capitalised(finds.join('; '))}.`);
  sentences.push(...fates(subject));
  if (healthChecks > 0)
    sentences.push(`${manyText(healthChecks, 'of them is a health check', 'of them are health checks')}.`);
  if (inMassCloses > 0)
    sentences.push(
      `Besides, ${manyText(inMassCloses, 'request')} met closes of several connections at one moment (a reload), and ${inMassCloses === 1 ? 'is' : 'are'} not counted.`,
    );
  return sentences;
}

/** What became of the lost requests: sent again, and at the front. */
function fates({ retries, idempotent, figures, encrypted, occurrences, fronts }: Case): string[] {
  const sentences: string[] = [];
  if (encrypted < occurrences && figures > 0) {
    const unsafe = figures - encrypted - idempotent;
    const again: string[] = [];
    if (retries.answered > 0)
      again.push(
        `${countText(retries.answered)} ${wasWere(retries.answered)} sent again and answered${firstRetryText(retries)}`,
      );
    if (retries.failedAgain > 0)
      again.push(`${countText(retries.failedAgain)} ${wasWere(retries.failedAgain)} sent again and failed again`);
    if (retries.notRetried > 0)
      again.push(`${countText(retries.notRetried)} ${wasWere(retries.notRetried)} not sent again`);
    const unknown = figures - encrypted - retries.judged;
    if (unknown > 0)
      again.push(
        `of ${countText(unknown)} it cannot be told whether ${unknown === 1 ? 'it was' : 'they were'} sent again (equal requests are routine, or the capture ends)`,
      );
    if (again.length > 0) sentences.push(`${capitalised(again.join(', '))}.`);
    if (unsafe > 0)
      sentences.push(
        `${countText(unsafe)} ${unsafe === 1 ? 'is' : 'are'} of a method that proxies do not repeat by themselves (POST, PATCH).`,
      );
  }
  const byAnswer = new Map<string, number>();
  for (const { front } of fronts) {
    const answer = `${endpointText(front.server)} ${front.status === null ? 'closed its client’s connection without an answer' : `answered ${outcomeText(front.status)}`}`;
    byAnswer.set(answer, (byAnswer.get(answer) ?? 0) + 1);
  }
  for (const [answer, count] of byAnswer) sentences.push(`In front, ${answer} for ${countText(count)} of them.`);
  return sentences;
}

/** `it`, `all 6`, `4 of them`. */
function whichText(count: number, all: number): string {
  if (count < all) return `${countText(count)} of them`;
  return all === 1 ? 'it' : `all ${countText(all)}`;
}

function wasWere(count: number): string {
  return count === 1 ? 'was' : 'were';
}

/** The occurrences with their packets: lost requests, or the near misses and the close that shows the time-out. */
export function evidenceOf(subject: Case, near: readonly AnsweredReuse[], reveal: boolean): Evidence[] {
  if (subject.kind === 'predicted') return near.map((reuse) => nearMiss(reuse, subject));
  return subject.incidents.map((incident) => lossOf(incident, subject, reveal));
}

function nearMiss(reuse: AnsweredReuse, { endpoint }: Case): Evidence {
  const packets: EvidencePacket[] = [
    {
      packet: reuse.packet,
      atNs: reuse.atNs,
      note: `request after ${durationText(reuse.idleNs)} of idleness, answered`,
    },
  ];
  return { stream: reuse.stream, client: reuse.client, server: endpoint, packets };
}

function lossOf(incident: Incident, { fronts, retries }: Case, reveal: boolean): Evidence {
  const { previous, close, reset, knownForNs } = incident;
  const packets: EvidencePacket[] = [];
  if (previous !== null)
    packets.push({ packet: previous.packet, atNs: previous.atNs, note: `${previous.status}: the last answer` });
  packets.push({ packet: incident.packet, atNs: incident.atNs, note: lostNote(incident, reveal) });
  packets.push({ packet: close.packet, atNs: close.atNs, note: closeNote(incident) });
  const { acknowledgedPacket, acknowledgedNs } = close;
  if (
    knownForNs !== null &&
    acknowledgedPacket !== null &&
    acknowledgedNs !== null &&
    acknowledgedPacket !== incident.packet
  )
    packets.push({
      packet: acknowledgedPacket,
      atNs: acknowledgedNs,
      note: 'the client’s kernel acknowledges the FIN',
    });
  if (reset !== null)
    packets.push({
      packet: reset.packet,
      atNs: reset.atNs,
      note: `RST, sequence number ${reset.sequence}: no socket any more`,
    });
  const front = fronts.find(({ lost }) => lost === incident.packet)?.front;
  if (front !== undefined)
    packets.push({
      packet: front.packet,
      atNs: front.endNs,
      note: `${endpointText(front.server)} ${front.status === null ? 'closes without an answer' : `answers ${outcomeText(front.status)}`} to the same request (${durationText(front.endNs - Math.max(incident.atNs, close.atNs))} later)`,
      elsewhere: true,
    });
  packets.push(...retryPackets(retries, incident.packet, Math.max(incident.atNs, close.atNs)));
  packets.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return { stream: incident.stream, client: incident.client, server: incident.server, packets };
}

function lostNote({ request, reuseNs, knownForNs, close, atNs }: Incident, reveal: boolean): string {
  const what = request === null ? 'client data' : `${requestText(request, reveal)}${sizeText(request)}`;
  const since = `${durationText(reuseNs)} after the last payload`;
  if (knownForNs !== null) return `${what}, ${since}; the client had the FIN for ${durationText(knownForNs)}`;
  const apart = durationText(Math.abs(close.atNs - atNs));
  if (close.kind === 'rst' && atNs < close.atNs) return `${what}, ${since}`;
  return `${what}, ${since}, ${apart} ${atNs < close.atNs ? 'before' : 'behind'} the close`;
}

function closeNote({ close, idleNs, atNs, sort, isAcknowledgedLater, reset }: Incident): string {
  const kind = close.kind === 'fin' ? 'FIN' : 'RST';
  if (sort === 'abort')
    return `RST ${durationText(close.atNs - atNs)} after the request: its socket is closed with the request unread`;
  if (sort === 'expiry')
    return `FIN ${durationText(close.atNs - atNs)} after the request, ${durationText(idleNs)} after the last payload before: closed upon it, though its kernel had acknowledged it`;
  const covers = `${kind} after ${durationText(idleNs)} of idleness; it acknowledges nothing of the request (ack ${close.acknowledgement})`;
  return reset === null && isAcknowledgedLater && close.kind === 'fin'
    ? `${covers}; what the server’s kernel acknowledges afterwards nobody reads`
    : covers;
}
