import type { PacketReference } from './packet-reference.js';

/** What the first bytes of a direction look like. */
export type BeginningKind =
  | 'tls-handshake'
  | 'tls-alert'
  | 'http-request'
  | 'http-response'
  /** HTML without a status line before it, as servers answer what they take for HTTP/0.9. */
  | 'markup'
  /** A response 400 that says that TLS belongs here. */
  | 'tls-demand'
  | 'h2-preface'
  | 'h2-settings'
  | 'proxy-header'
  /** By which web servers ask application servers, other than HTTP; each as its request begins. */
  | 'fastcgi'
  | 'ajp'
  | 'uwsgi'
  | 'other';

/** The first bytes of one direction: where they came, and what they look like. */
export interface Beginning {
  readonly kind: BeginningKind;
  readonly packet: PacketReference;
  readonly atNs: number;
}

/**
 * How the two sides of a connection began, kept where that is worth a look: they speak different
 * protocols; the client began with a PROXY header, or over FastCGI, AJP or uwsgi; or it greeted in HTTP/2 and
 * the server said nothing.
 */
export interface Beginnings {
  readonly client: Beginning;
  /** `null`: the server sent nothing. */
  readonly server: Beginning | null;
}
