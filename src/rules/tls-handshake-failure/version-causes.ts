/** Handshakes that fail for the version of TLS that is offered. */
import { type Cause, claim, openSince, ruledOutBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import { alertText, BEFORE, byAlert, isForWantOfCertificate, withoutAlert } from './by-alert.js';
import type { Case } from './case.js';
import { ALERT, type Failure, helloOf } from './failure.js';

const SIGNED_WITH_SHA1: ReadonlySet<string> = new Set(['SSL 3.0', 'TLS 1.0', 'TLS 1.1']);

/** Whether the alert may be for the version alone: {@link isOldOffer}, and nobody was seen to get in with one that is offered. */
export function isTooOldToSign({ first, sameVersion }: Case): boolean {
  return sameVersion === null && isOldOffer(first);
}

/**
 * OpenSSL 3 signs with neither MD5 nor SHA-1 at its security level 1 and above, which is all that TLS 1.1 and older
 * have; it takes such a hello and fails then with an alert for errors of its own.
 */
function isOldOffer({ alert, from, serverHello, versions }: Failure): boolean {
  return (
    alert === ALERT.internalError &&
    from === 'server' &&
    serverHello === null &&
    versions.length > 0 &&
    versions.every((version) => SIGNED_WITH_SHA1.has(version))
  );
}

/** They have no version in common. */
export const VERSION: Cause<Case> = {
  means: 'They have no version of TLS in common.',
  grounds: [
    ruledOutBy(({ first, sameVersion }) =>
      sameVersion !== null && isOldOffer(first)
        ? claim([sameVersion.packet], (other) => `others agree on ${sameVersion.version}, which is offered (${other})`)
        : null,
    ),
    openSince((subject) =>
      isTooOldToSign(subject) && isForWantOfCertificate(subject)
        ? `or for the version that is offered, of which OpenSSL 3 says so (${packetText(subject.first.packet)})`
        : null,
    ),
    ...byAlert(
      (one) => one.alert === ALERT.protocolVersion || isOldOffer(one),
      ({ first, success }) => {
        const says = (hello: string, end: string): string =>
          `the client offers ${first.versions.join(', ') || 'no version that is known'} (${hello}), which the ${first.from} refuses (${end})${isOldOffer(first) ? `; ${alertText(first)} is what OpenSSL 3 says then` : ''}`;
        if (success?.version == null || first.versions.includes(success.version))
          return claim([helloOf(first), first.packet], says);
        return claim(
          [helloOf(first), first.packet, success.packet],
          (hello, end, other) => `${says(hello, end)}; others agree on ${success.version} (${other})`,
        );
      },
      BEFORE,
    ),
  ],
  otherwise: withoutAlert,
};

/** The server refuses a fallback. */
export const FALLBACK: Cause<Case> = {
  means: 'The client tries again with an older version, though both know a newer one (RFC 7507).',
  grounds: byAlert(
    (one) => one.alert === ALERT.inappropriateFallback && one.from === 'server',
    ({ first }) =>
      claim(
        [helloOf(first), first.packet],
        (hello, end) =>
          `the client falls back to ${first.versions.join(', ') || 'an older version'} (${hello}), and the server knows a newer one (${end})`,
      ),
    BEFORE,
  ),
  otherwise: withoutAlert,
};
