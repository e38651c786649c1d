/** The incident that a server's giving up is, by what had come of a request: nothing, a part, nothing since an answer. */
import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { guardSteps } from '../judgements/capture-guards.js';
import { clientSpokeNs, lastByteNs } from './client-sent.js';
import type { Farewell, Given, Incident } from './incident.js';
import type { LateRequest } from './late-request.js';

/** A server that closes sooner without a word has another reason than waiting: no time-out is set so short, and probes end by then (docs/judging.md). */
export const MIN_SILENT_AGE_NS = 1_000_000_000;
/** A first byte this soon after the handshake leaves no doubt from when the server counts. */
const PROMPT_NS = 250_000_000;
const NOTHING_SENT = { halfBytes: 0, stalledNs: 0, half: null };

/** How and when the server gave up; its 408, where it could be read. */
export interface GivingUp {
  readonly atNs: number;
  readonly packet: PacketReference;
  readonly fin: CloseSegment | null;
  readonly farewell: Farewell;
  readonly response: ResponseMessage | null;
  readonly late?: LateRequest | null;
}

/** Nothing had come; `null` where it is not known since when the server had waited. */
export function unused(connection: Connection, given: GivingUp): Incident | null {
  const begun = begunAt(connection);
  if (begun === null) return null;
  const ageNs = Math.max(0, given.atNs - begun.atNs);
  return {
    ...common(connection, given),
    waiting: 'unused',
    since: begun.since,
    ageNs,
    measures: true,
    ...NOTHING_SENT,
  };
}

/** Part of a request, all of which arrived; what did not is the path's doing. */
export function half(connection: Connection, given: GivingUp, request: RequestMessage | null): Given {
  const begun = begunAt(connection);
  if (begun === null) return null;
  const { client, server } = connection;
  const spokeNs = clientSpokeNs(connection);
  const arrived = given.fin?.deltaAcknowledgement ?? (server.highestAcknowledged ?? 0) - (client.nextSequence ?? 0);
  if (arrived < 0 && request?.complete !== true) return 'path';
  // The rest came after the farewell: how much had come before is not told.
  const isResumed = request !== null && request.endNs > given.atNs;
  const lastNs = lastByteNs(connection, request);
  const bytes = request === null ? connection.undecodedBytes.client : request.headBytes + request.bodyBytes;
  return {
    ...common(connection, given),
    waiting: 'half',
    since: begun.since,
    ageNs: Math.max(0, given.atNs - begun.atNs),
    measures: request === null && spokeNs !== null && spokeNs - begun.atNs <= PROMPT_NS,
    halfBytes: isResumed ? null : bytes,
    stalledNs: isResumed || lastNs === null ? null : Math.max(0, given.atNs - lastNs),
    half: request === null ? null : { packet: request.firstPacket, atNs: request.startNs },
  };
}

/** A 408 that nobody asked for, on a connection that had served: Go's "unsolicited response received on idle HTTP channel". */
export function keptAlive(
  connection: Connection,
  given: Omit<GivingUp, 'farewell'>,
  late: LateRequest | null,
): Incident | null {
  const { idlePeriods, exchanges } = connection;
  const period = idlePeriods.find(({ packet, endedBy }) => packet === given.packet && endedBy === 'server-payload');
  if (period === undefined || period.after !== 'server' || connection.undecodedBytes.client > 0) return null;
  const before = exchanges.findLast(({ response }) => response !== null && response.endNs <= period.startNs);
  return {
    ...common(connection, { ...given, farewell: 'status', late }),
    waiting: 'kept-alive',
    since:
      before?.response == null
        ? null
        : { packet: before.response.lastPacket, atNs: before.response.endNs, note: 'answered' },
    ageNs: period.durationNs,
    measures: false,
    ...NOTHING_SENT,
  };
}

function common(connection: Connection, { atNs, packet, fin, farewell, response, late }: GivingUp) {
  return {
    packet,
    atNs,
    stream: connection.stream,
    client: connection.client.endpoint,
    server: connection.server.endpoint,
    farewell,
    tls: connection.tls !== null,
    fin: fin === null ? null : { packet: fin.packet, atNs: fin.atNs },
    reason: response?.reason ?? '',
    product: response?.fields.find(({ name }) => name === 'server')?.value ?? null,
    isBare: response !== null && response.bodyBytes === 0 && response.contentLength === null,
    late: late ?? null,
    steps: guardSteps(connection),
  };
}

/** From when the server waits for a request: the end of the TCP handshake, or of the TLS one. */
export function begunAt({ handshake, tls }: Connection): Begun | null {
  if (tls !== null) {
    const { finished, finishedNs } = tls;
    if (finished.client === null || finishedNs.client === null) return null;
    return { since: { packet: finished.client, atNs: finishedNs.client, note: 'finished' }, atNs: finishedNs.client };
  }
  if (handshake.synAck === null || handshake.ackNs === null) return null;
  const { packet, atNs } = handshake.synAck;
  return { since: { packet, atNs, note: 'accepted' }, atNs: handshake.ackNs };
}

interface Begun {
  readonly since: Incident['since'];
  readonly atNs: number;
}
