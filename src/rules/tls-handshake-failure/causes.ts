/** Why handshakes fail, each cause supported, ruled out or left open, with the packets that say so. */
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import {
  AFTER,
  alertText,
  BEFORE,
  byAlert,
  endsWell,
  isForWantOfCertificate,
  noCertificate,
  withoutAlert,
} from './by-alert.js';
import { type Case, mayNotBeTls } from './case.js';
import { certificateText } from './certificate-text.js';
import { hasEmptyCertificate } from './client-certificate.js';
import { ALERT, CERTIFICATE_ALERTS, type Failure, helloOf, isEndedFlight } from './failure.js';
import { BEHIND, ENDED, IS_BEHIND } from './server-causes.js';
import { FALLBACK, isTooOldToSign, VERSION } from './version-causes.js';

/** Alerts that say what is wrong; any other is an error of its sender's own. */
const EXPLAINED: ReadonlySet<number> = new Set([
  ALERT.unrecognizedName,
  ALERT.noApplicationProtocol,
  ALERT.protocolVersion,
  ALERT.inappropriateFallback,
  ALERT.handshakeFailure,
  ALERT.insufficientSecurity,
  ALERT.certificateRequired,
]);

function isFromServer({ from }: Failure): boolean {
  return from === 'server';
}

/** Those of a handshake; see the head of this file. */
const OF_HANDSHAKES: Causes<Case> = {
  'unknown-name': noCertificate(
    'The server has no certificate for the name.',
    ({ serverName }) => serverName !== null,
    ({ first, names, success }) => {
      const says = (end: string): string => `the server knows no certificate for ${names.join(', ')} (${end})`;
      if (success === null) return claim([first.packet], says);
      return claim(
        [first.packet, success.packet],
        (end, other) => `${says(end)}; ${success.serverName ?? 'no name'} succeeds (${other})`,
      );
    },
  ),
  'no-name': noCertificate(
    'The client names no server, and the server demands it.',
    ({ serverName }) => serverName === null,
    ({ first }) =>
      claim(
        [helloOf(first), first.packet],
        (hello, end) => `the ClientHello has no server name (${hello}), and the server demands one (${end})`,
      ),
  ),
  'no-common-alpn': {
    means: 'They have no application protocol in common.',
    grounds: [
      openSince(({ first: { sign, isChoiceKnown } }) =>
        sign === 'unchosen' && !isChoiceKnown ? 'what the server has chosen cannot be read without keys' : null,
      ),
      openSince(({ first }) =>
        isEndedFlight(first) && first.alpn.length > 0
          ? `the alert cannot be read without keys; behind the ServerHello Go’s servers say so of what the client offers (${first.alpn.join(', ')})`
          : null,
      ),
      supportedBy(({ first }) =>
        first.sign === 'unchosen' && first.serverHello !== null
          ? claim(
              [helloOf(first), first.serverHello, first.packet],
              (hello, answer, end) =>
                `the client offers ${first.alpn.join(', ')} (${hello}), the server chooses none of it (${answer}), and the client leaves (${end})`,
            )
          : null,
      ),
      supportedBy(({ first }) => {
        const chosen = unofferedChoiceOf(first);
        return chosen === null || first.serverHello === null
          ? null
          : claim(
              [helloOf(first), first.serverHello, first.packet],
              (hello, answer, end) =>
                `the client offers ${first.alpn.join(', ') || 'nothing'} (${hello}), the server chooses ${chosen}, which is none of it (${answer}), and the client says ${alertText(first)} (${end})`,
            );
      }),
      ...byAlert(
        (one) => one.alert === ALERT.noApplicationProtocol,
        ({ first }) =>
          claim(
            [helloOf(first), first.packet],
            (hello, end) =>
              `the client offers ${first.alpn.join(', ') || 'nothing'} (${hello}), the server knows none of it (${end})`,
          ),
        BEFORE,
      ),
    ],
    otherwise: withoutAlert,
  },
  version: VERSION,
  'fallback-refused': FALLBACK,
  cipher: {
    means: 'They have no cipher suite, group or signature algorithm in common.',
    grounds: byAlert(
      (one) =>
        (one.alert === ALERT.handshakeFailure || one.alert === ALERT.insufficientSecurity) &&
        isFromServer(one) &&
        one.serverHello === null,
      ({ first }) =>
        claim(
          [helloOf(first), first.packet],
          (hello, end) =>
            `${manyText(first.cipherSuites, 'cipher suite')} offered with ${first.versions.join(', ')} (${hello}), refused before any ServerHello (${end}): none in common, or no signature algorithm or group`,
        ),
      BEFORE,
    ),
    otherwise: withoutAlert,
  },
  'client-certificate-missing': {
    means: 'The server demands a client certificate, and there is none.',
    grounds: [
      ruledOutBy(({ first: { alert, clientCertificate, packet } }) =>
        alert === null && clientCertificate === 'sent'
          ? claim([packet], (end) => `the client had shown one when the server refused (${end})`)
          : null,
      ),
      ...byAlert(
        (one) =>
          isFromServer(one) &&
          (one.alert === ALERT.certificateRequired ||
            ((one.alert === ALERT.handshakeFailure || one.alert === null || CERTIFICATE_ALERTS.has(one.alert)) &&
              one.serverHello !== null &&
              hasEmptyCertificate(one))),
        ({ first }) =>
          claim([first.packet], (end) =>
            first.clientCertificate === 'probably-empty'
              ? `the client’s Certificate is as short as an empty one, and then the server ends (${end})`
              : `the client shows no certificate, and the server demands one (${end})`,
          ),
        AFTER,
      ),
    ],
    otherwise: withoutAlert,
  },
  'client-certificate-refused': {
    means: 'The server does not take the client’s certificate.',
    grounds: [
      ruledOutBy(({ first }) =>
        hasEmptyCertificate(first)
          ? claim([first.packet], (end) =>
              first.clientCertificate === 'empty'
                ? `the client shows none that could be refused (${end})`
                : `the client’s Certificate is as short as an empty one (${end})`,
            )
          : null,
      ),
      ...byAlert(
        (one) =>
          isFromServer(one) &&
          one.serverHello !== null &&
          ((one.alert !== null && CERTIFICATE_ALERTS.has(one.alert)) ||
            (one.sign === 'answer' && one.clientCertificate === 'sent')),
        ({ first }) =>
          claim([first.packet], (end) =>
            first.sign === 'answer'
              ? `the client shows a certificate, and is answered 400 at once (${end})`
              : `the server does not take the client’s certificate: ${alertText(first)} (${end})`,
          ),
        AFTER,
      ),
    ],
    otherwise: withoutAlert,
  },
  'server-certificate-refused': {
    means: 'The client does not take the server’s certificate.',
    grounds: [
      endsWell,
      openSince(({ first: { sign } }) =>
        sign === 'unchosen' ? 'the client may look at the certificate, too, when the handshake is done' : null,
      ),
      ruledOutBy(({ first: { sign, from, packet } }) =>
        (sign === 'shape' || sign === 'dropped') && from === 'server'
          ? claim([packet], (end) => `it is the server that ends it (${end})`)
          : null,
      ),
      ...byAlert(
        (one) =>
          one.sign === 'unused' ||
          one.sign === 'left' ||
          (one.from === 'client' && one.alert !== null && CERTIFICATE_ALERTS.has(one.alert)),
        (subject) =>
          claim([subject.first.packet], (end) =>
            subject.first.sign === 'unused'
              ? `the client closes when it has seen the certificate (${end}), as nginx does with proxy_ssl_verify${certificateText(subject)}`
              : subject.first.sign === 'left'
                ? `the client has seen the certificate, and leaves without a request (${end})${certificateText(subject)}`
                : `the client does not take the server’s certificate: ${alertText(subject.first)} (${end})${certificateText(subject)}`,
          ),
        AFTER,
      ),
    ],
    otherwise: withoutAlert,
  },
  'server-failed': {
    means: 'One side has an error of its own, or does not understand the other.',
    grounds: [
      endsWell,
      openSince((subject) =>
        isForWantOfCertificate(subject)
          ? `or an error of its own, for these names alone (${packetText(subject.first.packet)})`
          : null,
      ),
      openSince(({ first }) =>
        unofferedChoiceOf(first) === null
          ? null
          : `a protocol that was not offered explains the alert (${packetText(first.packet)})`,
      ),
      openSince((subject) =>
        isTooOldToSign(subject)
          ? `the version that is offered explains the alert (${packetText(subject.first.packet)})`
          : null,
      ),
      ...byAlert(
        (one) => one.alert !== null && !EXPLAINED.has(one.alert) && !CERTIFICATE_ALERTS.has(one.alert),
        ({ first }) =>
          claim(
            [first.packet],
            (end) =>
              `${alertText(first)} of the ${first.from} (${end}): an error of its own, or bytes that it does not understand`,
          ),
        'any',
      ),
    ],
    otherwise: withoutAlert,
  },
  'silent-refusal': {
    means: 'The server, or something before it, closes without saying why.',
    grounds: [
      ruledOutBy(({ first: { sign, packet } }) =>
        sign === 'silent' ? null : claim([packet], (end) => `it does not end in silence (${end})`),
      ),
      openSince(({ ended }) => (ended === null ? null : 'the server was ending')),
      openSince((subject) =>
        mayNotBeTls(subject)
          ? `nobody is seen to speak TLS there (${packetText(subject.first.packet)}): the port may be one of plain HTTP, or wait for a PROXY header first; or there is no configuration for this name, or a packet filter reads it`
          : null,
      ),
      supportedBy(({ first: { closeKind, packet }, sameName }) => {
        const says = (end: string): string =>
          `${closeKind === 'rst' ? 'RST' : 'FIN'} of the server right upon the ClientHello, without an alert (${end}): no configuration for this name, or a packet filter that reads it`;
        if (sameName === null) return claim([packet], says);
        return claim(
          [packet, sameName.packet],
          (end, other) => `${says(end)}; the same name succeeds for others (${other})`,
        );
      }),
    ],
    otherwise: withoutAlert,
  },
};

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  ...Object.fromEntries(
    Object.entries(OF_HANDSHAKES).map(([id, cause]) => [id, { ...cause, grounds: [IS_BEHIND, ...cause.grounds] }]),
  ),
  'server-behind': BEHIND,
  'server-ended': ENDED,
};

/** What a server chose by ALPN though its client had not offered it, where the client then refuses, other than for the certificate (RFC 7301 §3.2); `null`: none. */
function unofferedChoiceOf({ from, alert, hello, alpn, chosenAlpn }: Failure): string | null {
  if (from !== 'client' || alert === null || CERTIFICATE_ALERTS.has(alert) || hello === null) return null;
  return chosenAlpn === null || alpn.includes(chosenAlpn) ? null : chosenAlpn;
}
