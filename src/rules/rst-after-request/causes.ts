/**
 * The causes of a reset in place of an answer, each with what supports it and what rules it out
 * (docs/rules/rst-after-request.md).
 */

import { durationText } from '../../text/duration.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { doubtText } from '../judgements/one-moment-text.js';
import { SOON_NS } from '../tally/activity.js';
import type { Case } from './case.js';
import { blockListed, foreignHand, oneHopOff, placeText } from './foreign-hand.js';
import type { Incident } from './incident.js';
import { isBefore, later, near } from './moment-text.js';
import {
  endOfProcess,
  isOneMoment,
  lateTimerText,
  massClose,
  mayBeProcessEnd,
  refusedAfterReset,
} from './process-end.js';
import { testText } from './test-text.js';

/** Request heads above this are beyond the default of some common server (docs/rules/header-too-large.md). */
const LARGE_REQUEST_HEAD_BYTES = 8192;

/** In the order in which they are told. */
export const CAUSES: Causes<Case> = {
  'port-closed': {
    means: 'Nothing listens on the port.',
    grounds: [
      ruledOutBy(
        ({ incident: { handshake } }) =>
          handshake.synAck &&
          claim([handshake.synAck.packet], (synAck) => `the server accepted this very connection (SYN-ACK ${synAck})`),
      ),
      supportedBy(({ server: { refusalAfter, acceptAfter }, incident }) =>
        refusalAfter === null || isBefore(acceptAfter, refusalAfter)
          ? null
          : claim(
              [refusalAfter.packet],
              (refusal) => `the next SYN to the port was refused ${later(refusalAfter, incident.atNs)} (${refusal})`,
            ),
      ),
    ],
    otherwise: () => 'the handshake was not captured',
  },
  'process-dead': {
    means: 'The server process ended with the request unread.',
    grounds: [
      openSince((subject) => (subject.verdict === 'none' ? null : (refusedAfterReset(subject)?.text ?? null))),
      supportedBy(refusedAfterReset),
      openSince(lateTimerText),
      supportedBy((subject) => massClose(subject, true)),
      supportedBy(endOfProcess),
      openSince((subject) => massClose(subject, false)?.text ?? doubtText(subject.together)),
      ruledOutBy(({ server: { acceptAfter, answerAfter }, incident }) => {
        const alive = answerAfter ?? acceptAfter;
        const did = answerAfter === null ? 'accepted a connection' : 'answered another request';
        return (
          alive && claim([alive.packet], (packet) => `the server ${did} ${later(alive, incident.atNs)} (${packet})`)
        );
      }),
    ],
    otherwise: () => 'nothing else of this server was captured in the second after the reset',
  },
  'app-abort': {
    means: 'The application closed the connection with the request unread, or on purpose.',
    grounds: [
      ruledOutBy(({ shape, incident }) =>
        shape === 'A'
          ? claim(
              [incident.packet],
              (rst) =>
                `RST ${rst} is bare, window 0, no options: on Linux no socket is aborted like that (a Linux server assumed)`,
            )
          : null,
      ),
      ruledOutBy(({ verdict, incident }) =>
        verdict === 'certain' ? claim([incident.packet], (rst) => `RST ${rst} was not written by the server`) : null,
      ),
      openSince((subject) => {
        const { shape, incident } = subject;
        return shape === 'B' && mayBeProcessEnd(subject)
          ? `RST ${packetText(incident.packet)} aborts a socket, as the end of its process does`
          : null;
      }),
      supportedBy(({ shape, incident, occurrences, delay }) => {
        if (shape !== 'B') return null;
        const sent = sentText(incident);
        const varies = occurrences > 1 ? `, ${spreadText(delay.lowest, delay.highest)} after ${sent}` : '';
        const fate =
          (incident.serverReset.deltaAcknowledgement ?? -1) >= 0
            ? `acknowledges ${sent}`
            : `does not acknowledge ${sent}: the socket was aborted before it came`;
        return claim(
          [incident.packet],
          (rst) => `RST ${rst} carries ACK and the socket's window, and ${fate}${varies}`,
        );
      }),
    ],
    otherwise: ({ incident }) =>
      `RST ${packetText(incident.packet)} has neither the shape of a Linux abort nor that of a stateless answer`,
  },
  'resource-exhaustion': {
    means: 'The server ran out of memory, descriptors or queue.',
    grounds: [
      supportedBy(
        ({ server: { strainNear }, incident }) =>
          strainNear &&
          claim(
            [strainNear.packet],
            (syn) => `a SYN to the server had to be repeated ${near(strainNear, incident.atNs)} (${syn})`,
          ),
      ),
      openSince(({ incident: { refusesHandshake, packet } }) =>
        refusesHandshake === null
          ? null
          : `a kernel whose queue of connections is full answers the ACK of the handshake as ${packetText(packet)} does (tcp_abort_on_overflow)${refusesHandshake === 'sure' ? '; nobody else is seen to be taken' : "; whether it is the server's own its TTL would tell, which a text has if it is printed with -v"}`,
      ),
      ruledOutBy(({ server: { acceptAfter, answerAfter }, incident }) =>
        acceptAfter === null || answerAfter === null
          ? null
          : claim(
              [acceptAfter.packet, answerAfter.packet],
              (accept, answer) =>
                `the server accepted (${accept}) and answered (${answer}) within ${durationText(Math.max(acceptAfter.atNs, answerAfter.atNs) - incident.atNs)}`,
            ),
      ),
    ],
    otherwise: () => 'too little of the server was captured around the reset',
  },
  timeout: {
    means: 'A timer of the server expired.',
    grounds: [
      supportedBy(({ delaysCluster, delay, ...subject }) =>
        delaysCluster && !isOneMoment(subject)
          ? claim(
              firstPackets(subject),
              (...resets) =>
                `the resets come ${spreadText(delay.lowest, delay.highest)} after the request, always as long (${resets.join(', ')})`,
            )
          : null,
      ),
      supportedBy(({ agesCluster, age, ...subject }) =>
        agesCluster && age !== null && !isOneMoment(subject)
          ? claim(
              firstPackets(subject),
              (...resets) =>
                `the connections were ${spreadText(age.lowest, age.highest)} old, always as old (${resets.join(', ')})`,
            )
          : null,
      ),
      openSince(lateTimerText),
      openSince(({ delay }) =>
        delay.highest >= SOON_NS ? `the reset came up to ${durationText(delay.highest)} after the request` : null,
      ),
      openSince(({ incident: { isAfterIdle, pauseNs, packet } }) =>
        isAfterIdle
          ? `the connection had been idle for ${durationText(pauseNs ?? 0)} before (${packetText(packet)}); too few closes agree with that to call it an idle time-out`
          : null,
      ),
      ruledOutBy(({ incident }) => {
        const { pauseNs, delayNs, packet } = incident;
        return pauseNs === null
          ? null
          : claim(
              [packet],
              (rst) =>
                `idle for ${durationText(pauseNs)} before ${sentText(incident)}; reset ${durationText(delayNs)} after it (${rst})`,
            );
      }),
      ruledOutBy(({ incident: { request, requestIsFirst, pauseNs, delayNs } }) =>
        request === null || requestIsFirst || pauseNs !== null
          ? null
          : claim(
              [request.firstPacket],
              (packet) =>
                `not idle for half a second before the request (${packet}), and reset ${durationText(delayNs)} after it`,
            ),
      ),
      ruledOutBy(({ incident: { ageNs, request, packet }, age }) =>
        ageNs === null || ageNs >= SOON_NS || (age !== null && age.highest >= SOON_NS)
          ? null
          : claim(
              [request?.firstPacket ?? packet],
              (first) => `first request of a connection ${durationText(ageNs)} old (${first})`,
            ),
      ),
    ],
    otherwise: ({ age }) =>
      age === null
        ? 'the age of the connection is not known'
        : `the connections were up to ${durationText(age.highest)} old`,
  },
  'protocol-violation': {
    means: 'The server rejected what was sent.',
    grounds: [
      supportedBy(
        ({ incident: { clientAnomaly } }) =>
          clientAnomaly &&
          claim([clientAnomaly.packet], (packet) => `the request is malformed: ${clientAnomaly.name} in ${packet}`),
      ),
      supportedBy(({ incident: { request }, server, retries }) =>
        request === null ||
        request.headBytes <= LARGE_REQUEST_HEAD_BYTES ||
        server.sameRequestAnswered !== null ||
        retries.mended.length > 0
          ? null
          : claim(
              [request.firstPacket],
              (packet) => `the request head has ${manyText(request.headBytes, 'byte')} (${packet})`,
            ),
      ),
      ruledOutBy(({ server: { sameRequestAnswered: same }, attribute }) =>
        same === null || attribute?.name === 'path'
          ? null
          : claim([same.packet], (packet) => `the same method and path was answered ${same.status} in ${packet}`),
      ),
      ruledOutBy(
        ({
          retries: {
            mended: [first],
            elsewhere,
          },
        }) =>
          first === undefined || elsewhere > 0
            ? null
            : claim(
                [first.retry.packet],
                (packet) => `the same request, sent again in ${packet}, was answered ${first.retry.status}`,
              ),
      ),
      ruledOutBy(
        ({ server: { badRequest } }) =>
          badRequest &&
          claim([badRequest.packet], (packet) => `what this server rejects it answers with 400 (${packet})`),
      ),
    ],
    otherwise: ({ incident }) =>
      incident.request === null
        ? incident.outstanding === 'uncaptured-bytes'
          ? 'what was sent was not captured; a listener that waits for TLS, or for a PROXY header, hangs up in the same way'
          : 'what was sent is encrypted'
        : 'no equal request was answered by this server in this capture',
  },
  network: {
    means: 'The network lost or misdirected segments.',
    grounds: [
      supportedBy(({ incident: { unreachable } }) =>
        unreachable === null
          ? null
          : claim([unreachable], (packet) => `an ICMP error tells of this connection (${packet})`),
      ),
      openSince(({ incident: { client, server, handshake } }) => {
        const troubled = client.retransmissions + server.retransmissions + handshake.synRetransmissions;
        return troubled > 0 ? `${manyText(troubled, 'segment')} of this connection had to be repeated` : null;
      }),
      openSince(({ tests, verdict }) => {
        const hops = tests.find(({ id }) => id === 'F5');
        return hops?.result === 'positive' && verdict === 'none' ? testText(hops, { capturePoint: 'unknown' }) : null;
      }),
      openSince(oneHopOff),
      openSince(({ incident: { isAfterIdle, serverReset, packet } }) =>
        isAfterIdle && serverReset.ttl === null
          ? `what forgets idle connections on the way answers as ${packetText(packet)} does; its TTL would tell, which a text has if it is printed with -v`
          : null,
      ),
      ruledOutBy(({ server: { answerAfter }, incident, tests }) => {
        if (answerAfter === null) return null;
        const isOwn = tests.some(({ id, result }) => id === 'F5' && result === 'negative');
        const distance = isOwn ? `, and the reset's TTL ${incident.serverReset.ttl} is the server's own` : '';
        return claim(
          [answerAfter.packet],
          (answer) =>
            `nothing was lost or repeated; another request was answered ${later(answerAfter, incident.atNs)} (${answer})${distance}`,
        );
      }),
    ],
    otherwise: () => 'no other connection to compare with',
  },
  'security-agent': {
    means: 'A security agent, packet filter or IPS wrote the RST.',
    grounds: [
      supportedBy((subject) => {
        if (subject.verdict === 'none') return null;
        const reasons = [...foreignHand(subject), placeText(subject), blockListed(subject)?.text ?? ''];
        return claim([subject.incident.packet], () => reasons.filter((text) => text !== '').join('; '));
      }),
      supportedBy((subject) => (subject.shape === 'B' ? null : blockListed(subject))),
      ruledOutBy(({ shape, incident }) =>
        shape === 'B'
          ? claim(
              [incident.packet],
              (rst) => `RST ${rst} is a socket's own abort, and no test for a foreign hand is positive`,
            )
          : null,
      ),
      openSince(({ tests, incident }) => {
        const [odd] = tests.filter(({ result }) => result === 'positive');
        return odd === undefined
          ? null
          : `a filter's RST looks just like ${packetText(incident.packet)}; one thing speaks for another hand, which is not enough: ${testText(odd, { capturePoint: 'unknown' })}`;
      }),
      openSince((subject) => {
        const distance = oneHopOff(subject);
        return distance === null
          ? null
          : `a filter's RST looks just like ${packetText(subject.incident.packet)}, and ${distance}`;
      }),
    ],
    otherwise: ({ incident }) =>
      `a filter's RST looks just like ${packetText(incident.packet)}; nothing betrays another hand`,
  },
};

function sentText({ request }: Incident): string {
  return request === null ? 'the data' : 'the request';
}

/** Resets of the first few incidents: what a cluster is seen by. */
function firstPackets({ incident, incidents }: Pick<Case, 'incident' | 'incidents'>): [number, ...number[]] {
  const [first, ...others] = incidents.slice(0, 3).map(({ packet }) => packet);
  return [first ?? incident.packet, ...others];
}
