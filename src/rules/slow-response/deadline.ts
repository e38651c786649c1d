/** gRPC calls that reached their deadline (judgements/grpc-deadline): the client gives up, or the server says so. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { silenceIsUnsayable } from '../judgements/capture-guards.js';
import { GRPC_DEADLINE_EXCEEDED, outcomeOf } from '../judgements/gateway-error.js';
import { deadlineReached, missedDeadlineOf } from '../judgements/grpc-deadline.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { areHttpRolesOfTcp } from '../judgements/http-roles.js';
import { SLOW_NS, type SlowExchange, slowExchange, waitOf } from './slow-exchange.js';

/** A deadline of a second begins before its request is on the wire. */
const EARLY_SHARE = 0.02;

/** A gRPC call whose deadline came before its answer. */
export function noteMissedDeadline(
  connection: Connection,
  exchange: Exchange,
  note: (slow: SlowExchange) => void,
): void {
  const missed = missedDeadlineOf(exchange);
  if (missed === null || isHealthCheck(missed.request) || missed.request.lostBytes > 0) return;
  if (!areHttpRolesOfTcp(connection) || silenceIsUnsayable(connection, { deltaSequence: 0 }) !== null) return;
  const { request, reset, declared: deadline } = missed;
  const waitNs = reset.atNs - request.endNs;
  if (waitNs < SLOW_NS * (1 - EARLY_SHARE)) return;
  const what = { how: 'abandoned', waitNs, status: null } as const;
  note({
    ...slowExchange(connection, request, what, reset),
    deadline,
    isCancelled: true,
  });
}

/** A gRPC call that its server answers with nothing but DEADLINE_EXCEEDED: of its own, or what it asked did not come. */
export function noteDeadlineExceeded(
  connection: Connection,
  exchange: Exchange,
  note: (slow: SlowExchange) => void,
): void {
  const { request, response, h2 } = exchange;
  if (request === null || response === null || outcomeOf(response, h2) !== GRPC_DEADLINE_EXCEEDED) return;
  if (!request.complete || request.lostBytes + response.lostBytes > 0 || isHealthCheck(request)) return;
  if (connection.client.zeroWindows > 0 || !areHttpRolesOfTcp(connection)) return;
  const waitNs = waitOf(connection, request, response.startNs);
  if (waitNs < SLOW_NS * (1 - EARLY_SHARE)) return;
  const what = { how: 'gateway-timeout', waitNs, status: GRPC_DEADLINE_EXCEEDED } as const;
  note({
    ...slowExchange(connection, request, what, { packet: response.firstPacket, atNs: response.startNs }),
    deadline: deadlineReached(request, response.startNs),
  });
}
