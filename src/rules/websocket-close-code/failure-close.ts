/** The signature: the first Close frame of a WebSocket, where its code tells of a failure. */
import type { Connection } from '../../facts/connection.js';
import { OPPOSITE, type Side } from '../../facts/endpoint.js';
import type { Exchange } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { WebSocketClose, WebSocketFacts, WebSocketPing } from '../../facts/websocket.js';
import { fieldValue } from '../judgements/field-values.js';
import { httpRoles } from '../judgements/http-roles.js';
import type { Moment } from '../tally/earliest.js';
import type { Leg } from '../tally/keyed-legs.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';
import { aboutOf } from './codes.js';

/** A Pong takes a round trip: of a Ping sent within this time before the close nothing is known. */
const PONG_WITHIN_NS = 1_000_000_000;
/** `keepalive ping timeout` of Python's websockets, and what else says so. */
const PING_TIMEOUT = /\b(?:ping|pong|keep-?alive|heartbeat)\b.*\btimed?[ -]?out\b/i;

/** A WebSocket that was closed so; its packet and time are those of the Close frame. */
export interface FailureClose extends Occurrence, Leg {
  readonly by: Side;
  readonly code: number;
  /** As sent: not safe to print as it is. */
  readonly reason: string;
  /** Sec-WebSocket-Key; `null`: not known, or over HTTP/2. */
  readonly key: string | null;
  readonly handshakePacket: PacketReference;
  readonly openedNs: number;
  /** The last Ping that the side which closes had sent {@link PONG_WITHIN_NS} before or earlier, where no Pong to it or to a later one was seen; `null`: there is none. */
  readonly unansweredPing: Moment | null;
  /** The reason in the frame names a ping's time-out. */
  readonly saysPingTimeout: boolean;
  /** Payload of the largest frame that the other side had sent, bytes. */
  readonly largestPayload: number;
}

/** The close of a conversation; `null`: it ended otherwise. `exchanges`: see judgements/websocket-end. */
export function failureCloseOf(
  { closes, sent, pings, handshakePacket, startNs, h2Stream }: WebSocketFacts,
  connection: Connection,
  exchanges: readonly Exchange[],
): FailureClose | null {
  const close = firstOf(closes.client, closes.server);
  if (close === null || close.code === null || aboutOf(close.code) === null) return null;
  const { request = null, response = null } =
    exchanges.find(
      ({ response: accepted, h2Stream: stream }) => accepted?.headPacket === handshakePacket && stream === h2Stream,
    ) ?? {};
  const { client, server } = httpRoles(connection);
  const { from: by, code, reason } = close;
  return {
    ...occurrenceIn(connection, close),
    ...{ by, code, reason, handshakePacket },
    client: client.endpoint,
    server: server.endpoint,
    requestPacket: request?.firstPacket ?? handshakePacket,
    requestNs: request?.startNs ?? startNs,
    answerPacket: response?.firstPacket ?? handshakePacket,
    answerNs: response?.startNs ?? startNs,
    key: request === null ? null : fieldValue(request.fields, 'sec-websocket-key'),
    openedNs: startNs,
    unansweredPing: sent[OPPOSITE[by]].isLost ? null : unansweredPingOf(pings, close),
    saysPingTimeout: PING_TIMEOUT.test(reason),
    largestPayload: sent[OPPOSITE[by]].largestPayload,
  };
}

function unansweredPingOf(pings: readonly WebSocketPing[], { from, atNs }: WebSocketClose): Moment | null {
  const own = pings.filter((ping) => ping.from === from);
  // A Pong may answer the latest of several Pings alone. RFC 6455 §5.5.3.
  const answered = own.findLastIndex(({ answerPacket }) => answerPacket !== null);
  const due = own.findLast((ping, at) => at > answered && atNs - ping.atNs >= PONG_WITHIN_NS);
  return due === undefined ? null : { packet: due.packet, atNs: due.atNs };
}

/** Whose came first: the other side answers with the same code. RFC 6455 §5.5.1. */
function firstOf(client: WebSocketClose | null, server: WebSocketClose | null): WebSocketClose | null {
  if (client === null || server === null) return client ?? server;
  return client.packet < server.packet ? client : server;
}
