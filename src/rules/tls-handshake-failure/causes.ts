/** Why handshakes fail, each cause supported, ruled out or left open, with the packets that say so. */
import type { Hypothesis } from '../../facts/finding.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { type Judged, weighBy } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import type { Case } from './case.js';
import { ALERT, CERTIFICATE_ALERTS, type Failure } from './failure.js';

type Judge = (subject: Case) => Judged;

const BEFORE = 'before-server-hello';
const AFTER = 'after-server-hello';
const LACKING: ReadonlySet<number> = new Set([ALERT.handshakeFailure, ALERT.accessDenied, ALERT.internalError]);

/** A cause that certain alerts are; others rule it out, and where none could be read it is open unless its place rules it out. */
function byAlert(
  isIt: (failure: Failure) => boolean,
  says: (subject: Case, end: string) => string,
  place: 'before-server-hello' | 'after-server-hello' | 'any',
): Judge {
  return (subject) => {
    const { first } = subject;
    const end = packetText(first.packet);
    if (isIt(first)) return ['supported', says(subject, end)];
    if (first.alert !== null) return ['ruled-out', `the alert is ${alertText(first)} of the ${first.from} (${end})`];
    if (place === 'before-server-hello' && first.serverHello !== null)
      return ['ruled-out', `the server had answered with its ServerHello (${packetText(first.serverHello)})`];
    if (place === 'after-server-hello' && first.serverHello === null)
      return ['ruled-out', `there was no ServerHello yet (${end})`];
    return ['open', first.sign === 'silent' ? 'nothing was said' : 'the alert cannot be read without keys'];
  };
}

/**
 * No certificate fits the name, or its absence. RFC 6066 §3 has unrecognized_name for it; servers in Go
 * (Caddy, Traefik) say internal_error, those on rustls access_denied, those on OpenSSL handshake_failure,
 * which may mean other things too.
 */
function noCertificate(isIt: (failure: Failure) => boolean, says: (subject: Case, end: string) => string): Judge {
  const byName = byAlert((one) => one.alert === ALERT.unrecognizedName && isIt(one), says, BEFORE);
  return (subject) => {
    const { first, success, sameName } = subject;
    if (!isIt(first) || !mayLackCertificate(first)) return byName(subject);
    const end = packetText(first.packet);
    if (sameName !== null) return ['ruled-out', `the same succeeds for others (${packetText(sameName.packet)})`];
    if (success !== null && first.alert !== ALERT.handshakeFailure)
      return [
        'supported',
        `${says(subject, end)}; it ends before a certificate is chosen, as servers in Go (Caddy, Traefik) or on rustls do for want of one`,
      ];
    return ['open', `before a certificate is chosen, ${alertText(first)} may be for want of one (${end})`];
  };
}

/** An alert of the server before its ServerHello by which it may say that it has no certificate to show. */
function mayLackCertificate({ alert, from, serverHello }: Failure): boolean {
  return alert !== null && LACKING.has(alert) && from === 'server' && serverHello === null;
}

/** Whether it is the name that no certificate fits, where the alert alone leaves that open. */
function isForWantOfCertificate({ first, success, sameName }: Case): boolean {
  return mayLackCertificate(first) && first.alert !== ALERT.handshakeFailure && success !== null && sameName === null;
}

/** `112 unrecognized_name`. */
export function alertText({ alert, alertName }: Pick<Failure, 'alert' | 'alertName'>): string {
  return `${alert ?? ''} ${alertName ?? ''}`.trim();
}

function isFromServer({ from }: Failure): boolean {
  return from === 'server';
}

function hasEmptyCertificate({ clientCertificate }: Failure): boolean {
  return clientCertificate === 'empty' || clientCertificate === 'probably-empty';
}

const JUDGES: Readonly<Record<string, Judge>> = {
  'unknown-name': noCertificate(
    ({ serverName }) => serverName !== null,
    ({ names, success }, end) =>
      `the server knows no certificate for ${names.join(', ')} (${end})${success === null ? '' : `; ${success.serverName ?? 'no name'} succeeds (${packetText(success.packet)})`}`,
  ),
  'no-name': noCertificate(
    ({ serverName }) => serverName === null,
    ({ first }, end) => `the ClientHello has no server name (${hello(first)}), and the server demands one (${end})`,
  ),
  'no-common-alpn': byAlert(
    (one) => one.alert === ALERT.noApplicationProtocol,
    ({ first }, end) =>
      `the client offers ${first.alpn.join(', ') || 'nothing'} (${hello(first)}), the server knows none of it (${end})`,
    BEFORE,
  ),
  version: byAlert(
    (one) => one.alert === ALERT.protocolVersion,
    ({ first, success }, end) =>
      `the client offers ${first.versions.join(', ') || 'no version that is known'} (${hello(first)}), which the other side refuses (${end})${success?.version == null ? '' : `; others agree on ${success.version} (${packetText(success.packet)})`}`,
    BEFORE,
  ),
  cipher: byAlert(
    (one) =>
      (one.alert === ALERT.handshakeFailure || one.alert === ALERT.insufficientSecurity) &&
      isFromServer(one) &&
      one.serverHello === null,
    ({ first }, end) =>
      `${manyText(first.cipherSuites, 'cipher suite')} offered with ${first.versions.join(', ')} (${hello(first)}), refused before any ServerHello (${end}): none in common, or no signature algorithm or group`,
    BEFORE,
  ),
  'client-certificate-missing': byAlert(
    (one) =>
      isFromServer(one) &&
      (one.alert === ALERT.certificateRequired ||
        ((one.alert === ALERT.handshakeFailure || one.alert === null) &&
          one.serverHello !== null &&
          hasEmptyCertificate(one))),
    ({ first }, end) =>
      first.clientCertificate === 'probably-empty'
        ? `the client’s Certificate is as short as an empty one, and then the server ends (${end})`
        : `the client shows no certificate, and the server demands one (${end})`,
    AFTER,
  ),
  'client-certificate-refused': byAlert(
    (one) =>
      isFromServer(one) &&
      one.serverHello !== null &&
      ((one.alert !== null && CERTIFICATE_ALERTS.has(one.alert)) ||
        (one.sign === 'answer' && one.clientCertificate === 'sent')),
    ({ first }, end) =>
      first.sign === 'answer'
        ? `the client shows a certificate, and is answered 400 at once (${end})`
        : `the server does not take the client’s certificate: ${alertText(first)} (${end})`,
    AFTER,
  ),
  'server-certificate-refused': byAlert(
    (one) => one.from === 'client' && one.alert !== null && CERTIFICATE_ALERTS.has(one.alert),
    (subject, end) =>
      `the client does not take the server’s certificate: ${alertText(subject.first)} (${end})${certificateText(subject)}`,
    AFTER,
  ),
  'server-failed': (subject) =>
    isForWantOfCertificate(subject)
      ? ['open', `or an error of its own, for these names alone (${packetText(subject.first.packet)})`]
      : failed(subject),
  'silent-refusal': ({ first, sameName }) => {
    const end = packetText(first.packet);
    if (first.sign !== 'silent') return ['ruled-out', `it does not end in silence (${end})`];
    const same = sameName === null ? '' : `; the same name succeeds for others (${packetText(sameName.packet)})`;
    return [
      'supported',
      `${first.closeKind === 'rst' ? 'RST' : 'FIN'} of the server right upon the ClientHello, without an alert (${end}): no configuration for this name, or a packet filter that reads it${same}`,
    ];
  },
};

const failed = byAlert(
  (one) => one.alert !== null && !EXPLAINED.has(one.alert) && !CERTIFICATE_ALERTS.has(one.alert),
  ({ first }, end) =>
    `${alertText(first)} of the ${first.from} (${end}): an error of its own, or bytes that it does not understand`,
  'any',
);

const EXPLAINED: ReadonlySet<number> = new Set([
  ALERT.unrecognizedName,
  ALERT.noApplicationProtocol,
  ALERT.protocolVersion,
  ALERT.handshakeFailure,
  ALERT.insufficientSecurity,
  ALERT.certificateRequired,
]);

/** All causes, those supported first, then those ruled out, then those open. */
export function hypothesesOf(subject: Case): Hypothesis[] {
  return weighBy(JUDGES, subject);
}

function hello({ hello: seen, packet }: Failure): string {
  return packetText((seen?.packet ?? packet) as PacketReference);
}

/** What the certificates themselves show, name by name. */
function certificateText({ failures }: Case): string {
  const seen = new Set<string>();
  for (const failure of failures) {
    const { certificate, serverName } = failure;
    if (certificate === null) continue;
    const name = serverName ?? certificate.subject;
    const flaws = flawsOf(failure);
    seen.add(
      `${name}: ${flaws.length > 0 ? flaws.join(', ') : `issued by ${certificate.issuer}${certificate.chain === 1 ? ', whose certificate is not sent' : ''}`}`,
    );
  }
  return seen.size === 0 ? '' : `; ${[...seen].slice(0, 5).join('; ')}`;
}

/** What is wrong with the server's certificate, as far as it shows. */
export function flawsOf({ certificate, atMs }: Failure): string[] {
  if (certificate === null) return [];
  const flaws: string[] = [];
  const { notAfterMs, notBeforeMs, selfIssued } = certificate;
  if (notAfterMs !== null && notAfterMs < atMs) flaws.push(`expired on ${dayOf(notAfterMs)}`);
  if (notBeforeMs !== null && notBeforeMs > atMs) flaws.push(`not valid before ${dayOf(notBeforeMs)}`);
  if (selfIssued) flaws.push('signed by itself');
  return flaws;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
