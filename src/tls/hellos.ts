/** What the hellos of a connection say, as far as they were seen: what both sides offer and choose. */
import type { PacketReference } from '../facts/packet-reference.js';
import type { ClientHelloFacts, ServerHelloFacts } from '../facts/tls.js';
import { cipherSuiteName } from './cipher-suite.js';
import type { ClientHello } from './client-hello.js';
import type { ServerHello } from './server-hello.js';
import { isTls13, SSL_2_0, versionName } from './version.js';

/** See the head of this file. */
export class Hellos {
  /** The first of each; later ones belong to renegotiations. */
  client: ClientHelloFacts | null = null;
  server: ServerHelloFacts | null = null;
  /** The packet of a HelloRetryRequest. */
  retryRequest: PacketReference | null = null;
  /** As the server chose it last; 0: it was not seen to. */
  version = 0;

  /** TLS 1.3 is spoken; false also where the version was not seen. */
  get is13(): boolean {
    return isTls13(this.version);
  }

  /** What is spoken within may be HTTP/2, as far as hellos tell. */
  get mayBeH2(): boolean {
    const chosen = this.server?.alpn ?? null;
    return chosen === null ? this.client?.alpn.includes('h2') === true : chosen === 'h2';
  }

  /** A ClientHello of `bytes` bytes. */
  begin({ facts }: ClientHello, bytes: number, firstPacket: number, lastPacket: number, atNs: number): void {
    this.client ??= { firstPacket, lastPacket, atNs, bytes, ...facts };
  }

  /** The server wants another ClientHello. RFC 8446 §4.1.4. */
  retry({ version }: ServerHello, packet: number): void {
    this.retryRequest ??= packet;
    this.version = version;
  }

  /** The server answered. */
  agree({ version, cipherSuite, alpn }: ServerHello, packet: number, atNs: number): void {
    this.version = version;
    this.server ??= {
      packet,
      atNs,
      version: versionName(version),
      cipherSuite: cipherSuiteName(cipherSuite),
      alpn,
    };
  }

  /** The server answered in SSL 2.0. */
  agreeOnSsl2(packet: number, atNs: number): void {
    this.version = SSL_2_0;
    this.server = { packet, atNs, version: versionName(SSL_2_0), cipherSuite: null, alpn: null };
  }

  /** In TLS 1.3 the protocol stands in EncryptedExtensions. RFC 8446 §4.3.1. */
  chooseAlpn(alpn: string | null): void {
    if (this.server !== null && this.server.alpn === null) this.server = { ...this.server, alpn };
  }
}
