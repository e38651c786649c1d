/** The causes of an empty response, each supported, ruled out or left open, with the packets that say so. */
import { MIN_IDLE_NS } from '../../facts/connection.js';
import type { Hypothesis } from '../../facts/finding.js';
import { durationText } from '../../text/duration.js';
import { type Judged, weighBy } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { SOON_NS } from '../rst-after-request/case.js';
import { attributeText } from '../rst-after-request/figures.js';
import type { Case } from './case.js';

/** A timer that runs out as a request comes closes within this: what its own packets need, and the next turn of its loop. */
const RACE_NS = 50_000_000;

const JUDGES: Readonly<Record<string, (subject: Case) => Judged>> = {
  'process-ended': processEnded,
  'upstream-failure': upstreamFailure,
  'server-timer': serverTimer,
  'dropped-on-purpose': droppedOnPurpose,
  'idle-race': idleRace,
};

/** All causes, those supported first, then those ruled out, then those open. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  return weighBy(JUDGES, subject);
}

function processEnded(subject: Case): Judged {
  const { server, first, atOnce, ofDifferentAge, delaysCluster, delay, occurrences } = subject;
  const { refusedNext, acceptAfter, answerAfter } = server;
  const fin = packetText(first.packet);
  if (refusedNext !== null)
    return [
      'supported',
      `the next SYN was refused ${durationText(refusedNext.atNs - first.atNs)} after the FIN ${fin} (${packetText(refusedNext.packet)})`,
    ];
  if (atOnce > 1 && ofDifferentAge)
    return [
      'supported',
      `${atOnce} connections were closed at one moment with requests of different age (from ${fin})`,
    ];
  if (delaysCluster)
    return [
      'ruled-out',
      `${manyText(occurrences, 'connection')} closed at different moments, each ${spreadText(delay.lowest, delay.highest)} after its request (${fin}): a timer, not an end`,
    ];
  const alive = answerAfter ?? acceptAfter;
  return [
    'open',
    alive === null
      ? `nothing was seen of the server within a second of the FIN ${fin}`
      : `the server goes on ${durationText(alive.atNs - first.atNs)} later (${packetText(alive.packet)}); of several workers one may have ended`,
  ];
}

function upstreamFailure({ behind, first }: Case): Judged {
  if (behind === null) return ['open', 'no connection with this address as its client was captured'];
  if (behind.failed !== null)
    return [
      'supported',
      `a request of its own to a server behind it failed in between (${packetText(behind.failed.packet)}, ${durationText(first.atNs - behind.failed.atNs)} before the FIN ${packetText(first.packet)})`,
    ];
  if (behind.answered !== null)
    return [
      'ruled-out',
      `between the request and the FIN ${packetText(first.packet)} its own requests to servers behind it were answered (${packetText(behind.answered.packet)}) and none failed`,
    ];
  return ['open', `it asks servers behind it, but nothing came of that before the FIN ${packetText(first.packet)}`];
}

function serverTimer({ delaysCluster, delay, occurrences, first }: Case): Judged {
  const fin = packetText(first.packet);
  if (delaysCluster)
    return [
      'supported',
      `${occurrences} delays agree: ${spreadText(delay.lowest, delay.highest)} from the request to the FIN (${fin})`,
    ];
  if (delay.highest < SOON_NS)
    return ['ruled-out', `the FIN came ${spreadText(delay.lowest, delay.highest)} after the request (${fin})`];
  return ['open', `${spreadText(delay.lowest, delay.highest)} from the request to the FIN (${fin})`];
}

function droppedOnPurpose({ attribute, server, first }: Case): Judged {
  if (attribute !== null)
    return ['supported', `${attributeText(attribute, 'dropped')} (first ${packetText(first.request.firstPacket)})`];
  const { sameRequestAnswered: same } = server;
  if (same !== null)
    return ['ruled-out', `the same method and path was answered ${same.status} (${packetText(same.packet)})`];
  return [
    'open',
    `no request like ${packetText(first.request.firstPacket)} was answered, and no attribute tells them apart`,
  ];
}

function idleRace({ incidents }: Case): Judged {
  const raced = incidents.find(
    ({ isFirst, waitNs, delayNs }) => isFirst && waitNs !== null && waitNs >= MIN_IDLE_NS && delayNs <= RACE_NS,
  );
  if (raced !== undefined)
    return [
      'supported',
      `the connection had waited ${durationText(raced.waitNs ?? 0)} for its first request and was closed ${durationText(raced.delayNs)} after it (${packetText(raced.packet)})`,
    ];
  const [first] = incidents;
  if (first === undefined || first.waitNs === null)
    return ['open', 'it is not known how long the connection had waited'];
  return [
    'ruled-out',
    `the request came ${durationText(first.waitNs)} after ${first.isFirst ? 'the handshake' : 'the answer before'}, and FIN ${packetText(first.packet)} acknowledges it ${durationText(first.delayNs)} later`,
  ];
}
