import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/tls-handshake-failure.md says the same at length. */
export const META: RuleMeta = {
  id: 'tls-handshake-failure',
  severity: 'critical',
  title: 'TLS handshakes fail',
  feels:
    'Browsers: ERR_SSL_PROTOCOL_ERROR, ERR_CERT_AUTHORITY_INVALID, ERR_BAD_SSL_CLIENT_AUTH_CERT; OpenSSL: "alert handshake failure", "unrecognized name"; HAProxy: "SSL handshake failure"; Cloudflare: 525, 526; gRPC: "Cannot check peer: missing selected ALPN property".',
  shows:
    'A ClientHello and an alert that refuses, of either side, or a FIN or RST of the server right upon it; in TLS 1.3 without keys a record of an alert’s length where an answer should stand; a client that leaves upon a certificate which is out of date, or not for the name, or, offering HTTP/2 alone, as soon as the handshake is done.',
  needs: ['tls'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'close-notify': 'close_notify or user_canceled: nothing went wrong.',
    'warning-only': 'unrecognized_name as a warning, after which the server goes on.',
    'client-went-away':
      'The client closes a handshake half done, without an alert: browsers do with connections opened ahead.',
    'hello-retry': 'A HelloRetryRequest is no refusal.',
    'amid-conversation': 'An alert long after the handshake.',
    'unused-connection': 'A connection opened ahead that the server gives up later.',
    'bad-request': 'A 400 where no client certificate was asked for.',
  },
  limits: [
    'TLS 1.3 without keys: that the server refuses is told by lengths, why is not; padding hides even that.',
    'An alert that nobody sends (some clients just close) is not seen, unless the certificate shows why.',
    'Whether a refusal is meant, the configuration says.',
  ],
  references: [
    { title: 'RFC 8446 §6.2 Error Alerts', url: 'https://www.rfc-editor.org/rfc/rfc8446#section-6.2' },
    { title: 'RFC 5246 §7.2.2 Error Alerts', url: 'https://www.rfc-editor.org/rfc/rfc5246#section-7.2.2' },
    { title: 'RFC 6066 §3 Server Name Indication', url: 'https://www.rfc-editor.org/rfc/rfc6066#section-3' },
    { title: 'RFC 7301 §3.2 ALPN protocol selection', url: 'https://www.rfc-editor.org/rfc/rfc7301#section-3.2' },
  ],
};
