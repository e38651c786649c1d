/** How a handshake failed, by its alert or by what stands for one. */
import type { CloseSegment } from '../../facts/close.js';
import type { Connection } from '../../facts/connection.js';
import type { Side } from '../../facts/endpoint.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { CertificateFacts, TlsAlert, TlsFacts } from '../../facts/tls.js';
import { silenceIsUnsayable } from '../judgements/capture-guards.js';
import { hangUpIn } from '../judgements/spoken-otherwise.js';
import type { Moment } from '../tally/earliest.js';
import { type Occurrence, occurrenceIn } from '../tally/occurrences.js';
import { certificateAnswerIn } from './certificate-answer.js';
import { flawsOf } from './certificate-flaws.js';
import { askedWithin, tunnelIn } from './tunnel.js';

/** Numbers of alerts. RFC 8446 §6. */
export const ALERT = {
  closeNotify: 0,
  handshakeFailure: 40,
  certificateRevoked: 44,
  certificateExpired: 45,
  unknownCa: 48,
  accessDenied: 49,
  decodeError: 50,
  protocolVersion: 70,
  insufficientSecurity: 71,
  internalError: 80,
  inappropriateFallback: 86,
  userCanceled: 90,
  noRenegotiation: 100,
  unrecognizedName: 112,
  certificateRequired: 116,
  noApplicationProtocol: 120,
} as const;

/** Alerts about a certificate, whoever's the other side is. */
export const CERTIFICATE_ALERTS: ReadonlySet<number> = new Set([42, 43, 44, 45, 46, 48, 49]);

/** Alerts that end nothing, or nothing that went wrong. */
const HARMLESS: ReadonlySet<number> = new Set([ALERT.closeNotify, ALERT.userCanceled, ALERT.noRenegotiation]);
/** The first version in which the server's Finished stands before the client's. RFC 8446 §2. */
const TLS13 = 'TLS 1.3';
/** Length of an alert's record in TLS 1.3: the alert, its type, and a tag. RFC 8446 §5.2, §6. */
const LONGEST_ALERT = 2 + 1 + 16;
/** Content type of a handshake's records. RFC 5246 §6.2.1. */
const HANDSHAKE = 22;
/** An alert by its shape must come this soon behind the client's Finished: later, the server had waited for something. */
const ALERT_WITHIN_NS = 1_000_000_000;
/** Who checks the certificate when the handshake is over needs no longer than this. */
const CHECKED_WITHIN_NS = 100_000_000;
/** The same from the server's flight that ends the handshake, a long round trip allowed for; who only tries a handshake may stay longer. */
const LOOKS_WITHIN_NS = 300_000_000;

/**
 * `alert`: read; `shape`: a record of an alert's length where one stands; `dropped`: the same, of a server that had
 * taken the handshake; `silent`: closed without; `answer`: HTTP
 * says it; `unused`: the client closes at once upon the end of the handshake, and says in front that it failed;
 * `left`: the client leaves, and the certificate shows why; `unchosen`: it offers HTTP/2 alone, and leaves as soon as
 * the handshake is done.
 */
export type Sign = 'alert' | 'shape' | 'dropped' | 'silent' | 'answer' | 'unused' | 'left' | 'unchosen';

/** A handshake that failed; its packet and time are those of what ended it. */
export interface Failure extends Occurrence {
  readonly sign: Sign;
  readonly from: Side;
  /** Number and registered name of the alert; `null`: not readable, or none. */
  readonly alert: number | null;
  readonly alertName: string | null;
  readonly closeKind: 'fin' | 'rst' | null;
  readonly hello: Moment | null;
  readonly serverHello: PacketReference | null;
  /** Nothing came before the ClientHello, and the server has said nothing (judgements/spoken-otherwise). */
  readonly isHungUp: boolean;
  readonly serverName: string | null;
  readonly alpn: readonly string[];
  /** Which of them the server chose (RFC 7301 §3.2), or what else it named; `null`: none, or not readable. */
  readonly chosenAlpn: string | null;
  readonly versions: readonly string[];
  readonly cipherSuites: number;
  readonly version: string | null;
  readonly clientCertificate: TlsFacts['clientCertificate'];
  readonly isCertificateRequested: boolean | null;
  /** Where the tunnel leads that it is in; `null`: in none. */
  readonly tunnel: string | null;
  /** The server's own certificate and how many it sent; `null`: not readable. */
  readonly certificate: (CertificateFacts & { readonly chain: number }) | null;
  /** The connection's first packet. */
  readonly startNs: number;
  /** Epoch milliseconds of the connection. */
  readonly atMs: number;
  /** Which protocol the server chose can be read: in TLS 1.3 with keys alone. */
  readonly isChoiceKnown: boolean;
  /** The client had come to its Finished. */
  readonly isFinished: boolean;
  /** The client had asked already, and was not answered. */
  readonly lostRequest: boolean;
  /** What the client, a proxy, told its own client for it; `null`: nothing that is known. */
  readonly told: (Moment & { readonly status: number }) | null;
}

/** How the handshake of a connection failed; `null`: it did not, or it cannot be told. */
export function failureOf(tls: TlsFacts, connection: Connection): Failure | null {
  if (tls.clientHello === null && tls.serverHello === null) return null;
  const alert = tls.alerts.find((one) => !mayAnswerClose(one, connection) && isRefusal(one, tls, connection));
  if (alert !== undefined) return made(tls, connection, 'alert', alert.from, alert, alert);
  return (
    shapeOf(tls, connection) ??
    endedFlightOf(tls, connection) ??
    answerOf(tls, connection) ??
    silenceOf(tls, connection) ??
    leavingOf(tls, connection)
  );
}

/**
 * OpenSSL says decode_error, from 3.0 on, where the other side closes amid TLS: it refuses nothing, the handshake had
 * ended by then. Where not all was captured, that close may be missing.
 */
function mayAnswerClose({ description, from, atNs }: TlsAlert, connection: Connection): boolean {
  if (description !== ALERT.decodeError) return false;
  const { segments } = connection.close;
  return !isAllSeen(connection) || segments.some((one) => one.from !== from && one.kind === 'fin' && one.atNs < atNs);
}

/** Alerts of a handshake alone: no conversation ends with them. */
const HANDSHAKE_ALERTS: ReadonlySet<number> = new Set([
  ...CERTIFICATE_ALERTS,
  ALERT.handshakeFailure,
  ALERT.protocolVersion,
  ALERT.insufficientSecurity,
  ALERT.unrecognizedName,
  ALERT.certificateRequired,
  ALERT.noApplicationProtocol,
]);

/** A readable alert that refuses the handshake, not one amid a conversation. */
function isRefusal({ basis, level, description, from }: TlsAlert, tls: TlsFacts, connection: Connection): boolean {
  const exchanges = askedWithin(connection);
  if (description === null || HARMLESS.has(description)) return false;
  // A name that is not known is a warning to many servers, who go on (RFC 6066 §3).
  if (level === 'warning' && description === ALERT.unrecognizedName) return false;
  if (basis === 'clear') return true;
  // The conversation may stand in what was not captured.
  if (!isAllSeen(connection) && !HANDSHAKE_ALERTS.has(description)) return false;
  // TLS 1.3: the server looks at the client's certificate when that has sent its request already.
  if (from === 'server')
    return exchanges.every(({ response }) => response === null) && tls.server.applicationRecords === 0;
  return tls.finished.client === null || (tls.client.applicationRecords === 0 && CERTIFICATE_ALERTS.has(description));
}

/** Of neither side a byte is missing: only then says what is not there something. */
function isAllSeen({ client, server, guards }: Connection): boolean {
  const missing = client.lostBytes + client.snappedBytes + server.lostBytes + server.snappedBytes;
  return missing === 0 && !guards.oneSided;
}

/** TLS without keys: the server ends with a record of an alert's length, and answers nothing (docs/without-keys.md). */
function shapeOf(tls: TlsFacts, connection: Connection): Failure | null {
  const alert = tls.alerts.find(({ from, description }) => from === 'server' && description === null);
  const { client, server, finishedNs } = tls;
  // Records of which bytes are missing are not counted: that none answered, or which of the client's
  // ended its handshake, is then nobody's word.
  if (!isAllSeen(connection) || tls.clientHello === null || tls.serverHello === null) return null;
  if (alert === undefined || finishedNs.client === null || server.applicationRecords > 0) return null;
  const isAsked = client.applicationRecords > 0 || tls.clientCertificate === 'probably-empty';
  if (!isAsked || alert.atNs - finishedNs.client > ALERT_WITHIN_NS || alert.atNs < finishedNs.client) return null;
  const [first] = connection.close.segments;
  if (first !== undefined && first.from === 'client' && first.atNs < alert.atNs) return null;
  return made(tls, connection, isTaken(tls, alert) ? 'dropped' : 'shape', 'server', alert, null);
}

/**
 * Whether the server had taken the handshake before it says its last. Before TLS 1.3 its Finished comes last (RFC 5246
 * §7.3); what follows of a handshake is another one, a renegotiation (§7.4.1.1), as Apache asks for a certificate. In
 * TLS 1.3 who lets TLS itself refuse the client's Certificate sends nothing else until it has looked at it (RFC 8446
 * §4.6.1: tickets).
 */
function isTaken({ serverHello, server, finishedNs }: TlsFacts, alert: TlsAlert): boolean {
  const { client: clientNs, server: serverNs } = finishedNs;
  if (serverHello?.version !== TLS13) {
    const messages = server.firstProtected.filter(({ contentType }) => contentType === HANDSHAKE).length;
    return serverNs !== null && serverNs <= alert.atNs && messages <= 1;
  }
  return (
    clientNs !== null && server.firstProtected.some(({ atNs, length }) => atNs > clientNs && length > LONGEST_ALERT)
  );
}

/**
 * TLS 1.3 without keys: behind its ServerHello the server sends one record, of an alert's length, and closes. Its
 * flight would be EncryptedExtensions, Certificate and more (RFC 8446 §2), of which none is as short: Go's servers say
 * no_application_protocol there, where others do before any ServerHello.
 */
function endedFlightOf(tls: TlsFacts, connection: Connection): Failure | null {
  const { serverHello, server, finishedNs } = tls;
  const [alert, further] = server.firstProtected;
  if (!isAllSeen(connection) || tls.clientHello === null || serverHello?.version !== TLS13) return null;
  if (alert === undefined || further !== undefined || finishedNs.client !== null) return null;
  if (alert.length !== LONGEST_ALERT || alert.atNs - serverHello.atNs > ALERT_WITHIN_NS) return null;
  const [first] = connection.close.segments;
  if (first === undefined || first.from !== 'server' || connection.guards.midStream) return null;
  return made(tls, connection, 'shape', 'server', alert, null);
}

/** A failure by its shape, with which the server ends its own flight: the client had not come to its Finished. */
export function isEndedFlight({ sign, isFinished }: Failure): boolean {
  return sign === 'shape' && !isFinished;
}

/** The handshake ends well, and the request within is refused for the client's certificate. */
function answerOf(tls: TlsFacts, connection: Connection): Failure | null {
  const answer = isAllSeen(connection) ? certificateAnswerIn(tls, connection) : null;
  return answer === null ? null : made(tls, connection, 'answer', 'server', answer, null);
}

/** The server closes right upon the ClientHello, and says nothing. */
function silenceOf(tls: TlsFacts, connection: Connection): Failure | null {
  const { close, server, guards, handshake } = connection;
  const [first] = close.segments;
  if (tls.clientHello === null || tls.serverHello !== null || tls.helloRetryRequest !== null) return null;
  if (first === undefined || first.from !== 'server') return null;
  const tunnel = tunnelIn(tls, connection);
  // What the proxy has said to open the tunnel it may have sent again.
  const said = tunnel === null ? server.payloadBytes : bytesUntil(first);
  if (said > (tunnel?.answerBytes ?? 0)) return null;
  if (tls.alertCount > tls.alerts.filter((alert) => mayAnswerClose(alert, connection)).length) return null;
  if (guards.midStream || handshake.kind !== 'complete' || silenceIsUnsayable(connection, first) !== null) return null;
  // What the close does not acknowledge its sender may not have read.
  if (first.deltaAcknowledgement === null || first.deltaAcknowledgement < 0) return null;
  return { ...made(tls, connection, 'silent', 'server', first, null), closeKind: first.kind };
}

/** Bytes of the stream that the side which closes had sent until then, each once. */
function bytesUntil({ sequence, deltaSequence, payloadLength }: CloseSegment): number {
  return sequence - (deltaSequence ?? 0) - 1 + payloadLength;
}

/**
 * The client closes right upon the end of a handshake that went well, without a request: nginx, which looks at the
 * certificate then. Health checks do the same; what tells them apart is an answer in front (conclude.ts).
 */
export function unusedOf(tls: TlsFacts, connection: Connection): Failure | null {
  const { close, handshake, guards } = connection;
  const { finishedNs, client, serverHello, alerts } = tls;
  const [first] = close.segments;
  if (first === undefined || first.from !== 'client' || first.kind !== 'fin' || askedWithin(connection).length > 0)
    return null;
  if (finishedNs.client === null || serverHello === null || client.applicationRecords > 0) return null;
  if (guards.midStream || handshake.kind !== 'complete' || !isAllSeen(connection)) return null;
  if (alerts.some(({ description }) => description !== null && !HARMLESS.has(description))) return null;
  const endedNs = Math.max(finishedNs.client, finishedNs.server ?? 0);
  if (first.atNs < endedNs || first.atNs - endedNs > CHECKED_WITHIN_NS) return null;
  return made(tls, connection, 'unused', 'client', first, null);
}

/**
 * The client is shown a certificate that is not for the name it called, or out of date, and leaves without
 * having asked for anything: many look at it when the handshake is done, and have no alert for it then. Who
 * calls no name, as health checks do, may not look at it.
 */
export function leavingOf(tls: TlsFacts, connection: Connection): Failure | null {
  const { close, guards } = connection;
  const [first] = close.segments;
  if (tls.serverHello === null || guards.midStream || guards.clockStepped || !isAllSeen(connection)) return null;
  if (first === undefined || first.from !== 'client' || askedWithin(connection).length > 0) return null;
  // In HTTP/2 the server begins by itself, with its SETTINGS (RFC 9113 §3.4).
  const isTold = tls.server.applicationRecords > 0 && tls.serverHello.alpn !== 'h2';
  if (tls.client.applicationRecords > 0 || isTold) return null;
  if (first.atNs - (tls.finishedNs.server ?? tls.serverHello.atNs) > LOOKS_WITHIN_NS) return null;
  const failure = made(tls, connection, 'left', 'client', first, null);
  if (failure.serverName === null || flawsOf(failure).every(({ kind }) => kind === 'issuer')) return null;
  return { ...failure, closeKind: first.kind };
}

/**
 * A client that offers HTTP/2 alone closes as soon as the handshake is done, and sends not even the preface, with which
 * it would begin (RFC 9113 §3.4): clients of gRPC do so where the server has chosen no protocol. `isChoiceKnown` in what
 * it gives says whether that can be read.
 */
export function unchosenOf(tls: TlsFacts, connection: Connection): Failure | null {
  const { close, handshake, guards } = connection;
  const { finishedNs, client, clientHello, serverHello, alerts } = tls;
  const [first] = close.segments;
  if (first === undefined || first.from !== 'client' || askedWithin(connection).length > 0 || serverHello === null)
    return null;
  if (!isHttp2Alone(clientHello?.alpn ?? []) || serverHello.alpn !== null) return null;
  if (finishedNs.client === null || client.applicationRecords > 0) return null;
  if (guards.midStream || guards.clockStepped || handshake.kind !== 'complete' || !isAllSeen(connection)) return null;
  if (alerts.some(({ description }) => description !== null && !HARMLESS.has(description))) return null;
  const endedNs = Math.max(finishedNs.client, finishedNs.server ?? 0);
  if (first.atNs < endedNs || first.atNs - endedNs > CHECKED_WITHIN_NS) return null;
  return {
    ...made(tls, connection, 'unchosen', 'client', first, null),
    closeKind: first.kind,
    isChoiceKnown: serverHello.version !== 'TLS 1.3' || tls.decryption === 'whole',
  };
}

/** `h2`, and what gRPC adds to it, but nothing of HTTP/1. */
export function isHttp2Alone(alpn: readonly string[]): boolean {
  return alpn.includes('h2') && alpn.every((protocol) => !protocol.startsWith('http/'));
}

function made(
  tls: TlsFacts,
  connection: Connection,
  sign: Sign,
  from: Side,
  moment: Moment,
  alert: TlsAlert | null,
): Failure {
  const { clientHello, serverHello } = tls;
  const chain = tls.certificates.server;
  const leaf = chain?.[0];
  return {
    ...occurrenceIn(connection, moment),
    sign,
    from,
    alert: alert?.description ?? null,
    alertName: alert?.name ?? null,
    closeKind: null,
    hello: clientHello === null ? null : { packet: clientHello.lastPacket, atNs: clientHello.atNs },
    serverHello: serverHello?.packet ?? null,
    serverName: clientHello?.serverNames[0]?.slice(0, 255) ?? null,
    alpn: clientHello?.alpn ?? [],
    chosenAlpn: serverHello?.alpn ?? null,
    versions: clientHello?.versions ?? [],
    cipherSuites: clientHello?.cipherSuites ?? 0,
    version: serverHello?.version ?? null,
    clientCertificate: tls.clientCertificate,
    isCertificateRequested: tls.certificateRequested,
    certificate: leaf === undefined || chain === null ? null : { ...leaf, chain: chain.length },
    tunnel: tunnelIn(tls, connection)?.target.slice(0, 255) ?? null,
    startNs: connection.startNs,
    atMs: connection.startEpoch.seconds * 1000,
    isHungUp: hangUpIn(connection) !== null,
    told: null,
    isChoiceKnown: true,
    isFinished: tls.finishedNs.client !== null,
    lostRequest: tls.client.applicationRecords > 0 || askedWithin(connection).some(({ request }) => request !== null),
  };
}

/** The handshake led to a conversation: an answer, or data of the server. */
export function succeeded(tls: TlsFacts): boolean {
  return tls.server.applicationRecords > 0;
}

/** The packet of the ClientHello, or what ended the handshake where that was not seen. */
export function helloOf({ hello, packet }: Failure): PacketReference {
  return hello?.packet ?? packet;
}
