/**
 * The causes of a reset in place of an answer, each with what supports it and what rules it out
 * (docs/rules/rst-after-request.md).
 */

import { durationText } from '../../text/duration.js';
import { type Cause, type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { isOfLaterRequests } from '../judgements/discriminating-attribute.js';
import { headerMissing } from '../judgements/header-wanted.js';
import { doubtText } from '../judgements/one-moment-text.js';
import type { Case } from './case.js';
import { lacksTimestamps } from './foreign-hand.js';
import { sentText } from './incident-text.js';
import { isBefore, later, near } from './moment-text.js';
import { NETWORK, SECURITY_AGENT } from './other-writers.js';
import { endOfProcess, lateTimerText, massClose, mayBeProcessEnd, refusedAfterReset } from './process-end.js';
import { TIMEOUT } from './timeout.js';

/** Request heads above this are beyond the default of some common server (docs/rules/header-too-large.md). */
const LARGE_REQUEST_HEAD_BYTES = 8192;

const HEADER_MISSING: Cause<Case> = headerMissing(({ header, incident: { packet }, delay }) => ({
  header,
  packet,
  shortestNs: delay.lowest,
}));

/** Who drops what comes without a header aborts a socket of its own. */
const HEADER: Cause<Case> = {
  ...HEADER_MISSING,
  grounds: [
    ruledOutBy(({ shape, verdict, header, incident }) =>
      header.answered === null && (shape === 'A' || verdict === 'certain')
        ? claim([incident.packet], (rst) =>
            shape === 'A' ? `RST ${rst} is no abort of a socket` : `RST ${rst} was written by another hand`,
          )
        : null,
    ),
    ...HEADER_MISSING.grounds,
  ],
};

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
      supportedBy(({ shape, incident, occurrences, delay, attribute }) => {
        if (shape !== 'B') return null;
        const sent = sentText(incident);
        const varies = occurrences > 1 ? `, ${spreadText(delay.lowest, delay.highest)} after ${sent}` : '';
        const fate =
          (incident.serverReset.deltaAcknowledgement ?? -1) >= 0
            ? `acknowledges ${sent}`
            : `does not acknowledge ${sent}: the socket was aborted before it came`;
        return claim(
          [incident.packet],
          (rst) =>
            `RST ${rst} carries ACK and the socket’s window, and ${fate}${varies}${isOfLaterRequests(attribute) ? '; no later request of a connection is known to have been answered: the server closes behind its first answer' : ''}`,
        );
      }),
    ],
    otherwise: ({ shape, incident }) =>
      lacksTimestamps({ shape, incident })
        ? `RST ${packetText(incident.packet)} has ACK and a window, but not the timestamps of its connection, which a socket of Linux that is aborted sends`
        : `RST ${packetText(incident.packet)} has neither the shape of a Linux abort nor that of a stateless answer`,
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
          : `a kernel whose queue of connections is full answers the ACK of the handshake as ${packetText(packet)} does (tcp_abort_on_overflow)${refusesHandshake === 'sure' ? '; nobody else is seen to be taken' : '; whether it is the server’s own its TTL would tell, which a text has if it is printed with -v'}`,
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
  timeout: TIMEOUT,
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
  'proxy-header-missing': HEADER,
  network: NETWORK,
  'security-agent': SECURITY_AGENT,
};
