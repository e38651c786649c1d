/** The signature: a whole request, acknowledged, and then the server's FIN without one byte of a response. */
import { ROLES_REVERSED } from '../../facts/anomaly.js';
import { type Connection, MIN_IDLE_NS } from '../../facts/connection.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import { guardSteps, silenceIsUnsayable } from '../judgements/capture-guards.js';
import { announcesClose } from '../judgements/closing-message.js';
import { attributesOf } from '../judgements/discriminating-attribute.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { mayHideAnswer } from '../judgements/hidden-answer.js';
import { isSeenWhole } from '../judgements/message-end.js';
import { MAX_CLOCK_SKEW_NS, MAX_CROSSING_NS } from '../judgements/moments.js';
import { hasClientSaidGoodbye, sealedTurnsOf, unansweredTurnOf } from '../judgements/sealed-turn.js';
import { hangUpIn } from '../judgements/spoken-otherwise.js';
import { requestKey } from '../observation/request-key.js';
import { rankOfText } from '../tally/rank.js';
import { commonOf, type Incident, isAfterIdle, isReadable, unansweredRequest } from './incident.js';
import { openStreams } from './open-streams.js';

/** The incident in a connection; `null` when it shows none, or it cannot be told. */
export function incidentOf(connection: Connection): Incident | null {
  const { protocol, anomalies, close, exchanges, tls } = connection;
  if (protocol === 'tls') return sealedIncidentOf(connection);
  if (protocol === 'h2') return openStreams(connection);
  if (protocol !== 'http/1.1' || anomalies.some(({ name }) => name === ROLES_REVERSED)) return null;
  // What came first, and how long the connection had been idle, tells it from keepalive-race.
  if (connection.guards.clockStepped) return null;
  const [fin] = close.segments;
  // A client that left first took no answer; a RST first is rst-after-request.
  if (fin === undefined || fin.kind !== 'fin' || fin.from !== 'server') return null;
  // So did one whose close stands behind the server's in the file, and is older: packets of several queues.
  if (close.segments.some(({ from, atNs }) => from === 'client' && atNs < fin.atNs)) return null;
  if (silenceIsUnsayable(connection, fin) !== null || !isReadable(connection)) return null;
  const at = exchanges.findIndex(({ request, response }) => request !== null && response === null);
  // Nearly always: an array asked for its place -1 looks it up as a name.
  if (at < 0) return null;
  const exchange = exchanges[at];
  if (exchange?.request == null || exchange.interim.length > 0) return null;
  const { request } = exchange;
  // HTTP/0.9 answers have no head: what a server sends cannot be told from nothing.
  if (request.version === 'HTTP/0.9' || request.endNs > fin.atNs || mayHideAnswer(connection, request)) return null;
  const isCut = request.lostBytes > 0 && isSeenWhole(connection.client);
  if (!isCut && (!request.complete || request.lostBytes > 0)) return null;
  // What the FIN does not acknowledge its sender had not read: it closed for another reason (keepalive-race).
  // Where it acknowledges more than was seen, the client's own FIN may have come first.
  if (fin.deltaAcknowledgement !== 0) return null;
  const spokeNs = tls === null ? connection.server.lastPayloadNs : (tls.server.lastApplication?.atNs ?? null);
  if (spokeNs !== null && spokeNs >= request.startNs) return null;
  if (isAnsweredAhead(exchanges, request)) return null;
  const isFirst = exchange.index === 0;
  if (isFirst ? connection.guards.midStream || spokeNs !== null : !isServing(exchanges[at - 1])) return null;
  const begunNs = tls === null ? connection.handshake.ackNs : tls.finishedNs.client;
  const sinceNs = isFirst ? begunNs : spokeNs;
  const waitNs = sinceNs === null ? null : Math.max(0, request.startNs - sinceNs);
  if (!isFirst && waitNs === null) return null;
  const delayNs = fin.atNs - Math.max(request.startNs, request.endNs);
  if (isAfterIdle(isFirst, waitNs) && delayNs < MAX_CROSSING_NS) return null;
  // Where the snap length hides how a request ends, half of one is told by the patience that it is given (preconnect-408).
  if (isCut && delayNs >= MIN_IDLE_NS) return null;
  const { address } = connection.client.endpoint;
  const waited = isFirst && (waitNs === null || waitNs >= MIN_IDLE_NS) ? 1 : 0;
  return {
    ...commonOf(connection, fin),
    index: exchange.index,
    request: unansweredRequest(request, null),
    ...{ lostRequests: 1, further: [] },
    delayNs,
    waitNs,
    isFirst,
    isAfterIdle: isAfterIdle(isFirst, waitNs),
    isUnsaid: false,
    attributes: attributesOf(request, address, isFirst),
    isHealthCheck: isHealthCheck(request),
    isHungUp: hangUpIn(connection)?.on === 'clear',
    key: requestKey(rankOfText(address), request),
    steps: Math.min(guardSteps(connection) + waited, 2),
  };
}

/** TLS without keys: a turn of the client that the server's FIN acknowledges, and nothing of the server upon it (docs/without-keys.md). */
function sealedIncidentOf(connection: Connection): Incident | null {
  const [fin] = connection.close.segments;
  if (fin === undefined || fin.kind !== 'fin' || fin.from !== 'server' || fin.deltaSequence !== 0) return null;
  const sealed = sealedTurnsOf(connection);
  const turn = sealed === null ? null : unansweredTurnOf(sealed);
  if (sealed === null || turn === null || turn.endNs > fin.atNs) return null;
  if (silenceIsUnsayable(connection, fin) !== null || (fin.deltaAcknowledgement ?? -1) < 0) return null;
  const { tls, turns, speaks } = sealed;
  if (hasClientSaidGoodbye(tls, fin.atNs)) return null;
  const isFirst = turns.count === 1;
  // Whose certificate is refused learns it by an alert behind its first request (TLS 1.3): tls-handshake-failure.
  if (isFirst && tls.alerts.some(({ from }) => from === 'server')) return null;
  const sinceNs = isFirst ? tls.finishedNs.client : (tls.server.lastApplication?.atNs ?? null);
  if (sinceNs === null || sinceNs > turn.endNs) return null;
  const waitNs = Math.max(0, turn.startNs - sinceNs);
  const delayNs = fin.atNs - turn.endNs;
  if (isAfterIdle(isFirst, waitNs) && delayNs < MAX_CROSSING_NS) return null;
  return {
    ...commonOf(connection, fin),
    index: null,
    request: {
      ...{ h2Stream: null, method: null, target: null, headBytes: 0, bodyBytes: turn.bytes, lostBytes: 0 },
      ...{ firstPacket: turn.firstPacket, lastPacket: turn.lastPacket, startNs: turn.startNs, endNs: turn.endNs },
    },
    ...{ lostRequests: 1, further: [] },
    delayNs,
    ...{ waitNs, isFirst, isAfterIdle: isAfterIdle(isFirst, waitNs), attributes: {} },
    // Other protocols on the same port end like this by design: the client's last word needs no answer.
    isUnsaid: speaks !== 'said',
    ...{ isHealthCheck: false, isHungUp: false, key: null },
    steps: Math.min(guardSteps(connection) + (isFirst && waitNs >= MIN_IDLE_NS ? 2 : 1), 2),
  };
}

/** The exchange before was answered whole, and neither side said that it was the last. */
function isServing(before: Exchange | undefined): boolean {
  if (before?.response == null || !before.response.complete) return false;
  if (before.request !== null && announcesClose(before.request)) return false;
  return !announcesClose(before.response);
}

/** A response that nobody had asked for stands just before the request: its answer, recorded ahead of it. */
function isAnsweredAhead(exchanges: readonly Exchange[], request: RequestMessage): boolean {
  return exchanges.some(
    (other) =>
      other.request === null &&
      other.response !== null &&
      Math.abs(request.startNs - other.response.startNs) <= MAX_CLOCK_SKEW_NS,
  );
}
