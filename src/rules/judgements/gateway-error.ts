/**
 * What a proxy says of a failure that is not its own: Bad Gateway, Service Unavailable, Gateway Timeout
 * (RFC 9110 §15.6); to the client of a gRPC call UNAVAILABLE or DEADLINE_EXCEEDED, with a status of 200
 * and without a message ("Trailers-Only", gRPC over HTTP/2). Servers say these of themselves too, so that
 * they stand for a failure behind only where one is known.
 */
import type { Exchange } from '../../facts/exchange.js';

/** Names of the gRPC statuses that a proxy makes of 502, 503 and 504. */
const GRPC_NAMES: Readonly<Record<number, string>> = { 4: 'DEADLINE_EXCEEDED', 14: 'UNAVAILABLE' };
/** Such a status stands with this added where a status of HTTP is kept: none of those is as large. */
const GRPC = 1000;
/** See {@link outcomeOf}. */
export const GRPC_DEADLINE_EXCEEDED = GRPC + 4;
export const GRPC_UNAVAILABLE = GRPC + 14;

/** The outcome by which an answered exchange is known: its status, or of a gRPC call that failed so the gRPC status, as {@link outcomeText} reads it. */
export function outcomeOf(
  { status, bodyBytes }: Pick<NonNullable<Exchange['response']>, 'status' | 'bodyBytes'>,
  h2: Pick<NonNullable<Exchange['h2']>, 'grpcStatus'> | null,
): number {
  const grpc = h2?.grpcStatus ?? null;
  if (grpc === null || GRPC_NAMES[grpc] === undefined) return status;
  return status >= 200 && status < 300 && bodyBytes === 0 ? GRPC + grpc : status;
}

/** `503`, or `UNAVAILABLE (grpc-status 14)`. */
export function outcomeText(outcome: number): string {
  const name = GRPC_NAMES[outcome - GRPC];
  return name === undefined ? String(outcome) : `${name} (grpc-status ${outcome - GRPC})`;
}

/** Whether an outcome is one of those in the head of this file. */
export function isGatewayError(outcome: number): boolean {
  // What is below 0 would be looked up as a name.
  return outcome < GRPC ? outcome >= 502 && outcome <= 504 : GRPC_NAMES[outcome - GRPC] !== undefined;
}
