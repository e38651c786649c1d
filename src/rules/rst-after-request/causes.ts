/**
 * The eight causes of a reset in place of an answer, each supported, ruled out or left open, with
 * the packet fact that says so (rules.md, rst-after-request; the list is that of seed 001).
 */
import type { Hypothesis, Verdict } from '../../facts/finding.js';
import { durationText } from '../../text/duration.js';
import { type Case, type CaseMoment, type CaseTest, SOON_NS } from './case.js';
import { attributeText, manyText, packetText, spreadText } from './figures.js';
import type { Incident } from './incident.js';
import { resetText, testText } from './test-text.js';

/** Request heads above this are beyond the default of some common server (rules.md, header-too-large). */
const LARGE_HEAD_BYTES = 8192;

type Judged = readonly [Verdict, string];

const JUDGES: Readonly<Record<string, (subject: Case) => Judged>> = {
  'port-closed': portClosed,
  'process-dead': processDead,
  'app-abort': appAbort,
  'resource-exhaustion': resourceExhaustion,
  timeout,
  'protocol-violation': protocolViolation,
  network,
  'security-agent': securityAgent,
};

/** All causes, those supported first, then those ruled out, then those open. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  const order: readonly Verdict[] = ['supported', 'ruled-out', 'open'];
  return Object.entries(JUDGES)
    .map(([cause, judge]): Hypothesis => {
      const [verdict, because] = judge(subject);
      return { cause, verdict, because };
    })
    .sort((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
}

function portClosed({ incident, server }: Case): Judged {
  const { synAck } = incident.handshake;
  if (synAck !== null)
    return ['ruled-out', `the server accepted this very connection (SYN-ACK ${packetText(synAck.packet)})`];
  const { refusalAfter } = server;
  if (refusalAfter !== null && !isBefore(server.acceptAfter, refusalAfter))
    return [
      'supported',
      `the next SYN to the port was refused ${later(refusalAfter, incident.atNs)} (${packetText(refusalAfter.packet)})`,
    ];
  return ['open', 'the handshake was not captured'];
}

function processDead({ incident, server, shape, incidents, verdict }: Case): Judged {
  const { refusalAfter, acceptAfter, answerAfter } = server;
  const together = atOnce(incidents, incident);
  if (refusalAfter !== null && endsWithProcess(server)) {
    const reset =
      together.length > 1
        ? `${manyText(together.length, 'connection')} reset at once`
        : `reset ${packetText(incident.packet)}`;
    return [
      verdict === 'none' ? 'supported' : 'open',
      `${reset}${shape === 'B' ? ' with requests unread' : ''}, then a SYN refused ${later(refusalAfter, incident.atNs)} (${packetText(refusalAfter.packet)})`,
    ];
  }
  const alive = answerAfter ?? acceptAfter;
  if (shape === 'B' && isMassClose(together)) {
    const count = manyText(together.length, 'connection');
    const back = alive === null ? '' : `; it served again ${later(alive, incident.atNs)} (${packetText(alive.packet)})`;
    return areOfDifferentAge(together)
      ? [
          'supported',
          `${count} reset at once with requests of different age unread, as the end of a process does it${back}`,
        ]
      : ['open', `${count} reset at once with requests unread, as the end of a process does it${back}`];
  }
  if (alive !== null)
    return [
      'ruled-out',
      `the server ${answerAfter === null ? 'accepted a connection' : 'answered another request'} ${later(alive, incident.atNs)} (${packetText(alive.packet)})`,
    ];
  return ['open', 'nothing else of this server was captured in the second after the reset'];
}

/** Resets this close together have one cause, and three of them are a mass close (rules.md §0.5). */
const AT_ONCE_NS = 50_000_000;
const MASS_CLOSE = 3;

function atOnce(incidents: readonly Incident[], incident: Incident): readonly Incident[] {
  return incidents.filter((other) => Math.abs(other.atNs - incident.atNs) <= AT_ONCE_NS);
}

/** Several connections ended at one moment, which was not that of their own requests. */
function isMassClose(together: readonly Incident[]): boolean {
  return together.length >= MASS_CLOSE && together.some((incident) => incident.delayNs > AT_ONCE_NS);
}

/** Requests that were sent further apart than their resets came: no timer of theirs, no property of theirs ended them together. */
function areOfDifferentAge(incidents: readonly Incident[]): boolean {
  const sent = incidents.map((incident) => incident.outstandingNs);
  return Math.max(...sent) - Math.min(...sent) > AT_ONCE_NS;
}

function appAbort({ incident, incidents, shape, verdict, delay, occurrences, server }: Case): Judged {
  const reset = packetText(incident.packet);
  if (shape === 'A')
    return [
      'ruled-out',
      `RST ${reset} is bare, window 0, no options: on Linux no socket is aborted like that (a Linux server assumed)`,
    ];
  if (verdict === 'certain') return ['ruled-out', `RST ${reset} was not written by the server`];
  if (shape === 'B' && (endsWithProcess(server) || isMassClose(atOnce(incidents, incident))))
    return ['open', `RST ${reset} aborts a socket, as the end of its process does`];
  if (shape === 'B') {
    const acknowledges = (incident.serverReset.deltaAcknowledgement ?? -1) >= 0;
    const varies = occurrences > 1 ? `, ${spreadText(delay.lowest, delay.highest)} after the request` : '';
    return acknowledges
      ? ['supported', `RST ${reset} carries ACK and the socket's window, and acknowledges the request${varies}`]
      : [
          'supported',
          `RST ${reset} carries ACK and the socket's window, and does not acknowledge the request: the socket was aborted before it came${varies}`,
        ];
  }
  return ['open', `RST ${reset} has neither the shape of a Linux abort nor that of a stateless answer`];
}

function resourceExhaustion({ server, incident }: Case): Judged {
  if (server.strainNear !== null)
    return [
      'supported',
      `a SYN to the server had to be repeated ${near(server.strainNear, incident.atNs)} (${packetText(server.strainNear.packet)})`,
    ];
  if (server.acceptAfter !== null && server.answerAfter !== null)
    return [
      'ruled-out',
      `the server accepted (${packetText(server.acceptAfter.packet)}) and answered (${packetText(server.answerAfter.packet)}) within ${durationText(Math.max(server.acceptAfter.atNs, server.answerAfter.atNs) - incident.atNs)}`,
    ];
  return ['open', 'too little of the server was captured around the reset'];
}

function timeout({ incident, incidents, age, delay, delaysCluster, agesCluster }: Case): Judged {
  // Requests sent together and reset together lie equally far apart without any timer.
  const isOneMoment = atOnce(incidents, incident).length === incidents.length;
  if (delaysCluster && !isOneMoment)
    return [
      'supported',
      `the resets come ${spreadText(delay.lowest, delay.highest)} after the request, always as long`,
    ];
  if (agesCluster && age !== null && !isOneMoment)
    return ['supported', `the connections were ${spreadText(age.lowest, age.highest)} old, always as old`];
  const { pauseNs, ageNs, request, packet } = incident;
  if (delay.highest >= SOON_NS)
    return ['open', `the reset came up to ${durationText(delay.highest)} after the request`];
  if (pauseNs !== null)
    return [
      'ruled-out',
      `idle for ${durationText(pauseNs)} before the request; reset ${packetText(packet)} ${durationText(incident.delayNs)} after it`,
    ];
  if (ageNs !== null && ageNs < SOON_NS && (age === null || age.highest < SOON_NS)) {
    const first = request === null ? '' : ` (${packetText(request.firstPacket)})`;
    return ['ruled-out', `first request of a connection ${durationText(ageNs)} old${first}`];
  }
  return [
    'open',
    age === null
      ? 'the age of the connection is not known'
      : `the connections were up to ${durationText(age.highest)} old`,
  ];
}

function protocolViolation({ incident, server, attribute }: Case): Judged {
  const { request, clientAnomaly } = incident;
  const same = server.sameRequestAnswered;
  if (clientAnomaly !== null)
    return ['supported', `the request is malformed: ${clientAnomaly.name} in ${packetText(clientAnomaly.packet)}`];
  if (request !== null && request.headBytes > LARGE_HEAD_BYTES && same === null)
    return [
      'supported',
      `the request head has ${manyText(request.headBytes, 'byte')} (${packetText(request.firstPacket)})`,
    ];
  if (same !== null && attribute?.name !== 'path')
    return ['ruled-out', `the same method and path was answered ${same.status} in ${packetText(same.packet)}`];
  if (server.badRequest !== null)
    return ['ruled-out', `what this server rejects it answers with 400 (${packetText(server.badRequest.packet)})`];
  return ['open', 'no equal request was answered in this capture'];
}

function network({ incident, server, tests, verdict }: Case): Judged {
  const { client, server: side, unreachable, serverReset } = incident;
  if (unreachable !== null) return ['supported', `an ICMP error tells of this connection (${packetText(unreachable)})`];
  const troubled = client.retransmissions + side.retransmissions + incident.handshake.synRetransmissions;
  if (troubled > 0) return ['open', `${manyText(troubled, 'segment')} of this connection had to be repeated`];
  const hops = tests.find((test) => test.id === 'F5');
  if (hops?.result === 'positive' && verdict === 'none') return ['open', testTextOf(hops)];
  const others = server.answerAfter;
  if (others === null) return ['open', 'no other connection to compare with'];
  const distance = hops?.result === 'negative' ? `, and the reset's TTL ${serverReset.ttl} is the server's own` : '';
  return [
    'ruled-out',
    `nothing was lost or repeated; another request was answered ${later(others, incident.atNs)} (${packetText(others.packet)})${distance}`,
  ];
}

function securityAgent(subject: Case): Judged {
  const { verdict, shape, attribute, incident } = subject;
  const shared = attribute === null || !BLOCKLISTED.has(attribute.name) ? '' : attributeText(attribute);
  if (verdict !== 'none')
    return [
      'supported',
      [...foreignHand(subject), PLACES[subject.place], shared].filter((text) => text !== '').join('; '),
    ];
  if (shape !== 'B' && shared !== '') return ['supported', shared];
  if (shape === 'B')
    return [
      'ruled-out',
      `RST ${packetText(incident.packet)} is a socket's own abort, and no test for a foreign hand is positive`,
    ];
  return ['open', `a filter's RST looks just like ${packetText(incident.packet)}; nothing betrays another hand`];
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
  'suspicious-query',
  'user-agent',
  'path',
  'path-prefix',
  'method',
  'body-size',
  'head-size',
]);

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

function testTextOf(test: CaseTest): string {
  return testText(test, { capturePoint: 'unknown' });
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
