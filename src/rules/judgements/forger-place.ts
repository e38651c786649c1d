import { type CapturePoint, nearSideOf } from './capture-point.js';
import type { ForgeryInput, ForgeryTest, ForgeryTestId } from './forgery-test.js';

/** Where the writer sits. */
export type ForgerPlace = 'inline-on-host' | 'inline-mid-path' | 'passive-sensor' | 'unknown';

/** Relative sequence numbers of a request: its first byte, and what follows its last. */
export interface RequestSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the writer of forged resets sits. A reset whose sequence number is the start of the request
 * only works on a receiver that never got the request: its writer swallowed it (docs/judging.md).
 */
export function forgerPlace(
  input: ForgeryInput,
  tests: readonly ForgeryTest[],
  point: CapturePoint,
  span: RequestSpan | null,
): ForgerPlace {
  const isPositive = (id: ForgeryTestId): boolean => tests.some((test) => test.id === id && test.result === 'positive');
  const byClient = input.resets.find((reset) => reset.from === 'client');
  const swallowed =
    span !== null && byClient?.deltaSequence != null && byClient.deltaSequence < 0 && byClient.sequence === span.start;
  const end = span?.end ?? input.client.nextSequence;
  const wasHeard = input.server.highestAcknowledged !== null && end !== null && input.server.highestAcknowledged >= end;
  if (stillWaits(input) && !swallowed) return isPositive('F5') ? 'inline-mid-path' : 'unknown';
  // A server that goes on after the reset may only acknowledge what came before the request.
  if (wasHeard && (isPositive('F4') || !swallowed)) return 'passive-sensor';
  if (!swallowed || wasHeard) return 'unknown';
  if (isPositive('F5')) return 'inline-mid-path';
  return nearSideOf(point) === null && point !== 'loopback' ? 'unknown' : 'inline-on-host';
}

/** The server sends its SYN-ACK again: neither the ACK nor the request has come to it. RFC 9293 §3.10.7.4. */
export function stillWaits({ handshake, server }: Pick<ForgeryInput, 'handshake' | 'server'>): boolean {
  return handshake.synAckRetransmissions > 0 && server.payloadBytes === 0 && (server.highestAcknowledged ?? 0) <= 1;
}
