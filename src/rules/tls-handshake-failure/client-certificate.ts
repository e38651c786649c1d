/** What is known of the certificate that a client was asked for. */
import type { Failure } from './failure.js';

/** The client was asked for a certificate, and showed none. */
export function hasEmptyCertificate({ clientCertificate }: Failure): boolean {
  return clientCertificate === 'empty' || clientCertificate === 'probably-empty';
}

/** The server is known to have asked for a client certificate. */
export function wasAsked({ isCertificateRequested, clientCertificate }: Failure): boolean {
  return isCertificateRequested === true || clientCertificate !== null;
}
