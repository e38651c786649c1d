/**
 * What TLS without keys says of requests and answers (docs/without-keys.md): who sends in turn, how much, and
 * when. That it is HTTP is likely where the client says so, or the port does; and only of connections
 * whose sides take turns is anything told, so that WebSockets, events and other protocols keep silent.
 */
import type { Connection, SideFacts } from '../../facts/connection.js';
import type { TlsFacts, TlsTurn, TlsTurns } from '../../facts/tls.js';
import { countText } from '../../text/size.js';
import { areHttpRolesOfTcp } from './http-roles.js';

/** Ports of HTTP over TLS, where the client does not say what it speaks. */
const HTTPS_PORTS: ReadonlySet<number> = new Set([443, 8443]);

/** What every finding says that rests on TLS without keys. */
export const SEALED_TEXT =
  'No key opens this TLS: that the client’s data is a request, and the server’s an answer, is told from the order, lengths and times of records.';

/** `said`: by ALPN; `port`: it says nothing, and the port is HTTP’s. */
export type SpeaksHttp = 'said' | 'port';

/** The turns of a connection whose TLS no key opens, and that likely speaks HTTP. */
export interface SealedTurns {
  readonly tls: TlsFacts;
  readonly turns: TlsTurns;
  readonly last: TlsTurn;
  readonly speaks: SpeaksHttp;
}

/** How it is known that TLS carries HTTP; `null`: it says that it does not, or nothing does. */
export function speaksHttp(tls: TlsFacts, server: Pick<SideFacts, 'endpoint'>): SpeaksHttp | null {
  const chosen = tls.serverHello?.alpn ?? null;
  const spoken = chosen === null ? (tls.clientHello?.alpn ?? []) : [chosen];
  if (spoken.length === 0) return HTTPS_PORTS.has(server.endpoint.port) ? 'port' : null;
  return spoken.some((protocol) => protocol === 'h2' || protocol.startsWith('http/1')) ? 'said' : null;
}

/** No record of it was opened, for want of a key or of means. */
export function isSealed({ decryption, inner }: TlsFacts): boolean {
  return inner === null && (decryption === 'no-key' || decryption === 'wrong-key' || decryption === 'unsupported');
}

/** See {@link SealedTurns}; `null`: the connection shows none, or it cannot be told. */
export function sealedTurnsOf(connection: Connection): SealedTurns | null {
  const { tls, protocol, client, server, guards, handshake } = connection;
  if (tls === null || protocol !== 'tls' || !isSealed(tls) || tls.turns === null) return null;
  const { turns } = tls;
  if (turns.wentOn.client > 0 || turns.wentOn.server > 0) return null;
  if (tls.serverHello === null || tls.earlyData === 'sent' || tls.earlyData === 'accepted') return null;
  if (guards.oneSided || guards.clockStepped || guards.midStream || handshake.kind !== 'complete') return null;
  // Where bytes are missing, so may be records: of the order of the others nothing is told.
  if (client.lostBytes > 0 || server.lostBytes > 0 || !areHttpRolesOfTcp(connection)) return null;
  if (tls.alerts.some(({ level, description }) => level === 'fatal' || (description ?? 0) !== 0)) return null;
  const speaks = speaksHttp(tls, server);
  return speaks === null ? null : { tls, turns, last: turns.last, speaks };
}

/** Small frames of HTTP/2 that confirm the server’s greeting come this soon after the first request. */
const GREETING_NS = 100_000_000;

/**
 * The last turn, where the server sent nothing upon it and the client nothing behind it that could
 * have taken it back; `null`: it was answered, or the client went on.
 */
export function unansweredTurnOf({ tls, turns, last }: SealedTurns): TlsTurn | null {
  if (last.answer !== null) return null;
  const { lastApplication } = tls.client;
  const sinceNs = (lastApplication?.atNs ?? last.endNs) - last.endNs;
  return sinceNs <= (turns.count === 1 ? GREETING_NS : 0) ? last : null;
}

/** Content type of an alert, and its length in TLS 1.3 without padding. RFC 8446 §5.1, §6. */
const ALERT = 21;
const TLS13_ALERT_LENGTH = 19;

/** By the shape of its last record, the client had said that it would close before this moment. */
export function hasClientSaidGoodbye({ client }: TlsFacts, atNs: number): boolean {
  const last = client.lastRecord;
  if (last === null || last.atNs > atNs) return false;
  return last.contentType === ALERT || last.length === TLS13_ALERT_LENGTH;
}

/** How many bytes of records a note speaks of: `application data, 517 bytes`. */
export function turnText({ bytes }: Pick<TlsTurn, 'bytes'>): string {
  return `application data, ${countText(bytes)} bytes of records: likely a request`;
}
