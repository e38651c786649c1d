/** What the run as a whole says: requests that a server refuses, and responses that a proxy in front did not take. */
import { UNKNOWN_STATUS } from '../../facts/exchange.js';
import type { EvidencePacket, RawFinding } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { byteText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { toldInFront } from '../judgements/front-failures.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import type { Occurrences } from '../tally/occurrences.js';
import { type PerServer, serversOf } from '../tally/per-server.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import { CAUSES } from './causes.js';
import type { HeaderTooLargeFacts } from './facts.js';
import { withoutHandedOn } from './handed-on.js';
import { META } from './meta.js';
import { type Refused, refusedForSize } from './of-its-size.js';
import { FOR_REQUESTS, FOR_RESPONSES } from './remedies.js';
import type { ServerTally } from './tally.js';
import type { TooLarge } from './too-large.js';

/** A proxy that has no room for a head says so at once. */
const TOLD_WITHIN_NS = 500_000_000;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: PerServer<ServerTally>, conclusion: Conclusion): RawFinding[] {
  const servers = serversOf(tally);
  return servers.flatMap(({ endpoint, tally: server }) =>
    [
      requestFinding(
        server,
        endpoint,
        servers.map(({ tally: { refused } }) => refused).filter((refused) => refused !== server.refused),
        conclusion,
      ),
      responseFinding(server, endpoint, conclusion),
    ].filter((finding) => finding !== null),
  );
}

function requestFinding(
  server: ServerTally,
  endpoint: TooLarge['server'],
  others: readonly Occurrences<TooLarge>[],
  conclusion: Conclusion,
): RawFinding | null {
  const { refused } = server;
  const ofSize = refusedForSize(server, baselineOf(conclusion.observation, endpoint), endpoint);
  const { sure, smaller } = ofSize;
  const items = withoutHandedOn(ofSize.items, others);
  const all = items.length === refused.earliest.items.length ? refused : { ...refused, count: items.length };
  return finding(all, { items, sure, smaller }, endpoint, conclusion, new Map());
}

function responseFinding(
  { responses }: ServerTally,
  endpoint: TooLarge['server'],
  conclusion: Conclusion,
): RawFinding | null {
  const failures = conclusion.servers.gatewayFailures().filter(({ status }) => status === 502);
  const told = new Map(
    responses.earliest.items.flatMap((one) => {
      const known = frontOf(one, conclusion);
      if (known !== undefined) return known === null ? [] : [[one, known] as const];
      const [front] = toldInFront(failures, [
        { beginNs: one.request?.atNs ?? one.atNs, endNs: one.begunNs ?? one.atNs, server: one.server },
      ]);
      return front === undefined ? [] : [[one, front] as const];
    }),
  );
  const failed = [...told.keys()];
  return finding(
    { ...responses, count: failed.length },
    { items: failed, sure: 'likely', smaller: null },
    endpoint,
    conclusion,
    told,
  );
}

/**
 * What the client in front was told of it; `null`: it was answered otherwise. `undefined`: who was in front is not
 * known, and nothing but the time can tell.
 */
function frontOf(
  { stream, index, begunNs, atNs }: TooLarge,
  { observation }: Conclusion,
): GatewayFailure | null | undefined {
  const front = index === null ? null : legPairsOf(observation).frontOf({ stream, index });
  if (front === null) return undefined;
  const { status, answerPacket: packet, startNs: requestNs, endNs, server } = front;
  const isAtOnce = endNs >= (begunNs ?? atNs) && endNs - atNs <= TOLD_WITHIN_NS;
  if (status === null || status < 500 || packet === null || !isAtOnce) return null;
  return { ...server, requestNs, atNs: endNs, packet, status };
}

function finding(
  occurrences: Occurrences<TooLarge>,
  { items, sure, smaller }: Refused,
  endpoint: TooLarge['server'],
  conclusion: Conclusion,
  told: ReadonlyMap<TooLarge, GatewayFailure>,
): RawFinding | null {
  const [first] = items;
  if (first === undefined) return null;
  const front = told.get(first) ?? null;
  const who = subjectOf(endpoint, conclusion);
  const sizes = items.map(({ headBytes }) => headBytes);
  const [lowest, highest] = [Math.min(...sizes), Math.max(...sizes)];
  const known = items.find(({ request }) => request !== null)?.request ?? null;
  const sizeText = `${byteText(lowest) === byteText(highest) ? byteText(lowest) : `${byteText(lowest)} to ${byteText(highest)}`}${items.some(isUnfinished) ? ' and more' : ''}`;
  const statuses = [...new Set(items.map(({ status }) => status))].sort((one, other) => one - other);
  const facts: HeaderTooLargeFacts = {
    whose: first.whose,
    status: first.status,
    smallestHeadBytes: lowest,
    largestHeadBytes: highest,
    longestTargetBytes: Math.max(...items.map(({ request }) => request?.targetBytes ?? 0)),
    withCookie: items.filter(({ request }) => request?.hasCookie === true).length,
  };
  return findingOn(
    META,
    { ...occurrences, endpoint, items, first },
    conclusion,
    who,
    {
      severity: 'critical',
      sure,
      title:
        first.whose === 'request'
          ? `${subjectText(who)} refuses requests whose head is too large`
          : `${subjectText(who)} sends response heads too large for the proxy in front`,
      sentences: [
        first.whose === 'request'
          ? `${manyText(occurrences.count, 'request')} with a head of ${sizeText} ${occurrences.count === 1 ? 'was' : 'were'} ${refusedText(statuses)}.`
          : `${manyText(items.length, 'answer')} with a head of ${sizeText}, and the client in front was told ${front?.status ?? 502} right then${front === null ? '' : ` (${packetText(front.packet)})`}.`,
        facts.withCookie > 0 && first.whose === 'request' ? `${whichOf(facts.withCookie, items.length)} cookies.` : '',
      ].filter((one) => one !== ''),
      facts: { ...facts },
      hypotheses: weigh(CAUSES, { heads: items, first, known, front, smaller }),
      remedies: first.whose === 'request' ? FOR_REQUESTS : FOR_RESPONSES,
      figuresOf: 'kept',
    },
    (one) => [
      ...(one.request === null
        ? []
        : [
            {
              packet: one.request.packet,
              atNs: one.request.atNs,
              note: `${requestText(one.request, conclusion.reveal)}${one.whose === 'request' ? `, a head of ${byteText(one.headBytes)}` : ''}`,
            },
          ]),
      { packet: one.packet, atNs: one.atNs, note: answerNote(one) },
      ...inFrontOf(told.get(one)),
    ],
  );
}

/** `answered 400 or 431`, `ended amid it without an answer`. */
function refusedText(statuses: readonly number[]): string {
  const told = statuses.filter((status) => status !== UNKNOWN_STATUS);
  if (told.length === 0) return 'ended in the middle of it, without an answer';
  return `answered ${told.join(' or ')}${told.length < statuses.length ? ', or ended in the middle of it' : ''}`;
}

/** Whether more of the head was to come. */
function isUnfinished({ request, status }: TooLarge): boolean {
  return request === null || status === UNKNOWN_STATUS;
}

function answerNote({ whose, status, headBytes, request }: TooLarge): string {
  if (whose === 'response')
    return status === UNKNOWN_STATUS
      ? `its client closes in the middle of a head of which ${byteText(headBytes)} had come`
      : `${status}, a head of ${byteText(headBytes)}`;
  if (status === UNKNOWN_STATUS) return `the end in the middle of a head of which ${byteText(headBytes)} had come`;
  return request === null ? `${status} to a head of which ${byteText(headBytes)} had come, and no end` : `${status}`;
}

/** What the client in front was told in place of the response. */
function inFrontOf(told: GatewayFailure | undefined): EvidencePacket[] {
  if (told === undefined) return [];
  const { packet, atNs, status } = told;
  return [{ packet, atNs, note: `${endpointText(told)} in front answers its client ${status}`, elsewhere: true }];
}

/** `It has`, `All have`, `2 of them have`. */
function whichOf(count: number, all: number): string {
  if (count < all) return manyText(count, 'of them has', 'of them have');
  return all === 1 ? 'It has' : 'All have';
}
