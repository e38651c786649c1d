/** What the run as a whole says: one finding for each endpoint that accepts reverse connections. */
import type { Endpoint } from '../../facts/endpoint.js';
import { type EvidencePacket, MAX_EVIDENCE, type RawFinding, type Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, timeoutText } from '../argument/figures.js';
import { confidenceOf, evidenceOf, subjectOf, subjectText } from '../argument/finding.js';
import { toldPacket, toldSentences } from '../judgements/front-failures.js';
import { settableSeconds } from '../judgements/timer-window.js';
import type { Conclusion } from '../rule.js';
import type { Occurrences } from '../tally/occurrences.js';
import { serversOf } from '../tally/per-server.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Case, Gap, ReverseHttpFacts } from './case.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import type { Basis, Reversed } from './reversed.js';
import type { ReverseTally } from './tally.js';

/** A connection that stands ready at once is no gap. */
const MIN_GAP_NS = 100_000_000;
/** A request that waits while the server dials is answered this soon afterwards. */
const ANSWERED_AFTER_DIAL_NS = 500_000_000;
/** A server that has not dialled again after this is lost (docs/rules/reverse-http.md). */
const LOST_NS = 30_000_000_000;

/** All findings of a run, in the order of the endpoints. */
export function concludeRun({ acceptors }: ReverseTally, conclusion: Conclusion): RawFinding[] {
  return serversOf(acceptors).flatMap(({ endpoint, tally }) => {
    const subject = caseOf(tally, conclusion);
    return subject === null ? [] : [findingOf(subject, tally, endpoint, conclusion)];
  });
}

function caseOf({ earliest, count }: Occurrences<Reversed>, { servers }: Conclusion): Case | null {
  const connections = earliest.items;
  const [first] = connections;
  if (first === undefined) return null;
  const endNs = Math.max(...connections.map((one) => one.endNs));
  const gaps = connections.flatMap((one) => gapAfter(one, connections, endNs));
  return {
    connections,
    first,
    occurrences: count,
    dialling: [...new Set(connections.map(({ client }) => client.address))].sort(),
    gaps,
    told: servers.gatewayFailures().filter((one) => gaps.some((gap) => isWithin(one, gap))),
    // Only where the protocol says so itself does the draft demand a certificate.
    uncertified:
      connections.find(({ alpnIsSelected, showsCertificate }) => alpnIsSelected && showsCertificate === false) ?? null,
  };
}

/** The time after a drop in which its server had no other connection. */
function gapAfter(one: Reversed, all: readonly Reversed[], endNs: number): Gap[] {
  const { dropped, client } = one;
  if (dropped === null) return [];
  const others = all.filter(
    (other) => other !== one && other.client.address === client.address && other.endNs > dropped.atNs,
  );
  if (others.some(({ dialledNs }) => dialledNs <= dropped.atNs)) return [];
  const again = others.reduce<Reversed | null>(
    (next, other) => (next === null || other.dialledNs < next.dialledNs ? other : next),
    null,
  );
  const lengthNs = (again?.dialledNs ?? endNs) - dropped.atNs;
  if (lengthNs < (again === null ? LOST_NS : MIN_GAP_NS)) return [];
  return [{ reversed: { ...one, dropped }, again, lengthNs }];
}

/** A client in front was told so while the server could not be reached. */
function isWithin({ requestNs, atNs }: GatewayFailure, { reversed, lengthNs }: Gap): boolean {
  return requestNs >= reversed.dropped.atNs && atNs <= reversed.dropped.atNs + lengthNs + ANSWERED_AFTER_DIAL_NS;
}

function findingOf(
  subject: Case,
  occurrences: Occurrences<Reversed>,
  endpoint: Endpoint,
  conclusion: Conclusion,
): RawFinding {
  const who = subjectOf(endpoint, conclusion);
  const { gaps, uncertified, connections } = subject;
  const isSure = connections.every(({ basis, alpnIsSelected }) => basis === 'frames' || alpnIsSelected);
  return {
    rule: META.id,
    severity: gaps.length > 0 || uncertified !== null ? 'warning' : 'notice',
    confidence: confidenceOf(isSure ? 'certain' : 'likely', occurrences, conclusion),
    title:
      gaps.length > 0
        ? `${subjectText(who)} gives up idle connections that servers have dialled to it`
        : `HTTP runs in reverse: ${subjectText(who)} sends the requests, and whoever dials it answers`,
    summary: summaryOf(subject),
    subject: who,
    ...(gaps.length > 0 ? ofGaps(subject) : ofAll(subject, occurrences)),
    facts: { ...factsOf(subject) },
    hypotheses: weigh(CAUSES, subject),
    remedies: remediesOf(subject),
    references: META.references,
  };
}

/** What was given up is counted where something was, and shown. */
function ofGaps({ gaps, told }: Case): Pick<RawFinding, 'occurrences' | 'firstSeenNs' | 'lastSeenNs' | 'evidence'> {
  const times = gaps.map(({ reversed }) => reversed.dropped.atNs);
  return {
    occurrences: gaps.length,
    firstSeenNs: Math.min(...times),
    lastSeenNs: Math.max(...times),
    evidence: gaps.slice(0, MAX_EVIDENCE).map((gap) => gapEvidence(gap, told)),
  };
}

function ofAll({ first, connections, occurrences }: Case, { lastNs }: Occurrences<Reversed>) {
  return {
    occurrences,
    firstSeenNs: first.atNs,
    lastSeenNs: lastNs,
    evidence: connections.slice(0, MAX_EVIDENCE).map((one) => evidenceOf(one, [shown(one)])),
  };
}

function remediesOf({ gaps, uncertified, first }: Case): Remedy[] {
  const remedies: Remedy[] = [];
  const [gap] = gaps;
  if (gap !== undefined) {
    const seconds = settableSeconds(Math.min(...gaps.map(({ reversed }) => reversed.dropped.idleNs)));
    const everyMs = Math.max(1, Math.floor(seconds * 5)) * 100;
    remedies.push(
      {
        component: 'application',
        text: `Let the side that dials send PING every ${secondsText(everyMs / 1000)}, or keep a second connection ready.`,
        config: `setInterval(() => session.ping(() => {}), ${everyMs}); // Node`,
      },
      {
        component: 'proxy',
        text: `Or raise the idle time-out of ${timeoutText(seconds, gaps.length)} of the side that accepts.`,
        config: null,
      },
    );
  }
  if (uncertified !== null)
    remedies.push({
      component: 'server',
      text: `Ask who dials for a certificate: with ${first.alpn ?? 'reverse HTTP'} it is what tells a server from anybody.`,
      config: null,
    });
  if (remedies.length === 0)
    remedies.push({
      component: 'reader',
      text: 'Nothing to change. Read times, resets and idle closes the other way round: who dialled is the server.',
      config: null,
    });
  return remedies;
}

/** Without keys nobody knows what was asked. */
function answeredText(requests: number, connections: readonly Reversed[]): string {
  if (requests === 0 && connections.some(({ isTls, isAsked }) => isTls && !isAsked))
    return 'What is asked and answered on them is encrypted.';
  return `${manyText(requests, 'request')} ${requests === 1 ? 'was' : 'were'} answered by the side that dialled.`;
}

const BASES: Readonly<Record<Basis, string>> = {
  frames: 'requests come from the side that accepted the connection',
  alpn: 'the ClientHello offers a protocol for it',
  name: 'the ClientHello names a tunnel’s edge, without ALPN',
};

function summaryOf(subject: Case): string {
  const { occurrences, dialling, connections, gaps, first, uncertified, told } = subject;
  const requests = connections.reduce((sum, one) => sum + one.requests, 0);
  const sentences = [
    `${manyText(occurrences, 'connection')} from ${listText(dialling)}: ${BASES[first.basis]}${first.alpn === null ? '' : ` (ALPN ${first.alpn})`}. ${answeredText(requests, connections)}`,
  ];
  const [gap] = gaps;
  if (gap !== undefined)
    sentences.push(
      `${countText(gaps.length)} of the connections ${gaps.length === 1 ? 'was' : 'were'} ended by ${endpointText(gap.reversed.server)} after ${durationText(gap.reversed.dropped.idleNs)} of silence; for ${durationText(gap.lengthNs)} its server could not be reached.`,
      ...toldSentences(told),
    );
  if (uncertified !== null) sentences.push('No client certificate was shown, which this protocol demands.');
  return sentences.join(' ');
}

function gapEvidence(gap: Gap, told: readonly GatewayFailure[]) {
  const { reversed, again, lengthNs } = gap;
  const failure = told.find((one) => isWithin(one, gap));
  const { packet, atNs, idleNs, by } = reversed.dropped;
  return evidenceOf(reversed, [
    shown(reversed),
    { packet, atNs, note: `${by} of the accepting side after ${durationText(idleNs)} without a frame` },
    failure === undefined ? null : toldPacket(failure),
    again && {
      packet: again.dialPacket,
      atNs: again.dialledNs,
      note: `its server dials again, ${durationText(lengthNs)} later`,
      elsewhere: true,
    },
  ]);
}

/** The packet that shows it. */
function shown({ packet, atNs, basis, alpn, isAsked }: Reversed): EvidencePacket {
  const what =
    basis !== 'frames'
      ? BASES[basis]
      : isAsked
        ? 'the first request, of the side that accepted the connection'
        : 'who dials here is HTTP’s server';
  return { packet, atNs, note: `${what}${alpn === null ? '' : `, ALPN ${alpn}`}` };
}

function factsOf({ first, dialling, connections, gaps }: Case): ReverseHttpFacts {
  const drops = connections.flatMap(({ dropped }) => (dropped === null ? [] : [dropped.idleNs]));
  return {
    basis: first.basis,
    alpn: first.alpn,
    dialling: dialling.slice(0, 10),
    requests: connections.reduce((sum, one) => sum + one.requests, 0),
    droppedWhileIdle: drops.length,
    idleTimeoutNs: drops.length === 0 ? null : Math.min(...drops),
    longestGapNs: gaps.length === 0 ? null : Math.max(...gaps.map(({ lengthNs }) => lengthNs)),
    showsClientCertificate: first.showsCertificate,
  };
}
