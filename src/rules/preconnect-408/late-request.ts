import type { Connection } from '../../facts/connection.js';
import type { RequestMessage } from '../../facts/exchange.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { TlsFacts } from '../../facts/tls.js';
import { requestKey } from '../observation/request-key.js';
import { rankOfText } from '../tally/rank.js';

/** A request that its client wrote on the connection after the server had given it up. */
export interface LateRequest {
  /** `null` in TLS that no key opens: application data, of which it is not known that it was a request. */
  readonly method: string | null;
  readonly target: string | null;
  readonly packet: PacketReference;
  readonly atNs: number;
  /** In the log of exchanges; `null` in TLS that no key opens. */
  readonly key: number | null;
  /** It left before the server's farewell could arrive; `null`: the round trip is not known. */
  readonly crossed: boolean | null;
  /** The RST by which the server's kernel answered it. */
  readonly reset: { readonly packet: PacketReference; readonly atNs: number } | null;
}

/** The first request that was written after the farewell. */
export function lateAmong(connection: Connection, atNs: number): LateRequest | null {
  const exchange = connection.exchanges.find(({ request }) => request !== null && request.startNs > atNs);
  if (exchange?.request == null || exchange.response !== null) return null;
  return lateOf(connection, exchange.request, atNs);
}

/** A request as one that its client wrote after the farewell, or as the two crossed. */
export function lateOf(connection: Connection, request: RequestMessage, farewellNs: number): LateRequest {
  const { method, target, firstPacket, startNs } = request;
  return {
    method,
    target,
    packet: firstPacket,
    atNs: startNs,
    key: requestKey(rankOfText(connection.client.endpoint.address), request),
    crossed: crossed(connection, farewellNs, startNs),
    reset: resetAfter(connection, startNs),
  };
}

/** The client's first application data, in TLS that no key opens; all of it came after the farewell. */
export function lateWithoutKeys(connection: Connection, tls: TlsFacts, farewellNs: number): LateRequest | null {
  const first = tls.client.firstApplication;
  return first === null
    ? null
    : {
        method: null,
        target: null,
        packet: first.packet,
        atNs: first.atNs,
        key: null,
        crossed: crossed(connection, farewellNs, first.atNs),
        reset: resetAfter(connection, first.atNs),
      };
}

/** What the client sends on seeing the farewell passes the capture a round trip to it later, not sooner. */
function crossed({ handshake }: Connection, farewellNs: number, lateNs: number): boolean | null {
  if (lateNs <= farewellNs) return true;
  return handshake.synAckToAckNs === null ? null : lateNs - farewellNs < handshake.synAckToAckNs;
}

function resetAfter({ close }: Connection, atNs: number): LateRequest['reset'] {
  const reset = close.segments.find((one) => one.kind === 'rst' && one.from === 'server' && one.atNs >= atNs);
  return reset === undefined ? null : { packet: reset.packet, atNs: reset.atNs };
}
