/**
 * The causes of a reset in place of an answer, each with what supports it and what rules it out
 * (rules.md, rst-after-request; the first eight are those of seed 001).
 */

import { durationText } from '../../text/duration.js';
import { attributeText } from '../argument/attribute-text.js';
import { type Causes, type Claim, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { stillWaits } from '../judgements/forgery.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import { doubtText, processEndClaim } from '../judgements/one-moment-text.js';
import { SOON_NS } from '../tally/activity.js';
import type { Case, CaseMoment, CaseTest } from './case.js';
import type { Incident } from './incident.js';
import { resetText, testText } from './test-text.js';

/** Request heads above this are beyond the default of some common server (rules.md, header-too-large). */
const LARGE_HEAD_BYTES = 8192;

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
        const { shape, server, incident, incidents } = subject;
        const isEnd =
          endsWithProcess(server) || isMassClose(atOnce(incidents, incident)) || endOfProcess(subject) !== null;
        return shape === 'B' && isEnd
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
      openSince(({ incident: { mayRefuseHandshake, packet } }) =>
        mayRefuseHandshake
          ? `a kernel whose queue of connections is full answers the ACK of the handshake as ${packetText(packet)} does (tcp_abort_on_overflow); whether it is the server's own its TTL would tell, which a text has if it is printed with -v`
          : null,
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
        request.headBytes <= LARGE_HEAD_BYTES ||
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

/** A reset from one hop nearer or further than its sender: too little for F5, and not the sender's own TTL either. */
export function oneHopOff({ tests, incident }: Pick<Case, 'tests' | 'incident'>): string | null {
  const hops = tests.find(({ id }) => id === 'F5');
  if (hops?.result !== 'negative' || hops.from !== 'server' || hops.found === hops.expected) return null;
  return `the TTL ${hops.found} of ${packetText(hops.packet ?? incident.packet)} is one hop from the server's ${hops.expected}: another way, or a device next to it`;
}

function sentText({ request }: Incident): string {
  return request === null ? 'the data' : 'the request';
}

/** The next that is known of the port is a refusal: the process is gone. */
function refusedAfterReset({ incident, server, shape, incidents }: Case): Claim | null {
  const { refusalAfter } = server;
  if (refusalAfter === null || !endsWithProcess(server)) return null;
  const together = atOnce(incidents, incident);
  const unread = shape === 'B' ? ' with requests unread' : '';
  return claim([incident.packet, refusalAfter.packet], (rst, refusal) => {
    const reset = together.length > 1 ? `${manyText(together.length, 'connection')} reset at once` : `reset ${rst}`;
    return `${reset}${unread}, then a SYN refused ${later(refusalAfter, incident.atNs)} (${refusal})`;
  });
}

/** Resets amid other ends at one moment; what was reset as it came may have met a server that has no room for it. */
function endOfProcess({ together, server, incident }: Case): Claim | null {
  if (together === null || (together.moment.work?.highest ?? 0) <= ONE_MOMENT_NS) return null;
  return processEndClaim(together, backText(server, incident));
}

/** A server that stood still looks at its timers before it reads: Node ends what it takes for idle with the request unread. */
function lateTimerText({ lateTimer, shape, incident, incidents }: Case): string | null {
  if (lateTimer === null || shape !== 'B' || incident.delayNs <= ONE_MOMENT_NS) return null;
  const { lowest, highest } = lateTimer;
  const what = atOnce(incidents, incident).length > 1 ? 'what was reset' : 'the connection';
  return `${what} had been idle for ${spreadText(lowest, highest)}, longer than any after which the server is known to have answered: where a server stands still, its idle time-out does the same`;
}

/** That the server is there again, by which its end is known to be a worker's. */
function backText(server: Case['server'], incident: Incident): string {
  const alive = server.answerAfter ?? server.acceptAfter;
  const did = server.answerAfter === null ? 'accepted' : 'served';
  return alive === null ? '' : `; it ${did} again ${later(alive, incident.atNs)} (${packetText(alive.packet)})`;
}

/** Several connections aborted at one moment; of requests that were of different age, or of any. */
function massClose({ incident, incidents, shape, server }: Case, ofDifferentAge: boolean): Claim | null {
  const together = atOnce(incidents, incident);
  if (shape !== 'B' || !isMassClose(together) || (ofDifferentAge && !areOfDifferentAge(together))) return null;
  const of = ofDifferentAge ? 'requests of different age' : 'requests';
  return claim(
    [incident.packet],
    (rst) =>
      `${manyText(together.length, 'connection')} reset at once (${rst} and on) with ${of} unread, as the end of a process does it${backText(server, incident)}`,
  );
}

/** Three resets at once are a mass close (rules.md §0.5). */
const MASS_CLOSE = 3;

function atOnce(incidents: readonly Incident[], incident: Incident): readonly Incident[] {
  return incidents.filter((other) => Math.abs(other.atNs - incident.atNs) <= ONE_MOMENT_NS);
}

/** Several connections ended at one moment, which was not that of their own requests. */
function isMassClose(together: readonly Incident[]): boolean {
  return together.length >= MASS_CLOSE && together.some((incident) => incident.delayNs > ONE_MOMENT_NS);
}

/** Requests that were sent further apart than their resets came: no timer of theirs, no property of theirs ended them together. */
function areOfDifferentAge(incidents: readonly Incident[]): boolean {
  const sent = incidents.map((incident) => incident.outstandingNs);
  return Math.max(...sent) - Math.min(...sent) > ONE_MOMENT_NS;
}

/** Requests sent together and reset together lie equally far apart without any timer. */
function isOneMoment({ incident, incidents }: Pick<Case, 'incident' | 'incidents'>): boolean {
  return atOnce(incidents, incident).length === incidents.length;
}

/** Resets of the first few incidents: what a cluster is seen by. */
function firstPackets({ incident, incidents }: Pick<Case, 'incident' | 'incidents'>): [number, ...number[]] {
  const [first, ...others] = incidents.slice(0, 3).map(({ packet }) => packet);
  return [first ?? incident.packet, ...others];
}

/** What the reset requests share is something that block lists and signatures are keyed by. */
function blockListed({ attribute, incident, refusals }: Case): Claim | null {
  if (attribute === null || !BLOCKLISTED.has(attribute.name)) return null;
  const shown = claim(
    [incident.request?.firstPacket ?? incident.packet, attribute.answeredPacket],
    (reset, answered) => `${attributeText(attribute)}: compare ${reset}, reset, with ${answered}, answered`,
  );
  if (refusals === null || attribute.name !== 'client-address') return shown;
  return claim([...shown.packets, refusals.first, refusals.otherAccepted], (...names) => {
    const [first, accepted] = names.slice(-2);
    return `${shown.text}; ${manyText(refusals.count, 'SYN')} of that client since ${refusals.count === 1 ? 'was' : 'were'} refused (${first}), while another's was accepted (${accepted})`;
  });
}

/** The positive tests, each reset named once. */
function foreignHand(subject: Case): string[] {
  let last: CaseTest | null = null;
  const texts: string[] = [];
  for (const test of subject.tests) {
    if (test.result !== 'positive') continue;
    const text = testText(test, subject);
    const isSame = last !== null && last.packet === test.packet;
    texts.push(isSame ? text.replace(resetText(test), 'it') : text);
    last = test;
  }
  return texts;
}

/** What block lists and signatures are keyed by. */
const BLOCKLISTED: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'client-address',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'forwarded',
  'suspicious-query',
  'user-agent',
  'path',
  'path-prefix',
  'method',
  'body-size',
  'head-size',
]);

function placeText({ place, incident }: Case): string {
  return stillWaits(incident) ? WAITS : PLACES[place];
}

const WAITS =
  'the server sends its SYN-ACK again, so it got neither the ACK of the handshake nor the request: they are held back on their way';

const PLACES: Readonly<Record<Case['place'], string>> = {
  'inline-on-host':
    'the RST stands at the start of the request, so its writer swallowed the request: it sits inline on this host (likely)',
  'inline-mid-path':
    'the RST stands at the start of the request, so its writer swallowed the request: it sits inline between the hosts (likely)',
  'passive-sensor': 'the request went through all the same: its writer only listens and races the server',
  unknown: '',
};

/** The next that is known of the port is a refusal: a packet filter refuses some and lets others be answered. */
function endsWithProcess({ refusalAfter, acceptAfter, answerAfter }: Case['server']): boolean {
  return refusalAfter !== null && !isBefore(acceptAfter, refusalAfter) && !isBefore(answerAfter, refusalAfter);
}

function isBefore(moment: CaseMoment | null, refusal: CaseMoment): boolean {
  return moment !== null && moment.atNs < refusal.atNs;
}

function later(moment: CaseMoment, atNs: number): string {
  return `${durationText(moment.atNs - atNs)} later`;
}

function near(moment: CaseMoment, atNs: number): string {
  return moment.atNs < atNs ? `${durationText(atNs - moment.atNs)} before` : later(moment, atNs);
}
