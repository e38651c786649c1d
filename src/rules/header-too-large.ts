/**
 * A head that is larger than somebody's buffer: of a request, which the server refuses with 431,
 * 414 or 400; of a response, for which the proxy in front answers 502.
 */
import type { Connection } from '../facts/connection.js';
import type { Exchange, RequestMessage } from '../facts/exchange.js';
import type { EvidencePacket, RawFinding, Remedy } from '../facts/finding.js';
import { LARGE_HEAD_BYTES, SIGN } from '../facts/signs.js';
import { endpointText } from '../text/address.js';
import { byteText } from '../text/size.js';
import { weigh } from './argument/cause.js';
import { manyText, packetText } from './argument/figures.js';
import { findingOn, subjectOf, subjectText } from './argument/finding.js';
import { requestText } from './argument/request-text.js';
import { CAUSES } from './header-too-large/causes.js';
import type { HeaderTooLargeFacts } from './header-too-large/facts.js';
import { META } from './header-too-large/meta.js';
import type { TooLarge } from './header-too-large/too-large.js';
import { toldInFront } from './judgements/front-failures.js';
import { isHealthCheck } from './judgements/health-check.js';
import { httpRoles } from './judgements/http-roles.js';
import { type Conclusion, defineRule } from './rule.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from './tally/earliest.js';
import {
  absorbOccurrences,
  addOccurrence,
  newOccurrences,
  type Occurrences,
  occurrenceIn,
} from './tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from './tally/per-server.js';
import type { GatewayFailure } from './tally/server-tally.js';

/** A 400 says so of a head only where that is as large as the smallest limit in use (HAProxy 16 KB less its reserve, nginx 8 KB a line, Tomcat 8 KB). */
const MIN_REFUSED_BYTES = 7500;
/** Answers that a head is compared with, and large responses that a 502 may be about. */
const MAX_COMPARED = 32;
const TOO_LARGE: ReadonlySet<number> = new Set([414, 431]);

interface Head extends Moment {
  readonly headBytes: number;
}

interface ServerTally {
  readonly refused: Occurrences<TooLarge>;
  /** Responses with a large head, which a proxy in front may not take. */
  readonly responses: Occurrences<TooLarge>;
  readonly answered: Earliest<Head>;
  largestAnswered: Head | null;
}

/** See the head of this file. */
export const headerTooLarge = defineRule<PerServer<ServerTally>>({
  meta: META,
  tally: () => perServer(256),
  inspect(connection, tally) {
    if ((connection.signs & SIGN.largeHead) === 0) return;
    for (const exchange of connection.exchanges) note(exchange, connection, tally);
  },
  merge(into, from) {
    mergePerServer(into, from, newServer, (server, part) => {
      absorbOccurrences(server.refused, part.refused);
      absorbOccurrences(server.responses, part.responses);
      mergeEarliest(server.answered, part.answered);
      if (part.largestAnswered !== null) server.largestAnswered = larger(server.largestAnswered, part.largestAnswered);
    });
  },
  conclude: (tally, conclusion) =>
    serversOf(tally).flatMap(({ endpoint, tally: server }) =>
      [requestFinding, responseFinding].flatMap((findingFor) => {
        const finding = findingFor(server, endpoint, conclusion);
        return finding === null ? [] : [finding];
      }),
    ),
});

function newServer(): ServerTally {
  return {
    refused: newOccurrences(),
    responses: newOccurrences(MAX_COMPARED),
    answered: earliest(MAX_COMPARED),
    largestAnswered: null,
  };
}

function larger(one: Head | null, other: Head): Head {
  if (one === null || other.headBytes > one.headBytes) return other;
  return other.headBytes === one.headBytes && other.packet < one.packet ? other : one;
}

function note(exchange: Exchange, connection: Connection, tally: PerServer<ServerTally>): void {
  const { request, response, h2Stream } = exchange;
  if (request === null || response === null || isHealthCheck(request)) return;
  const isLargeRequest = request.headBytes >= LARGE_HEAD_BYTES;
  const isLargeResponse = response.headBytes >= LARGE_HEAD_BYTES;
  if (!isLargeRequest && !isLargeResponse) return;
  const server = tallyOf(tally, httpRoles(connection).server.endpoint, newServer);
  if (server === null) return;
  const base = tooLargeOf(exchange, connection, request, response.status);
  if (isLargeResponse && response.status < 500)
    addOccurrence(server.responses, { ...base, whose: 'response', headBytes: response.headBytes });
  if (!isLargeRequest) return;
  // In HTTP/2 the head is compressed: how large it is once read is not known.
  const isRefused =
    TOO_LARGE.has(response.status) ||
    (response.status === 400 && h2Stream === null && request.headBytes >= MIN_REFUSED_BYTES);
  if (isRefused) addOccurrence(server.refused, base);
  else if (response.status < 500) {
    const head = { packet: response.firstPacket, atNs: response.startNs, headBytes: request.headBytes };
    addEarliest(server.answered, head);
    server.largestAnswered = larger(server.largestAnswered, head);
  }
}

function tooLargeOf({ response }: Exchange, connection: Connection, request: RequestMessage, status: number): TooLarge {
  const { client, server } = httpRoles(connection);
  return {
    ...occurrenceIn(connection, {
      packet: response?.firstPacket ?? request.firstPacket,
      atNs: response?.startNs ?? request.startNs,
    }),
    client: client.endpoint,
    server: server.endpoint,
    whose: 'request',
    method: request.method,
    target: request.target.slice(0, 2048),
    headBytes: request.headBytes,
    targetBytes: request.target.length,
    hasCookie: request.fields.some(({ name }) => name === 'cookie'),
    status,
    requestPacket: request.firstPacket,
    requestNs: request.startNs,
  };
}

function requestFinding(
  { refused, largestAnswered }: ServerTally,
  endpoint: TooLarge['server'],
  conclusion: Conclusion,
): RawFinding | null {
  const { items } = refused.earliest;
  const smallest = Math.min(...items.map(({ headBytes }) => headBytes));
  // A 400 has other reasons where larger heads are answered.
  const kept = items.filter(({ status }) => TOO_LARGE.has(status) || smallest > (largestAnswered?.headBytes ?? 0));
  return kept.length === items.length ? finding(refused, items, endpoint, conclusion, new Map()) : null;
}

function responseFinding(
  { responses }: ServerTally,
  endpoint: TooLarge['server'],
  conclusion: Conclusion,
): RawFinding | null {
  const failures = conclusion.servers.gatewayFailures().filter(({ status }) => status === 502);
  const told = new Map(
    responses.earliest.items.flatMap((one) => {
      const [front] = toldInFront(failures, [{ beginNs: one.requestNs, endNs: one.atNs, server: one.server }]);
      return front === undefined ? [] : [[one, front] as const];
    }),
  );
  const failed = [...told.keys()];
  return finding({ ...responses, count: failed.length }, failed, endpoint, conclusion, told);
}

function finding(
  occurrences: Occurrences<TooLarge>,
  items: readonly TooLarge[],
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
  const sizeText = lowest === highest ? byteText(lowest) : `${byteText(lowest)} to ${byteText(highest)}`;
  const facts: HeaderTooLargeFacts = {
    whose: first.whose,
    status: first.status,
    smallestHeadBytes: lowest,
    largestHeadBytes: highest,
    longestTargetBytes: Math.max(...items.map(({ targetBytes }) => targetBytes)),
    withCookie: items.filter(({ hasCookie }) => hasCookie).length,
  };
  const isSure = first.whose === 'request' && items.every(({ status }) => TOO_LARGE.has(status));
  return findingOn(
    META,
    { ...occurrences, endpoint, items, first },
    conclusion,
    who,
    {
      severity: 'critical',
      sure: isSure ? 'certain' : 'likely',
      title:
        first.whose === 'request'
          ? `${subjectText(who)} refuses requests whose head is too large`
          : `The head of answers of ${subjectText(who)} is too large for the proxy in front`,
      sentences: [
        first.whose === 'request'
          ? `${manyText(occurrences.count, 'request')} with a head of ${sizeText} answered ${first.status}.`
          : `${manyText(items.length, 'answer')} with a head of ${sizeText}, and the client in front was told 502 right then${front === null ? '' : ` (${packetText(front.packet)})`}.`,
        facts.withCookie > 0 && first.whose === 'request' ? `${whichOf(facts.withCookie, items.length)} cookies.` : '',
      ].filter((one) => one !== ''),
      facts: { ...facts },
      hypotheses: weigh(CAUSES, { heads: items, first, front }),
      remedies: first.whose === 'request' ? FOR_REQUESTS : FOR_RESPONSES,
      figuresOf: 'kept',
    },
    (one) => [
      {
        packet: one.requestPacket,
        atNs: one.requestNs,
        note: `${requestText(one, conclusion.reveal)}${one.whose === 'request' ? `, a head of ${byteText(one.headBytes)}` : ''}`,
      },
      {
        packet: one.packet,
        atNs: one.atNs,
        note: `${one.status}${one.whose === 'response' ? `, a head of ${byteText(one.headBytes)}` : ''}`,
      },
      ...inFrontOf(told.get(one)),
    ],
  );
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

const FOR_REQUESTS: readonly Remedy[] = [
  {
    component: 'client',
    text: 'Make cookies fewer and smaller, tokens shorter; clear those of old sessions.',
    config: null,
  },
  {
    component: 'nginx',
    text: 'Allow larger heads (4 lines of 8 KB by default).',
    config: 'large_client_header_buffers 4 32k;',
  },
  {
    component: 'haproxy',
    text: 'Allow larger heads (16 KB by default, of which 1 KB is kept for rewriting).',
    config: 'tune.bufsize 32768',
  },
  {
    component: 'apache',
    text: 'Allow larger fields and request lines (8,190 bytes each by default).',
    config: 'LimitRequestFieldSize 32768\nLimitRequestLine 16384',
  },
  { component: 'nodejs', text: 'Allow larger heads (16 KB by default).', config: 'node --max-http-header-size=32768' },
  {
    component: 'tomcat',
    text: 'Allow larger heads (8 KB by default).',
    config: 'server.max-http-request-header-size=32KB',
  },
];

const FOR_RESPONSES: readonly Remedy[] = [
  {
    component: 'nginx',
    text: '"upstream sent too big header": the buffer for the head of an answer is one memory page by default.',
    config: 'proxy_buffer_size 16k;\nproxy_buffers 8 16k;\nproxy_busy_buffers_size 32k;',
  },
  {
    component: 'haproxy',
    text: 'The head must fit into one buffer: 16 KB by default, of which 1 KB is kept for rewriting.',
    config: 'tune.bufsize 32768',
  },
  { component: 'application', text: 'Set fewer and smaller cookies, and no session in them.', config: null },
];
