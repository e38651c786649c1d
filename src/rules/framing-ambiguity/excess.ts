/**
 * Bytes behind the end of a message that begin no other: Content-Length is smaller than the body that was sent, or
 * the message may have no body at all (RFC 9112 §6.3). The other side takes them for the beginning of the next message.
 */
import { EXCESS_BYTES } from '../../facts/anomaly.js';
import type { Connection } from '../../facts/connection.js';
import type { Side } from '../../facts/endpoint.js';
import type { Exchange } from '../../facts/exchange.js';
import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { isMultipath } from '../judgements/capture-guards.js';
import type { Conclusion } from '../rule.js';
import { type Occurrence, occurrenceIn, type ServerOccurrences } from '../tally/occurrences.js';
import type { SeenFlaw } from './ambiguity.js';
import { CAUSES } from './causes.js';
import { factsOfEach } from './figures.js';
import { isMisreadStatus } from './flaws.js';
import { META } from './meta.js';

/** One connection with such bytes; its packet is the first that carries some. */
export interface Excess extends Occurrence {
  readonly from: Side;
  readonly times: number;
  readonly request: { readonly method: string; readonly target: string };
  /** The message before them: its first packet, and what it says about its own length. */
  readonly message: { readonly packet: number; readonly startNs: number; readonly says: string };
  /** The packet that shows what went wrong because of them, a refusal or a request without an answer; `null`: nothing did. */
  readonly harm: EvidencePacket | null;
}

/**
 * The excess bytes of a connection, of both sides; none where bytes of either side were lost: where an answer ends
 * depends on its request (HEAD), and which request that is depends on what came before. Nor where another subflow of
 * Multipath TCP may have carried a part of the message: the rest of this one's bytes then seems to end too late.
 */
export function excessIn(connection: Connection): Excess[] {
  const { anomalies, client, server, exchanges, beginnings } = connection;
  if (beginnings !== null || client.lostBytes > 0 || server.lostBytes > 0 || isMultipath(connection)) return [];
  return anomalies.flatMap(({ name, from, packet, count }) => {
    if (name !== EXCESS_BYTES || from === null) return [];
    if (from === 'server' && !isInStep(connection)) return [];
    const before = exchanges.findLast(
      (one) => (messageOf(one, from)?.firstPacket ?? Number.POSITIVE_INFINITY) <= packet,
    );
    const message = before === undefined ? null : messageOf(before, from);
    if (before?.request == null || message === null || message.lostBytes > 0) return [];
    const { method, target } = before.request;
    const says = saysOf(before, from);
    return [
      {
        ...occurrenceIn(connection, { packet, atNs: message.endNs }),
        ...{ from, times: count, request: { method, target } },
        message: { packet: message.firstPacket, startNs: message.startNs, says },
        harm: harmOf(connection, from, packet),
      },
    ];
  });
}

/** Whether it is known which answer belongs to which request: the connection was seen from its beginning, or each request came after the answer to the one before. */
function isInStep({ handshake, exchanges }: Connection): boolean {
  if (handshake.kind !== 'none') return true;
  return exchanges.every(({ request }, index) => {
    const before = exchanges[index - 1]?.response;
    return before == null || (request !== null && request.startNs > before.startNs);
  });
}

/** The finding on the excess bytes of one server's connections, all from the same side. */
export function excessFinding(occurrences: ServerOccurrences<Excess>, conclusion: Conclusion): RawFinding {
  const { first, items, count } = occurrences;
  const who = subjectOf(occurrences.endpoint, conclusion);
  const isServer = first.from === 'server';
  const harmed = items.filter(({ harm }) => harm !== null);
  const flaws: SeenFlaw[] = items.map(({ from, packet, times }) => ({
    name: EXCESS_BYTES,
    from,
    packet,
    count: times,
  }));
  return findingOn(
    META,
    occurrences,
    conclusion,
    who,
    {
      severity: harmed.length > 0 ? 'critical' : 'notice',
      sure: 'certain',
      title: isServer
        ? `Answers of ${subjectText(who)} have another length than they say`
        : `Requests to ${subjectText(who)} have another length than they say`,
      sentences: [
        `${manyText(count, 'connection')} with bytes behind the end of ${isServer ? 'an answer' : 'a request'} that begin no other: the first behind ${first.message.says} (${packetText(first.packet)}).`,
        isServer
          ? 'Who keeps the connection takes them for the next answer; a proxy gives it up, and does so without a word.'
          : 'The server takes them for the next request, or the next request for the rest of the body.',
        ...(harmed.length > 0
          ? [
              `In ${harmed.length} of them ${isServer ? 'a later request has no answer' : 'the server then refused what it read, or ended the connection'}.`,
            ]
          : []),
      ],
      facts: { ...factsOfEach(count, EXCESS_BYTES, first.from) },
      hypotheses: weigh(CAUSES, flaws),
      remedies: [isServer ? SERVER : CLIENT],
      figuresOf: 'kept',
    },
    (one) => [
      { packet: one.message.packet, atNs: one.message.startNs, note: requestOrAnswer(one, conclusion.reveal) },
      { packet: one.packet, atNs: one.atNs, note: 'more bytes than that, which begin no message' },
      ...(one.harm === null ? [] : [one.harm]),
    ],
  );
}

function requestOrAnswer({ from, request, message }: Excess, reveal: boolean): string {
  return from === 'client' ? `${requestText(request, reveal)}: ${message.says}` : message.says;
}

function messageOf({ request, response }: Exchange, from: Side): Exchange['request'] | Exchange['response'] {
  return from === 'server' ? response : request;
}

/** What ends the message where it ends, in words. RFC 9112 §6.3. */
function saysOf({ request, response }: Exchange, from: Side): string {
  if (from === 'client') return `a request with Content-Length ${request?.contentLength ?? 0}`;
  if (request?.method === 'HEAD') return 'an answer to HEAD, which has no body';
  if (response?.framing === 'none') return `an answer ${response.status}, which has no body`;
  if (response?.framing === 'chunked') return 'an answer’s last chunk';
  return `an answer with Content-Length ${response?.contentLength ?? 0}`;
}

function harmOf({ exchanges, close, guards }: Connection, from: Side, packet: number): EvidencePacket | null {
  if (from === 'server') {
    // The answer may stand behind the capture's end.
    if (guards.cutByCaptureEnd) return null;
    const asked = exchanges.find(
      ({ request, response }) => request !== null && response === null && request.firstPacket > packet,
    );
    if (asked?.request == null) return null;
    return { packet: asked.request.firstPacket, atNs: asked.request.startNs, note: 'a request that has no answer' };
  }
  for (const { response } of exchanges)
    if (response !== null && response.firstPacket > packet && isMisreadStatus(response.status))
      return { packet: response.firstPacket, atNs: response.startNs, note: `the server answers ${response.status}` };
  const [end] = close.segments;
  const waits = exchanges.some(({ request, response }) => request !== null && response === null);
  if (!waits || end?.from !== 'server' || end.packet < packet) return null;
  return { packet: end.packet, atNs: end.atNs, note: 'the server ends the connection' };
}

const SERVER: Remedy = {
  component: 'application',
  text: 'Send no body with 204, 304 and answers to HEAD; let Content-Length count the bytes that are sent, behind everything that changes them (compression, encoding), or leave it to the server.',
  config: null,
};

const CLIENT: Remedy = {
  component: 'client',
  text: 'Content-Length counts bytes, not characters: take it from the encoded body (UTF-8 needs two bytes and more for each letter beyond ASCII), or leave it to the HTTP library.',
  config: "Buffer.byteLength(body) // Node\nlen(body.encode('utf-8')) # Python",
};
