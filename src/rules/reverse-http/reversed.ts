/** A connection on which the side that dialled serves, and how that is known. */

import { ROLES_REVERSED } from '../../facts/anomaly.js';
import type { Connection } from '../../facts/connection.js';
import { H2_ERROR } from '../../facts/h2.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { TlsFacts } from '../../facts/tls.js';
import type { Moment } from '../tally/earliest.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';

/** draft-bt-httpbis-reverse-http, draft-thomson-ptth-potato. */
const REVERSE_ALPN: ReadonlySet<string> = new Set(['h2-reverse', 'h3-reverse', 'rh1', 'rh2', 'rh3']);
/** Names and port by which cloudflared dials its edge, without ALPN. */
const TUNNEL_NAMES = /(?:^|\.)cftunnel\.com$/i;
const TUNNEL_PORT = 7844;
/** An idle connection has carried nothing for this long. */
const QUIET_NS = 1_000_000_000;

/** `frames`: requests come from the side that accepted; `alpn`, `name`: what the ClientHello says. */
export type Basis = 'frames' | 'alpn' | 'name';

/** One reverse connection; its packet and time are those that show it. Client and server are TCP's. */
export interface Reversed extends Occurrence {
  readonly basis: Basis;
  readonly isTls: boolean;
  /** A request was seen on it. */
  readonly isAsked: boolean;
  /** The protocol that ALPN selected, or the only one of its kind that was offered; `null`: none. */
  readonly alpn: string | null;
  readonly alpnIsSelected: boolean;
  readonly serverName: string | null;
  readonly dialledNs: number;
  readonly dialPacket: PacketReference;
  readonly endNs: number;
  readonly isOpen: boolean;
  readonly requests: number;
  /** What the draft demands of TLS; `null`: not readable, or no TLS. */
  readonly showsCertificate: boolean | null;
  readonly certificatePacket: PacketReference | null;
  /** The accepting side ended it while nothing was under way. */
  readonly dropped: (Moment & { readonly idleNs: number; readonly by: 'GOAWAY' | 'FIN' | 'RST' }) | null;
}

/** What was asked on a connection, as far as it has been seen. */
export interface Asked {
  /** The first request. */
  first: Moment | null;
  answered: number;
  hasUnanswered: boolean;
}

/** Adds the exchanges of a connection, or of a batch. */
export function askedIn({ exchanges }: Connection, asked: Asked): void {
  for (const { request, response } of exchanges) {
    if (request !== null) asked.first ??= { packet: request.firstPacket, atNs: request.startNs };
    if (response === null) asked.hasUnanswered = true;
    else asked.answered += 1;
  }
}

/**
 * The reverse connection that this is; `null`: it is none.
 *
 * @param asked What was asked in batches before this, the last one; it is added to.
 */
export function reversedOf(connection: Connection, asked: Asked): Reversed | null {
  const { anomalies, tls, handshake, server, close } = connection;
  const turned = anomalies.find(({ name }) => name === ROLES_REVERSED);
  const hello = tls?.clientHello ?? null;
  const offered = hello?.alpn.find((one) => REVERSE_ALPN.has(one)) ?? null;
  const selected = tls?.serverHello?.alpn ?? null;
  const alpn = selected !== null && REVERSE_ALPN.has(selected) ? selected : selected === null ? offered : null;
  const name = hello?.serverNames[0] ?? null;
  const isTunnel =
    hello !== null && hello.alpn.length === 0 && server.endpoint.port === TUNNEL_PORT && TUNNEL_NAMES.test(name ?? '');
  // Who dialled is known by the SYN alone.
  const isTurned =
    turned !== undefined &&
    (handshake.syn !== null || handshake.synAck !== null) &&
    (connection.h2 !== null || hasAnswered(asked));
  if (!isTurned && alpn === null && !isTunnel) return null;
  const basis = isTurned ? 'frames' : alpn === null ? 'name' : 'alpn';
  askedIn(connection, asked);
  const dial = { packet: connection.firstPacket, atNs: connection.startNs };
  const offer = hello && { packet: hello.lastPacket, atNs: hello.atNs };
  return {
    ...occurrenceIn(connection, (isTurned ? asked.first : offer) ?? dial),
    basis,
    isTls: tls !== null,
    isAsked: asked.first !== null,
    alpn,
    alpnIsSelected: alpn !== null && alpn === selected,
    serverName: name?.slice(0, 255) ?? null,
    dialledNs: connection.startNs,
    dialPacket: connection.firstPacket,
    endNs: connection.endNs,
    isOpen: close.kind === 'open',
    requests: asked.answered,
    showsCertificate: certificateOf(tls),
    certificatePacket: tls?.finished.client ?? null,
    dropped: asked.hasUnanswered ? null : droppedOf(connection),
  };
}

/** Who dialled answers; where both do not speak HTTP/2, what one side sends into a connection is not yet HTTP in reverse. */
function hasAnswered({ first, answered }: Asked): boolean {
  return first !== null && answered > 0;
}

function certificateOf(tls: TlsFacts | null): boolean | null {
  if (tls === null || tls.certificateRequested === null) return null;
  if (!tls.certificateRequested) return false;
  return tls.clientCertificate === null ? null : tls.clientCertificate === 'sent';
}

/** The accepting side's end of a connection that was idle: its GOAWAY without an error, or its FIN or RST. */
function droppedOf({ h2, close, idlePeriods }: Connection): Reversed['dropped'] {
  // Of HTTP/2 the sides are HTTP's: who accepted is the client.
  const [goAway] = h2?.goAways ?? [];
  if (goAway !== undefined) {
    const idle = idlePeriods.find(({ packet }) => packet === goAway.packet);
    if (goAway.from !== 'client' || goAway.code !== H2_ERROR.none || idle === undefined || idle.durationNs < QUIET_NS)
      return null;
    return { packet: goAway.packet, atNs: goAway.atNs, idleNs: idle.durationNs, by: 'GOAWAY' };
  }
  const [first] = close.segments;
  if (first === undefined || first.from !== 'server') return null;
  const idle = idlePeriods.find(({ packet }) => packet === first.packet);
  if (idle === undefined || idle.durationNs < QUIET_NS) return null;
  return { packet: first.packet, atNs: first.atNs, idleNs: idle.durationNs, by: first.kind === 'fin' ? 'FIN' : 'RST' };
}
