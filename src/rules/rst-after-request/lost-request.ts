/** What is asked of a request that stood unanswered, in HTTP/1 and in a stream of HTTP/2 alike. */
import type { CloseSegment } from '../../facts/close.js';
import { type Connection, type IdlePeriod, MIN_IDLE_NS } from '../../facts/connection.js';
import type { Exchange, RequestMessage } from '../../facts/exchange.js';
import type { Incident, LostRequest } from './incident.js';

/** Whether nobody had answered when the reset came. */
export function isUnanswered(exchange: Exchange, resetNs: number): boolean {
  if (exchange.request === null || exchange.request.startNs > resetNs) return false;
  return exchange.response === null || exchange.response.startNs > resetNs;
}

/** The client stopped in the middle of its request: what ran out was patience with it. */
export function isStalled({ complete, lostBytes, endNs }: RequestMessage, reset: CloseSegment): boolean {
  return !complete && lostBytes === 0 && reset.atNs - endNs >= MIN_IDLE_NS;
}

/** Whether the request ended an idle period; `null`: those of its time were not kept. */
export function endedIdlePeriod(connection: Connection, request: RequestMessage): boolean | null {
  const { idlePeriods, idlePeriodCount } = connection;
  const endOf = ({ startNs, durationNs }: IdlePeriod): number => startNs + durationNs;
  if (idlePeriods.some((period) => period.startNs < request.startNs && request.startNs <= endOf(period))) return true;
  if (idlePeriodCount <= idlePeriods.length) return false;
  // Only those between the last but one and the last were let go.
  const [earlier, last] = idlePeriods.slice(-2);
  const isCovered =
    (last !== undefined && request.startNs > endOf(last)) ||
    (earlier !== undefined && request.startNs < endOf(earlier));
  return isCovered ? false : null;
}

/** Of an exchange that nobody had answered when the reset came. */
export function laterAnswer({ response }: Exchange): Incident['laterAnswer'] {
  return response === null ? null : { packet: response.firstPacket, atNs: response.startNs, status: response.status };
}

/** The client's position when it was reset, or at its own first FIN or RST; `null` when no such segment tells. */
export function clientPosition(segments: readonly CloseSegment[], serverReset: CloseSegment): number | null {
  const { acknowledgement, deltaAcknowledgement } = serverReset;
  if (acknowledgement !== null && deltaAcknowledgement !== null) return acknowledgement - deltaAcknowledgement;
  const own = segments.find(({ from }) => from === 'client');
  return own === undefined || own.deltaSequence === null ? null : own.sequence - own.deltaSequence;
}

/** The request as the argument needs it. */
export function lostRequest(request: RequestMessage): LostRequest {
  const { method, target, version, authority, firstPacket, lastPacket } = request;
  const { startNs, endNs, headBytes, bodyBytes, complete, lostBytes } = request;
  return {
    method,
    target,
    version,
    authority,
    firstPacket,
    lastPacket,
    startNs,
    endNs,
    headBytes,
    bodyBytes,
    complete,
    lostBytes,
  };
}
