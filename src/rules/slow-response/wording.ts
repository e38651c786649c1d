/** What the rule says of one server in words: title, sentences, and notes on packets. */
import type { EvidencePacket, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { attributeText } from '../argument/attribute-text.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { GRPC_DEADLINE_EXCEEDED, outcomeText } from '../judgements/gateway-error.js';
import { SEALED_TEXT, turnText } from '../judgements/sealed-turn.js';
import type { Standstill } from '../judgements/standstill.js';
import { type Case, MANY } from './case.js';
import { icmpText, MANY_TIMERS } from './causes.js';
import type { HeldUp, Release } from './held-up.js';
import type { SlowExchange } from './slow-exchange.js';

/** The finding's title. */
export function titleOf(subject: Case, who: Subject): string {
  const { abandoned, undelivered, leftInFront, gatewayTimeouts, timer, slow } = subject;
  const name = subjectText(who);
  if (undelivered.length > abandoned.length) return `Requests to ${name} are never acknowledged`;
  if (abandoned.length > 0) {
    const after = timer?.seconds == null ? '' : ` after ${secondsText(timer.seconds)}`;
    return `${name} has not answered when its client gives up${after}`;
  }
  if (leftInFront.length > 0) {
    const after = timer?.seconds == null ? '' : ` after ${secondsText(timer.seconds)}`;
    return `${name} has not answered when clients in front give up${after}`;
  }
  if (gatewayTimeouts > 0)
    return `${name} answers ${timeOutsText(slow)}: ${isGrpc(slow) ? 'it, or what it asks, takes too long' : 'what it asks does not answer in time'}`;
  if (subject.heldUp !== null) return `${name} keeps requests waiting until idle connections end`;
  if (isStuck(subject)) return `${name} has stopped answering`;
  return `${name} takes far longer for some answers than it usually does`;
}

/** Its summary, sentence by sentence. */
export function sentencesOf(subject: Case, who: Subject): string[] {
  const { abandoned, undelivered, pending, gatewayTimeouts, answered, slow, toldInFront } = subject;
  const { medianNs, answers, unjudged, standstill } = subject;
  const sentences: string[] = [];
  const name = endpointText(who);
  const waits = (of: readonly SlowExchange[]): string =>
    spreadText(Math.min(...of.map(({ waitNs }) => waitNs)), Math.max(...of.map(({ waitNs }) => waitNs)));
  if (abandoned.length > 0)
    sentences.push(
      `${manyText(abandoned.length, 'request')} to ${name} had ${nothingText(abandoned)} after ${waits(abandoned)}, when ${abandoned.length === 1 ? 'its client' : 'the client'} ${abandoned.some(({ isCancelled }) => isCancelled) ? 'cancelled' : 'closed'}.`,
    );
  const tooLate = abandoned.flatMap((one) => (one.tooLate === null ? [] : [one.tooLate.atNs - one.endNs]));
  if (tooLate.length > 0)
    sentences.push(
      `${tooLate.length === abandoned.length ? (tooLate.length === 1 ? 'It' : 'All') : countText(tooLate.length)} ${tooLate.length === 1 ? 'was' : 'were'} answered all the same, to nobody, ${spreadText(Math.min(...tooLate), Math.max(...tooLate))} after the request: that is how long it takes.`,
    );
  if (undelivered.length > 0) sentences.push(...undeliveredText(subject, name));
  if (abandoned.length > 0) sentences.push(...timerText(subject, 'on the client’s side'));
  const [told] = toldInFront;
  if (told !== undefined)
    sentences.push(
      `${endpointText(told.server)} in front answered ${manyText(toldInFront.length, 'of them', 'of them')} ${timeOutsText(toldInFront)} (${packetText(told.packet)}).`,
    );
  if (gatewayTimeouts > 0) {
    const timedOut = slow.filter(({ how }) => how === 'gateway-timeout');
    sentences.push(
      `${manyText(gatewayTimeouts, 'request was', 'requests were')} answered ${timeOutsText(timedOut)} by ${name} after ${waits(timedOut)}: ${isGrpc(timedOut) ? 'it was not done in time, what it asked did not answer,' : 'what it asked did not answer in time,'} or it could not reach it.`,
    );
  }
  if (answered > 0) {
    const late = slow.filter(({ how }) => how === 'answered');
    sentences.push(`${manyText(answered, 'answer')} of ${name} took ${waits(late)}.`);
  }
  if (subject.heldUp !== null) sentences.push(heldUpText(subject.heldUp, answered, name));
  if (standstill !== null) sentences.push(standstillText(standstill, name));
  if (pending.length > 0)
    sentences.push(
      `${manyText(pending.length, 'request')} to it had no answer yet${isStuck(subject) ? ` after ${waits(pending)},` : ''} when the capture ended.`,
    );
  sentences.push(...leftText(subject));
  if (abandoned.length === 0) sentences.push(...timerText(subject, 'of theirs'));
  if (medianNs !== null && answers > slow.length - abandoned.length)
    sentences.push(
      answers === 1
        ? `The one answer of ${name} took ${durationText(medianNs)}.`
        : `Half of the ${manyText(answers, 'answer')} of ${name} took ${durationText(medianNs)} or less.`,
    );
  if (slow.some(({ request }) => request === null)) sentences.push(SEALED_TEXT);
  if (unjudged > 0)
    sentences.push(
      `${manyText(unjudged, 'further slow exchange')} of the run ${unjudged === 1 ? 'is' : 'are'} not looked at one by one.`,
    );
  return sentences;
}

/** What those whose client gave up had of an answer. */
function nothingText(abandoned: readonly SlowExchange[]): string {
  const [begun] = abandoned.filter(({ headBytes }) => headBytes > 0);
  if (begun === undefined) return 'no byte of an answer';
  const part = `${countText(begun.headBytes)} bytes of its head`;
  return abandoned.every(({ headBytes }) => headBytes === begun.headBytes)
    ? `no answer but ${part}`
    : `no answer, or ${part} and no more,`;
}

/** What was answered in place of 504s: `504`, `DEADLINE_EXCEEDED (grpc-status 4)`, or both. */
function timeOutsText(slow: readonly SlowExchange[]): string {
  const outcomes = slow.flatMap(({ how, status }) => (how === 'gateway-timeout' && status !== null ? [status] : []));
  return [...new Set(outcomes)]
    .sort((one, other) => one - other)
    .map(outcomeText)
    .join(' or ');
}

function isGrpc(slow: readonly SlowExchange[]): boolean {
  return slow.some(({ how, status }) => how === 'gateway-timeout' && status === GRPC_DEADLINE_EXCEEDED);
}

function timerText({ timer, timers }: Case, whose: string): string[] {
  if (timers.length > 0 && timer?.seconds == null) {
    const agreeing = timers.reduce((sum, one) => sum + one.agreeing, 0);
    return [
      `${countText(agreeing)} of ${countText(timer?.samples ?? agreeing)} agree on ${countText(timers.length)} time-outs ${whose}: ${listText(
        timers.map(({ seconds }) => secondsText(seconds)),
        MANY_TIMERS,
      )}.`,
    ];
  }
  if (timer === null || timer.seconds === null || timer.agreeing < MANY) return [];
  return [`${timer.agreeing} of ${timer.samples} agree: a time-out of ${secondsText(timer.seconds)} ${whose}.`];
}

/** What those waited for. */
function heldUpText({ releases, waited }: HeldUp, answered: number, name: string): string {
  const gaps = releases.map(({ hold, slow }) => slow.atNs - hold.atNs);
  const unused = releases.filter(({ hold }) => hold.isUnused).length;
  const kind =
    unused === releases.length
      ? 'on which nothing had been asked'
      : unused === 0
        ? 'that was idle'
        : 'that was unused or idle';
  return `${waited.length === answered ? (answered === 1 ? 'It' : 'All') : countText(waited.length)} waited for a connection ${kind}: ${releases.length === 1 ? 'it' : 'such a one'} ended, and ${spreadText(Math.min(...gaps), Math.max(...gaps))} later ${name} went on: so it likely gives a worker, or a place, to a connection before anything is asked on it.`;
}

/** When it answered nobody, and how it does otherwise. */
function standstillText({ before, after, usualNs }: Standstill, name: string): string {
  const when =
    before === null
      ? after === null
        ? 'it answered nobody in time'
        : `up to ${packetText(after.packet)} it answered nobody`
      : after === null
        ? `behind ${packetText(before.packet)} it answered nobody in time`
        : `between ${packetText(before.packet)} and ${packetText(after.packet)}, ${durationText(after.atNs - before.atNs)}, it answered nobody`;
  return `${name} stood still: ${when}; the same requests took ${durationText(usualNs)} or less at other times.`;
}

/** Whether it stands still, and nobody has given up yet. */
function isStuck({ pending, leftInFront, standstill }: Case): boolean {
  return standstill !== null && pending.length > 0 && leftInFront.length === 0;
}

function leftText({ leftInFront }: Case): string[] {
  const [front] = leftInFront;
  if (front === undefined) return [];
  return [
    `${leftInFront.length === 1 ? 'A client' : `${leftInFront.length} clients`} of ${endpointText(front.server)} in front gave up meanwhile (${leftInFront.length === 1 ? '' : 'first '}${packetText(front.packet)}).`,
  ];
}

function undeliveredText({ undelivered, attribute }: Case, name: string): string[] {
  const times = undelivered.map((one) => one.undelivered?.times ?? 0);
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const waits = undelivered.map(({ waitNs }) => waitNs);
  return [
    `${manyText(undelivered.length, 'request')} to ${name} ${undelivered.length === 1 ? 'was' : 'were'} sent again ${least === most ? least : `${least} – ${most}`} times in ${spreadText(Math.min(...waits), Math.max(...waits))} and never acknowledged: ${undelivered.length === 1 ? 'it' : 'they'} did not arrive, or a packet filter takes ${undelivered.length === 1 ? 'it' : 'them'} away.`,
    ...waitingText(undelivered),
    ...(attribute === null ? [] : [`${capitalised(attributeText(attribute, 'lost'))}.`]),
  ];
}

/** Of those whose handshake has not come to its end at the server either. */
function waitingText(undelivered: Case['undelivered']): string[] {
  const waiting = undelivered.filter((one) => (one.undelivered?.waitsForAck ?? 0) > 0).length;
  if (waiting === 0) return [];
  const where = waiting === undelivered.length ? 'The server' : `Of ${countText(waiting)} the server`;
  return [
    `${where} sends its SYN-ACK again and again: not even the ACK of the handshake has come to it. A firewall that its answers bypass takes all that follows a SYN for invalid; a listener whose queue stays full looks the same.`,
  ];
}

/** The packets of one slow exchange, each with what it shows. */
export function packetsOf(
  one: SlowExchange,
  { toldInFront, leftInFront, heldUp, isBehind }: Case,
  reveal: boolean,
): EvidencePacket[] {
  const { firstPacket, lastPacket, startNs, endNs, packet, atNs, how, status, waitNs, request } = one;
  const asked = request === null ? turnText(one) : requestText(request, reveal);
  const packets: EvidencePacket[] = [{ packet: firstPacket, atNs: startNs, note: asked }];
  if (lastPacket !== firstPacket) packets.push({ packet: lastPacket, atNs: endNs, note: 'last byte of the request' });
  if (one.undelivered !== null) {
    const { again, refusal, times } = one.undelivered;
    packets.push({ ...again, note: 'the same, sent again' });
    if (refusal !== null)
      packets.push({ packet: refusal.packet, atNs: refusal.atNs, note: `ICMP ${icmpText(refusal)}` });
    packets.push({ packet, atNs, note: `the same, sent again ${times} times by now` });
  } else if (how !== 'pending')
    packets.push({
      packet,
      atNs,
      note:
        how === 'abandoned'
          ? `the client gives up ${durationText(waitNs)} after its request; ${nothingText([one])}`
          : `${status === null ? 'data of the server' : outcomeText(status)} comes ${durationText(waitNs)} after the request`,
    });
  if (one.tooLate !== null)
    packets.push({
      ...{ packet: one.tooLate.packet, atNs: one.tooLate.atNs },
      note: `${one.tooLate.status} comes ${durationText(one.tooLate.atNs - endNs)} after the request, to nobody`,
    });
  const release = heldUp?.releases.find(({ slow }) => slow.packet === packet);
  if (release !== undefined) packets.push(...releasePackets(release));
  for (const front of toldInFront)
    if (isBehind(one, front))
      packets.push({
        packet: front.packet,
        atNs: front.atNs,
        note: `${timeOutsText([front])} for the client in front`,
        elsewhere: true,
      });
  for (const front of leftInFront)
    if (isBehind(one, front))
      packets.push({ packet: front.packet, atNs: front.atNs, note: 'the client in front gives up', elsewhere: true });
  return packets.sort((a, b) => a.atNs - b.atNs || a.packet - b.packet);
}

function releasePackets({ hold }: Release): EvidencePacket[] {
  const { packet, atNs, isUnused } = hold;
  return [
    {
      ...{ packet, atNs, elsewhere: true },
      note: `the connection that was ${isUnused ? 'unused' : 'idle'} for ${durationText(atNs - hold.sinceNs)} ends`,
    },
  ];
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
