/**
 * Which request was sent when and how it was answered, to tell a retry from a failure that stood.
 *
 * A request's key is made of who sent it and what it asked for, so that a request and its retry
 * have the same one. There is room for {@link MAX_REQUESTS}; beyond that only keys with so many
 * low bits zero are kept, one bit more each time. All requests of a key are kept or none, so what
 * is known of a key is the whole truth; of the others it is known that it is not known. Every
 * order of reading and every split ends with the same.
 */
import type { Exchange } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { rankOfText } from './rank.js';

/** Requests kept: some 2 MB, and all of those in a capture of a minute at a thousand a second. */
const MAX_REQUESTS = 65_536;
/** Characters of a target that tell it from others: its end differs where its beginning does not. */
const TARGET_END = 64;
/** One try of a request. */
export interface Try {
  readonly startNs: number;
  readonly stream: number;
  /** Status of the final response; 0: none. */
  readonly status: number;
  /** The request's first packet. */
  readonly packet: PacketReference;
  /** Rank of the server's endpoint (tally/rank): equal for the same server. */
  readonly server: number;
}

const COLUMNS = ['startNs', 'stream', 'status', 'packet', 'server'] as const;

/** Parallel columns, one row per request. */
export interface RecentRequests {
  /** Keys with this many low bits zero are kept. */
  level: number;
  keys: number[];
  columns: Record<(typeof COLUMNS)[number], number[]>;
}

/** No requests yet. */
export function recentRequests(): RecentRequests {
  return { level: 0, keys: [], columns: { startNs: [], stream: [], status: [], packet: [], server: [] } };
}

/** Equal for a request and its retry: same client address, same forwarded-for address (behind a gateway), method, target and length of the body. */
export function requestKey(clientRank: number, request: NonNullable<Exchange['request']>): number {
  const { target, method, contentLength } = request;
  let key = rankOfText(target, clientRank ^ target.length, Math.max(0, target.length - TARGET_END));
  key = rankOfText(contentLength === null ? method : `${method} ${contentLength}`, key);
  for (const field of request.fields) if (field.name === 'x-forwarded-for') return rankOfText(field.value, key);
  return key;
}

/** Whether there is room for requests of this key: asked first, so that nothing is made for those that are not kept. */
export function keepsRequest(into: RecentRequests, key: number): boolean {
  return (key & (2 ** into.level - 1)) === 0;
}

/** Keeps a request, if there is room for those of its key. */
export function noteRequest(into: RecentRequests, key: number, request: Try, limit = MAX_REQUESTS): void {
  if (!keepsRequest(into, key)) return;
  const { startNs, stream, status, packet, server } = into.columns;
  into.keys.push(key);
  startNs.push(request.startNs);
  stream.push(request.stream);
  status.push(request.status);
  packet.push(request.packet);
  server.push(request.server);
  while (into.keys.length > limit && into.level < 31) thin(into, into.level + 1);
}

/** Adds all of `from`. */
export function mergeRequests(into: RecentRequests, from: RecentRequests, limit = MAX_REQUESTS): void {
  if (from.level > into.level) thin(into, from.level);
  for (const [at, key] of from.keys.entries()) noteRequest(into, key, rowOf(from, at), limit);
}

/** All tries of a key, in order of time; `null` when keys like it were not kept. */
export function triesOf(from: RecentRequests, key: number): Try[] | null {
  if (!keepsRequest(from, key)) return null;
  const tries: Try[] = [];
  for (const [at, known] of from.keys.entries()) if (known === key) tries.push(rowOf(from, at));
  return tries.sort((one, other) => one.startNs - other.startNs || one.stream - other.stream);
}

function rowOf({ columns }: RecentRequests, at: number): Try {
  return {
    startNs: columns.startNs[at] ?? 0,
    stream: columns.stream[at] ?? 0,
    status: columns.status[at] ?? 0,
    packet: columns.packet[at] ?? 0,
    server: columns.server[at] ?? 0,
  };
}

function thin(requests: RecentRequests, level: number): void {
  const mask = 2 ** level - 1;
  let kept = 0;
  for (let at = 0; at < requests.keys.length; at += 1) {
    const key = requests.keys[at] ?? 0;
    if ((key & mask) !== 0) continue;
    requests.keys[kept] = key;
    for (const column of COLUMNS) requests.columns[column][kept] = requests.columns[column][at] ?? 0;
    kept += 1;
  }
  requests.level = level;
  requests.keys.length = kept;
  for (const column of COLUMNS) requests.columns[column].length = kept;
}
