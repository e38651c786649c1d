/** Who showed which certificates, and whether the client was asked for one. */
import type { CertificateFacts, TlsFacts } from '../facts/tls.js';
import type { CertificateChain } from './certificate.js';
import type { Direction } from './direction.js';

/** See the head of this file. */
export class Authentication {
  /** The server has come to its Certificate, or past it: in TLS 1.2 and before the handshake is a full one. */
  sawServerFlight = false;
  private clientChain: readonly CertificateFacts[] | null = null;
  private serverChain: readonly CertificateFacts[] | null = null;
  private requested: boolean | null = null;
  private clientCertificate: TlsFacts['clientCertificate'] = null;

  /** A CertificateRequest. RFC 8446 §4.3.2. */
  request(): void {
    this.requested = true;
  }

  /** The server's flight has come to where a CertificateRequest would have been; it may have been lost. */
  isNotRequested(server: Direction): void {
    if (!server.hasLoss) this.requested ??= false;
  }

  /** TLS 1.2 and before: ServerHelloDone. */
  endServerFlight(server: Direction): void {
    this.sawServerFlight = true;
    this.isNotRequested(server);
  }

  /** A side's Certificate message; a chain of `null` could not be read. */
  certificates(direction: Direction, isClient: boolean, isTls13: boolean, chain: CertificateChain | null): void {
    if (!isClient) {
      this.sawServerFlight = true;
      // RFC 8446 §4.3.2: a request stands before the server's own; in TLS 1.2 behind it.
      if (isTls13) this.isNotRequested(direction);
    }
    if (chain === null) return;
    if (isClient) {
      this.clientChain ??= chain.certificates;
      this.clientCertificate = chain.certificates.length > 0 || chain.flawed ? 'sent' : 'empty';
    } else this.serverChain ??= chain.certificates;
  }

  /**
   * @param isTurned Who was held to be the client is the server.
   * @param hasEmptyShape By its length, the client's Certificate message held none.
   */
  facts(
    isTurned: boolean,
    hasEmptyShape: boolean,
  ): Pick<TlsFacts, 'certificates' | 'certificateRequested' | 'clientCertificate'> {
    const { clientChain: client, serverChain: server } = this;
    return {
      certificates: isTurned ? { client: server, server: client } : { client, server },
      certificateRequested: this.requested,
      clientCertificate: this.clientCertificate ?? (hasEmptyShape ? 'probably-empty' : null),
    };
  }
}
