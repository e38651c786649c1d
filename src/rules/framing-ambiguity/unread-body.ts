/**
 * A server that answers before it has read the body of a request, keeps the connection, and reads the body as
 * the next request (RFC 9112 §9.3): the request that really comes next is refused, and the connection ends.
 */
import type { Connection } from '../../facts/connection.js';
import type { RawFinding, Remedy } from '../../facts/finding.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { answeredAlike } from '../judgements/answered-alike.js';
import { announcesClose } from '../judgements/closing-message.js';
import { methodAndPathOf } from '../judgements/discriminating-attribute.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type Occurrence,
  type OccurrencesByServer,
  occurrenceIn,
  occurrencesByServer,
  occurrencesOf,
  type ServerOccurrences,
} from '../tally/occurrences.js';
import { type Asked, askedIn } from './asked.js';
import { CAUSES } from './causes.js';
import { factsOfEach } from './figures.js';
import { isMisreadStatus, UNREAD_BODY } from './flaws.js';
import { META } from './meta.js';

/** Requests with a body, by server, method and path, whose successors are counted. */
const MAX_KINDS = 1024;
/** A single request may be refused for a reason of its own. */
const MIN_OCCURRENCES = 2;

/** A request that was refused behind one with a body; dated by the refusal. */
export interface Misread extends Occurrence {
  readonly index: number;
  /** The one with the body. */
  readonly before: Asked & { readonly status: number; readonly bodyBytes: number; readonly kind: string };
  readonly refused: Asked & { readonly headBytes: number; readonly bodyBytes: number };
  readonly status: number;
}

/** What the rule keeps of such requests. */
export interface MisreadTally {
  readonly seen: OccurrencesByServer<Misread>;
  /** How many requests behind one of that kind (server, method and path) were not refused. */
  readonly followedWell: BoundedTable<{ count: number }>;
}

/** Nothing seen yet. */
export function misreadTally(): MisreadTally {
  return { seen: occurrencesByServer(), followedWell: boundedTable(MAX_KINDS) };
}

/** Enters the requests of a connection that follow one with a body. */
export function noteMisread(connection: Connection, { seen, followedWell }: MisreadTally): void {
  const { exchanges, close, protocol } = connection;
  if (protocol !== 'http/1.1' || exchanges.length < 2) return;
  for (let at = 1; at < exchanges.length; at += 1) {
    const [before, next] = [exchanges[at - 1], exchanges[at]];
    if (before?.request == null || before.response === null || next?.request == null || next.response === null)
      continue;
    if (before.request.bodyBytes === 0 || before.request.lostBytes > 0 || !before.request.complete) continue;
    // A pipelined request was sent before the answer: that says nothing about what the server had read by then.
    if (next.request.startNs < before.response.endNs) continue;
    const { address, port } = connection.server.endpoint;
    const { method, path } = methodAndPathOf(before.request);
    const kind = `${address} ${port} ${method} ${path}`;
    const { status } = next.response;
    const [end] = close.segments;
    const ends = at === exchanges.length - 1 && (announcesClose(next.response) || end?.from === 'server');
    if (!isMisreadStatus(status) || isMisreadStatus(before.response.status) || !ends) {
      const known = entryOf(followedWell, kind, () => ({ count: 0 }));
      if (known !== null && !isMisreadStatus(status)) known.count += 1;
      continue;
    }
    if (announcesClose(next.request) || !next.request.complete) continue;
    noteOccurrence(seen, {
      ...occurrenceIn(connection, { packet: next.response.firstPacket, atNs: next.response.startNs }),
      index: next.index,
      before: { ...askedIn(before.request), status: before.response.status, bodyBytes: before.request.bodyBytes, kind },
      refused: { ...askedIn(next.request), headBytes: next.request.headBytes, bodyBytes: next.request.bodyBytes },
      status,
    });
  }
}

/** Adds all of `from`. */
export function mergeMisread(into: MisreadTally, from: MisreadTally): void {
  mergeOccurrences(into.seen, from.seen);
  mergeTable(
    into.followedWell,
    from.followedWell,
    () => ({ count: 0 }),
    (whole, part) => {
      whole.count += part.count;
    },
  );
}

/** A finding for each server that reads bodies as requests. */
export function misreadFindings({ seen, followedWell }: MisreadTally, conclusion: Conclusion): RawFinding[] {
  const servers = occurrencesOf(seen);
  // To pair the legs costs, and nearly no capture has such requests.
  if (servers.length === 0) return [];
  const pairs = legPairsOf(conclusion.observation);
  return servers.flatMap((one) => {
    const baseline = baselineOf(conclusion.observation, one.endpoint);
    const items = one.items.filter(
      (item) =>
        pairs.backsOf(item).length === 0 &&
        (followedWell.entries[item.before.kind]?.count ?? 0) === 0 &&
        (isNeverRefused(item) || answeredAlike(item.refused, baseline) !== null),
    );
    const [first] = items;
    if (first === undefined || (items.length < MIN_OCCURRENCES && !items.every(isNeverRefused))) return [];
    return [findingFor({ ...one, items, first, count: one.count - (one.items.length - items.length) }, conclusion)];
  });
}

/** Every server knows GET and HEAD (RFC 9110 §9.1): who says 501 has read another method. */
function isNeverRefused({ status, refused }: Misread): boolean {
  return status === 501 && (refused.method === 'GET' || refused.method === 'HEAD');
}

function findingFor(occurrences: ServerOccurrences<Misread>, conclusion: Conclusion): RawFinding {
  const { items, first, count } = occurrences;
  const who = subjectOf(occurrences.endpoint, conclusion);
  const statuses = [...new Set(items.map(({ status }) => status))].sort((one, other) => one - other);
  const { before } = first;
  return findingOn(
    META,
    occurrences,
    conclusion,
    who,
    {
      severity: 'critical',
      sure: 'likely',
      title: `${subjectText(who)} takes the body of a request for the next request`,
      sentences: [
        `${manyText(count, 'request')} ${count === 1 ? 'was' : 'were'} answered ${statuses.join(' or ')} and the connection ended, each right behind a request with a body on the same connection (the first behind ${requestText(before, conclusion.reveal)}, answered ${before.status}, ${packetText(before.packet)}); no request that came behind one of these was served.`,
        'The server had answered that one without reading its body, and read on in the midst of it: its log shows methods that begin with bytes of the body.',
      ],
      facts: { ...factsOfEach(count, UNREAD_BODY, 'server') },
      hypotheses: weigh(
        CAUSES,
        items.map(({ packet }) => ({ name: UNREAD_BODY, from: 'server' as const, packet, count: 1 })),
      ),
      remedies: REMEDIES,
      figuresOf: 'kept',
    },
    ({ before: one, refused, packet, atNs, status }) => [
      {
        packet: one.packet,
        atNs: one.atNs,
        note: `${requestText(one, conclusion.reveal)}, ${one.bodyBytes} bytes of body, answered ${one.status}`,
      },
      { packet: refused.packet, atNs: refused.atNs, note: requestText(refused, conclusion.reveal) },
      { packet, atNs, note: `${status}, and the connection ends` },
    ],
  );
}

const REMEDIES: readonly Remedy[] = [
  {
    component: 'application',
    text: 'Read the body, or close the connection, wherever an answer is given before it was read: refusals without a login, redirections, 404 (RFC 9112 §9.3).',
    config: 'request.get_data() # Flask, Werkzeug\nself.close_connection = True # Python http.server',
  },
  {
    component: 'nginx',
    text: 'Until then use each connection to it once.',
    config: 'proxy_set_header Connection close;',
  },
  {
    component: 'haproxy',
    text: 'The same.',
    config: 'option http-server-close\nhttp-reuse never',
  },
];
