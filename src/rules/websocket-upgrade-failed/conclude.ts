/** What the run as a whole says: a finding for each server and way in which handshakes failed there. */

import type { Endpoint } from '../../facts/endpoint.js';
import type { RawFinding, Severity } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { confidenceOf, evidenceOf, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import type { Conclusion } from '../rule.js';
import { hasLegBehind, legsInFront } from '../tally/keyed-legs.js';
import { serversOf } from '../tally/per-server.js';
import type { Attempt } from './attempt.js';
import type { Case, WebsocketUpgradeFailedFacts } from './case.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { Failures, ServerTally, UpgradeTally } from './tally.js';
import { tellingFront } from './telling-front.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: UpgradeTally, conclusion: Conclusion): RawFinding[] {
  const passed = legsInFront(tally.legs, placeOf);
  return serversOf(tally.servers).flatMap(({ endpoint, tally: server }) =>
    Object.keys(server.failures)
      .sort()
      .flatMap((key) => {
        const failures = server.failures[key];
        if (failures === undefined) return [];
        const { failure, status, attempts } = failures;
        const handedOn = passed.get(placeOf({ server: endpoint, failure, status })) ?? 0;
        const occurrences = attempts.count - handedOn;
        // Where most failed at a server behind, the others did too, on a leg that the capture lacks.
        const subject = occurrences > handedOn ? caseOf(failures, server, occurrences, tally) : null;
        return subject === null ? [] : [findingOf(subject, failures, endpoint, tally, conclusion)];
      }),
  );
}

/** Handshakes that failed alike at one server. */
function placeOf({ server, failure, status }: Pick<Attempt, 'server' | 'failure' | 'status'>): string {
  return `${endpointText(server)} ${failure} ${status}`;
}

function caseOf(failures: Failures, server: ServerTally, occurrences: number, tally: UpgradeTally): Case | null {
  const { failure, status } = failures;
  const attempts = failures.attempts.earliest.items.filter((one) => !hasLegBehind(tally.legs, one.key, one));
  const [first] = attempts;
  if (first === undefined) return null;
  const askers = Object.entries(failures.askers.entries);
  const recovered = askers.filter(
    ([asker, { lastFailedNs }]) => (server.acceptedAskers.entries[asker]?.lastNs ?? 0) > lastFailedNs,
  ).length;
  // A challenge that is answered is how authentication works.
  if ((status === 401 || status === 407) && recovered === askers.length) return null;
  const fronts = attempts.map((one) => tellingFront(tally.legs, one)).filter((one) => one !== null);
  const accepted = server.acceptedEarliest.items;
  return {
    failure,
    status,
    attempts,
    first,
    occurrences,
    handshakes: server.handshakes,
    accepted: server.accepted,
    front: fronts[0]?.front ?? null,
    handedOn: fronts[0]?.behind ?? first,
    fronts: fronts.map(({ front }) => front),
    sameOrigin: accepted.find(({ origin }) => origin === first.origin) ?? null,
    samePath: accepted.find(({ path }) => path === first.path) ?? null,
    clients: askers.length,
    recovered,
  };
}

function findingOf(
  subject: Case,
  failures: Failures,
  endpoint: Endpoint,
  tally: UpgradeTally,
  conclusion: Conclusion,
): RawFinding {
  const who = subjectOf(endpoint, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: confidenceOf('certain', failures.attempts, conclusion),
    title: `${subjectText(who)} ${TITLES[subject.failure]}${subject.failure === 'refused' ? ` with ${subject.status}` : ''}`,
    summary: summaryOf(subject),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: subject.first.atNs,
    lastSeenNs: failures.attempts.lastNs,
    facts: { ...factsOf(subject) },
    evidence: subject.attempts
      .slice(0, subject.occurrences)
      .map((attempt) => attemptEvidence(attempt, tally, conclusion.reveal)),
    hypotheses,
    remedies: remediesOf(subject, hypotheses),
    references: META.references,
  };
}

/** Critical where a client did not get its WebSocket later; what was no WebSocket client's request is a notice. */
function severityOf({ failure, first, clients, recovered }: Case): Severity {
  if (failure === 'keyless' && !first.isForwarded) return 'notice';
  return recovered === clients ? 'warning' : 'critical';
}

const TITLES: Readonly<Record<Case['failure'], string>> = {
  stripped: 'gets WebSocket handshakes without their Upgrade',
  'h2-get': 'gets WebSocket handshakes over HTTP/2 that cannot be any',
  keyless: 'gets upgrades to WebSocket without a key',
  refused: 'refuses WebSocket handshakes',
  'wrong-accept': 'answers WebSocket handshakes so that clients must not take it',
};

const LACKS: Readonly<Record<Case['failure'], string>> = {
  stripped: 'They have Sec-WebSocket fields and lack Upgrade: websocket with Connection: Upgrade.',
  'h2-get': 'Each is a GET over HTTP/2, which has no Upgrade (RFC 9113 §8.2.2), without :protocol.',
  keyless: 'They ask for the upgrade and have no Sec-WebSocket-Key.',
  refused: 'They have all that a handshake needs.',
  'wrong-accept': 'The 101 lacks the Sec-WebSocket-Accept that the key demands: clients close at once.',
};

function summaryOf(subject: Case): string {
  const { occurrences, handshakes, accepted, failure, front, fronts, status, clients, recovered, first } = subject;
  const sentences = [
    `${countText(occurrences)} of ${manyText(handshakes, 'handshake')} for a WebSocket failed with ${status}.`,
    LACKS[failure],
  ];
  const where = listText(fronts.map(({ server }) => endpointText(server)));
  if (front !== null)
    sentences.push(
      front.failure === 'h2-get'
        ? `They came to ${where} over HTTP/2 as GET, without :protocol, so there was no upgrade to hand on.`
        : front.failure === 'stripped'
          ? `They lack it on the way to ${where} too: the client left it out.`
          : `The client sent them whole to ${where} (${fronts.length} seen on both legs), which answered ${listText(fronts.map((one) => String(one.status)))}.`,
    );
  if (failure === 'refused' && first.origin !== null && (status === 403 || status === 401))
    sentences.push(`Origin: ${first.origin}.`);
  if (accepted > 0) sentences.push(`${manyText(accepted, 'other was', 'others were')} accepted.`);
  if (recovered > 0) sentences.push(`${countText(recovered)} of ${manyText(clients, 'client')} got a WebSocket later.`);
  return sentences.join(' ');
}

function attemptEvidence(attempt: Attempt, tally: UpgradeTally, reveal: boolean) {
  const { requestPacket, requestNs, packet, atNs, status, failure, settings, version } = attempt;
  const front = tellingFront(tally.legs, attempt)?.front ?? null;
  return evidenceOf(attempt, [
    settings !== null && failure === 'h2-get'
      ? {
          packet: settings.packet,
          atNs: settings.atNs,
          note: settings.allowsConnect
            ? 'SETTINGS of the server, with ENABLE_CONNECT_PROTOCOL'
            : 'SETTINGS of the server, without ENABLE_CONNECT_PROTOCOL',
        }
      : null,
    {
      packet: requestPacket,
      atNs: requestNs,
      note: `${requestText(attempt, reveal)}, ${version}, ${NOTES[failure ?? 'refused']}${front === null ? '' : `; in front, ${packetText(front.requestPacket)} of stream ${front.stream}`}`,
    },
    { packet, atNs, note: `${status}, ${durationText(atNs - requestNs)} later` },
  ]);
}

const NOTES: Readonly<Record<Case['failure'], string>> = {
  stripped: 'Sec-WebSocket fields, no Upgrade',
  'h2-get': 'Sec-WebSocket fields, no :protocol',
  keyless: 'Upgrade, no key',
  refused: 'a whole handshake',
  'wrong-accept': 'a whole handshake',
};

function factsOf(subject: Case): WebsocketUpgradeFailedFacts {
  const { front, first } = subject;
  return {
    failure: subject.failure,
    status: subject.status,
    handshakesOfServer: subject.handshakes,
    acceptedHandshakes: subject.accepted,
    seenOnBothLegs: subject.fronts.length,
    front: front === null ? null : endpointText(front.server),
    frontVersion: front?.version ?? null,
    httpVersion: first.version,
    origin: first.origin,
    clients: subject.clients,
    clientsThatSucceededLater: subject.recovered,
  };
}
