/**
 * A server answers before the request's body has ended, and closes: its kernel sends RST because
 * bytes lie unread, and the RST takes the answer away from the client. RFC 9112 §9.6.
 */
import type { CloseSegment } from '../facts/close.js';
import type { Connection } from '../facts/connection.js';
import type { RequestMessage, ResponseMessage } from '../facts/exchange.js';
import type { RawFinding, Remedy } from '../facts/finding.js';
import { SIGN } from '../facts/signs.js';
import { durationText } from '../text/duration.js';
import { byteText } from '../text/size.js';
import { weigh } from './argument/cause.js';
import { manyText, spreadText } from './argument/figures.js';
import { findingOn, subjectOf, subjectText } from './argument/finding.js';
import { requestText } from './argument/request-text.js';
import { CAUSES } from './early-response-reset/causes.js';
import type { EarlyReset } from './early-response-reset/early-reset.js';
import type { EarlyResponseResetFacts } from './early-response-reset/facts.js';
import { type ToldInFront, toldInFront, toldSentences } from './early-response-reset/in-front.js';
import { META } from './early-response-reset/meta.js';
import { silenceIsUnsayable } from './judgements/capture-guards.js';
import { resetShapeOf } from './judgements/reset-shape.js';
import { retryOutcome } from './judgements/retries.js';
import { triesOf } from './observation/logged-exchange.js';
import { requestKey } from './observation/request-key.js';
import { type Conclusion, defineRule } from './rule.js';
import { keptTarget } from './tally/kept-target.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrenceIn,
  occurrencesByServer,
  occurrencesOf,
  type ServerOccurrences,
} from './tally/occurrences.js';
import { rankOfText } from './tally/rank.js';

/** A client that reads while it sends has read what lies with it for so long. */
const HELD_NS = 100_000_000;

/** See the head of this file. */
export const earlyResponseReset = defineRule<OccurrencesByServer<EarlyReset>>({
  meta: META,
  tally: occurrencesByServer,
  inspect(connection, tally) {
    if ((connection.signs & SIGN.earlyResponse) === 0 || connection.close.kind !== 'rst') return;
    const early = earlyResetIn(connection);
    if (early !== null) noteOccurrence(tally, early);
  },
  merge: mergeOccurrences,
  conclude: (tally, conclusion) => occurrencesOf(tally).map((one) => findingFor(one, conclusion)),
});

function earlyResetIn(connection: Connection): EarlyReset | null {
  const { exchanges, close, protocol, client } = connection;
  const last = exchanges.at(-1);
  if (protocol !== 'http/1.1' || last?.request == null || last.response === null) return null;
  const { request, response } = last;
  if (response.status < 300 || response.startNs < request.startNs) return null;
  // Of a head alone header-too-large tells.
  if (request.complete && request.framing === 'none') return null;
  const reset = close.segments.find(
    ({ kind, from, atNs }) => kind === 'rst' && from === 'server' && atNs >= response.startNs,
  );
  // A client that gave up first lost nothing to the server's RST.
  const first = close.segments[0];
  if (reset === undefined || first === undefined || first.from === 'client') return null;
  if (silenceIsUnsayable(connection, reset) !== null) return null;
  const endedLate = request.endNs > response.startNs && (request.lostBytes === 0 || request.bodyBytes > 0);
  const isUnread = request.complete ? endedLate : isUnfinished(connection, request, response);
  // Shape B is a socket's abort; a bare RST in answer to what still comes after a FIN does the same harm.
  const shape = resetShapeOf(reset);
  if (!isUnread || (shape !== 'B' && shape !== 'A')) return null;
  return {
    ...occurrenceIn(connection, { packet: reset.packet, atNs: reset.atNs }),
    index: last.index,
    method: request.method,
    target: keptTarget(request.target),
    status: response.status,
    requestPacket: request.firstPacket,
    requestNs: request.startNs,
    answerPacket: response.firstPacket,
    answerNs: response.startNs,
    bodyBytes: request.bodyBytes,
    contentLength: request.contentLength,
    key: requestKey(rankOfText(client.endpoint.address), request),
    heldNs: heldBefore(reset, connection, response),
    isWhole: request.complete && request.endNs < reset.atNs && response.complete && response.endNs < reset.atNs,
  };
}

/** See {@link EarlyReset.heldNs}. */
function heldBefore({ atNs }: CloseSegment, { close, client }: Connection, response: ResponseMessage): number | null {
  const fin = close.segments.find(({ kind, from }) => kind === 'fin' && from === 'server');
  if (fin?.acknowledgedNs == null || !response.complete || fin.atNs < response.endNs) return null;
  if (fin.acknowledgedNs > atNs || (client.lastPayloadNs ?? 0) > fin.acknowledgedNs) return null;
  return atNs - fin.acknowledgedNs;
}

/** Whether the client had the answer for long enough to read it, if it reads while it sends. */
function isHeld({ heldNs }: EarlyReset): boolean {
  return heldNs !== null && heldNs >= HELD_NS;
}

function heldSentence(items: readonly EarlyReset[], told: ToldInFront): string {
  const held = items.flatMap((one) => (isHeld(one) && !told.has(one) ? (one.heldNs ?? 0) : []));
  if (held.length === 0) return '';
  const whose = held.length < items.length ? `Of ${held.length} the answer` : 'The answer';
  return `${whose} had lain whole with the client for ${spreadText(Math.min(...held), Math.max(...held))} by then, and the client sent nothing more: one that reads while it sends has got it.`;
}

function wholeSentence(items: readonly EarlyReset[], told: ToldInFront): string {
  const whole = items.filter((one) => one.isWhole && !isHeld(one) && !told.has(one)).length;
  if (whole === 0) return '';
  const whose = whole < items.length ? `Of ${whole} all of the request` : 'All of the request';
  return `${whose} had been sent before the RST: a client reads by then, and on Linux it is given the answer that has come; other systems may drop that.`;
}

/**
 * Whether a request that the capture shows no end of had not come to it when it was answered. Where bytes are
 * missing, the end may be among them: not where its client sent less than its length in all, nor where it goes on
 * with a body. Of a head that was cut nobody knows whether a body follows.
 */
function isUnfinished({ client }: Connection, request: RequestMessage, { startNs }: ResponseMessage): boolean {
  const { lostBytes, bodyBytes, contentLength } = request;
  if (lostBytes === 0) return true;
  const sent = client.payloadBytes + Math.max(0, client.lostBytes - client.snappedBytes);
  if (contentLength !== null && sent < contentLength) return true;
  return bodyBytes > 0 && client.lastPayloadNs !== null && client.lastPayloadNs > startNs;
}

function findingFor(occurrences: ServerOccurrences<EarlyReset>, conclusion: Conclusion): RawFinding {
  const { items, first, count, endpoint } = occurrences;
  const { observation } = conclusion;
  const who = subjectOf(endpoint, conclusion);
  const outcomes = items.map(({ key, stream, atNs }) =>
    retryOutcome(triesOf(observation.exchanges, key), stream, atNs, observation.endNs),
  );
  const answered = outcomes.filter((one) => one === 'answered').length;
  const judged = outcomes.filter((one) => one !== 'unknown').length;
  const told = toldInFront(items, observation);
  const isSoft = items.every((one, at) => {
    const front = told.get(one);
    return (
      outcomes[at] === 'answered' || (front === undefined ? isHeld(one) || one.isWhole : front.status === one.status)
    );
  });
  const delays = items.map(({ atNs, answerNs }) => atNs - answerNs);
  const statuses = [...new Set(items.map(({ status }) => status))].sort((one, other) => one - other);
  const facts: EarlyResponseResetFacts = {
    statuses,
    bodyBytesSent: Math.max(...items.map(({ bodyBytes }) => bodyBytes)),
    largestContentLength: items.reduce<number | null>(
      (most, { contentLength }) => (contentLength === null ? most : Math.max(most ?? 0, contentLength)),
      null,
    ),
    retriesJudged: judged,
    retriedAndAnswered: answered,
  };
  return findingOn(
    META,
    occurrences,
    conclusion,
    who,
    {
      severity: isSoft || (judged > 0 && answered === judged) ? 'warning' : 'critical',
      sure: 'certain',
      title: `${subjectText(who)} answers before the body has come, and resets`,
      sentences: [
        `${manyText(count, 'request was', 'requests were')} answered ${statuses.join(', ')} while the body was on its way, and reset ${spreadText(Math.min(...delays), Math.max(...delays))} later: a client that is still sending sees "connection reset" and no answer, a proxy answers 502.`,
        judged > 0 && answered === judged ? 'Each that could be followed was sent again and answered.' : '',
        heldSentence(items, told),
        wholeSentence(items, told),
        ...toldSentences(told),
      ].filter((one) => one !== ''),
      facts: { ...facts },
      hypotheses: weigh(CAUSES, { resets: items, first }),
      remedies: REMEDIES,
    },
    (one) => [
      {
        packet: one.requestPacket,
        atNs: one.requestNs,
        note: `${requestText(one, conclusion.reveal)}${one.contentLength === null ? '' : `, a body of ${byteText(one.contentLength)}`}`,
      },
      {
        packet: one.answerPacket,
        atNs: one.answerNs,
        note: `${one.status}`,
      },
      {
        packet: one.packet,
        atNs: one.atNs,
        note: `RST of the server, ${durationText(one.atNs - one.answerNs)} after its answer${one.bodyBytes > 0 ? `; ${byteText(one.bodyBytes)} of the body had been sent` : ''}`,
      },
    ],
  );
}

const REMEDIES: readonly Remedy[] = [
  {
    component: 'nginx',
    text: 'Allow what is to be allowed. For what is not: nginx reads on after its answer, 30 s in all and while no pause exceeds 5 s; slow clients need longer.',
    config: 'client_max_body_size 50m;\nlingering_time 300s;\nlingering_timeout 30s;',
  },
  {
    component: 'haproxy',
    text: 'Take the body before the refusal, as much as a buffer holds.',
    config: 'http-request wait-for-body time 10s   # before the deny rule',
  },
  {
    component: 'nodejs',
    text: 'Read the rest instead of destroying the request.',
    config: "request.resume().once('end', () => response.writeHead(401).end());",
  },
  { component: 'tomcat', text: 'Swallow the rest of a refused upload.', config: 'maxSwallowSize="-1"' },
  {
    component: 'application',
    text: 'Read the body to its end before closing, or shut down the sending side only and wait (RFC 9112 §9.6).',
    config: null,
  },
  { component: 'client', text: 'Ask first, where uploads are large.', config: "curl -H 'Expect: 100-continue' …" },
];
