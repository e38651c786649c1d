/** The causes of an empty response, each supported, ruled out or left open, with the packets that say so. */
import { MIN_IDLE_NS } from '../../facts/connection.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { sharedText } from '../argument/attribute-text.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { headerMissing } from '../judgements/header-wanted.js';
import { doubtText, endedWithIdle, processEndClaim } from '../judgements/one-moment-text.js';
import { SOON_NS } from '../tally/activity.js';
import type { Case } from './case.js';

/** Request heads above this are beyond the default of some common server (docs/rules/header-too-large.md). */
const LARGE_REQUEST_HEAD_BYTES = 8192;

/** A timer that runs out as a request comes closes within this: what its own packets need, and the next turn of its loop. */
const RACE_NS = 50_000_000;

/** That the server is there again, by which its end is known to be a worker's. */
function backText({ server: { answerAfter, acceptAfter }, first }: Pick<Case, 'server' | 'first'>): string {
  const alive = answerAfter ?? acceptAfter;
  return alive === null
    ? ''
    : `; the server goes on ${durationText(alive.atNs - first.atNs)} later (${packetText(alive.packet)})`;
}

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'process-ended': {
    means:
      'The process or worker ended when it had read the request, or closed all its connections; where it is a balancer that hands TCP on, that of the server behind it.',
    grounds: [
      supportedBy(({ server: { refusedNext }, first }) =>
        refusedNext === null
          ? null
          : claim(
              [first.packet, refusedNext.packet],
              (fin, refusal) =>
                `the next SYN was refused ${durationText(refusedNext.atNs - first.atNs)} after the FIN ${fin} (${refusal})`,
            ),
      ),
      supportedBy(({ together, ...subject }) => processEndClaim(together, backText(subject))),
      ruledOutBy(({ delaysCluster, occurrences, delay, first }) =>
        delaysCluster
          ? claim(
              [first.packet],
              (fin) =>
                `${manyText(occurrences, 'connection')} closed at different moments, each ${spreadText(delay.lowest, delay.highest)} after its request (${fin}): a timer, not an end`,
            )
          : null,
      ),
      openSince(({ together }) => doubtText(together)),
    ],
    otherwise: ({ server: { answerAfter, acceptAfter }, first }) => {
      const alive = answerAfter ?? acceptAfter;
      return alive === null
        ? `nothing was seen of the server within a second of the FIN ${packetText(first.packet)}`
        : `the server goes on ${durationText(alive.atNs - first.atNs)} later (${packetText(alive.packet)}); of several workers one may have ended`;
    },
  },
  'upstream-failure': {
    means: 'The server is a proxy and hides that its own request failed.',
    grounds: [
      openSince(({ behind }) => (behind === null ? 'no request of its own to a server behind it is known' : null)),
      supportedBy(({ behind, first }) => {
        const failed = behind?.failed ?? null;
        return (
          failed &&
          claim(
            [failed.packet, first.packet],
            (failure, fin) =>
              `${behind?.isCut === true ? 'the answer of a server behind it was cut' : 'a request of its own to a server behind it failed in between'} (${failure}, ${durationText(first.atNs - failed.atNs)} before the FIN ${fin})`,
          )
        );
      }),
      ruledOutBy(({ behind, first }) => {
        const answered = behind?.answered ?? null;
        return (
          answered &&
          claim(
            [first.packet, answered.packet],
            (fin, answer) =>
              `between the request and the FIN ${fin} its own requests to servers behind it were answered (${answer}) and none failed`,
          )
        );
      }),
    ],
    otherwise: ({ first }) =>
      `it asks servers behind it, but nothing that failed is known before the FIN ${packetText(first.packet)}`,
  },
  'server-timer': {
    means: 'A timer of the server ran out.',
    grounds: [
      supportedBy(({ delaysCluster, occurrences, delay, first }) =>
        delaysCluster
          ? claim(
              [first.packet],
              (fin) =>
                `${occurrences} delays agree: ${spreadText(delay.lowest, delay.highest)} from the request to the FIN (${fin})`,
            )
          : null,
      ),
      ruledOutBy(({ together }) => endedWithIdle(together)),
      ruledOutBy(({ delay, first }) =>
        delay.highest < SOON_NS
          ? claim(
              [first.packet],
              (fin) => `the FIN came ${spreadText(delay.lowest, delay.highest)} after the request (${fin})`,
            )
          : null,
      ),
    ],
    otherwise: ({ delay, first }) =>
      `${spreadText(delay.lowest, delay.highest)} from the request to the FIN (${packetText(first.packet)})`,
  },
  'dropped-on-purpose': {
    means: 'The application or a rule of the server drops such requests.',
    grounds: [
      ruledOutBy(({ together }) => endedWithIdle(together)),
      supportedBy(
        ({ attribute, first }) =>
          attribute &&
          claim([first.request.firstPacket], (request) => `${sharedText(attribute, 'dropped')} (first ${request})`),
      ),
      supportedBy(({ first: { request }, server: { sameRequestAnswered: same, largestHeadBytes } }) =>
        request.headBytes <= LARGE_REQUEST_HEAD_BYTES || same !== null || largestHeadBytes >= request.headBytes
          ? null
          : claim(
              [request.firstPacket],
              (packet) =>
                `the request head has ${countText(request.headBytes)} bytes (${packet}), and none as large was answered`,
            ),
      ),
      ruledOutBy(
        ({ server: { sameRequestAnswered: same } }) =>
          same && claim([same.packet], (answer) => `the same method and path was answered ${same.status} (${answer})`),
      ),
    ],
    otherwise: ({ first }) =>
      `no request like ${packetText(first.request.firstPacket)} was answered, and no attribute tells them apart`,
  },
  'idle-race': {
    means: 'The server gave the waiting connection up just as the request came.',
    grounds: [
      supportedBy(({ incidents }) => {
        const raced = incidents.find(
          ({ isFirst, waitNs, delayNs }) => isFirst && waitNs !== null && waitNs >= MIN_IDLE_NS && delayNs <= RACE_NS,
        );
        return raced === undefined
          ? null
          : claim(
              [raced.packet],
              (fin) =>
                `the connection had waited ${durationText(raced.waitNs ?? 0)} for its first request and was closed ${durationText(raced.delayNs)} after it (${fin})`,
            );
      }),
      ruledOutBy(({ first: { waitNs, isFirst, packet, delayNs } }) =>
        waitNs === null
          ? null
          : claim(
              [packet],
              (fin) =>
                `the request came ${durationText(waitNs)} after ${isFirst ? 'the handshake' : 'the answer before'}, and FIN ${fin} acknowledges it ${durationText(delayNs)} later`,
            ),
      ),
    ],
    otherwise: () => 'it is not known how long the connection had waited',
  },
  'proxy-header-missing': headerMissing(({ header, first: { packet }, delay }) => ({
    header,
    packet,
    shortestNs: delay.lowest,
  })),
};
