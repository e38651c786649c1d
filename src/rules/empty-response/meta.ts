import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/empty-response.md says the same at length. */
export const META: RuleMeta = {
  id: 'empty-response',
  severity: 'critical',
  title: 'Server reads a request and closes without a byte of a response',
  feels:
    'curl: "(52) Empty reply from server"; browsers: ERR_EMPTY_RESPONSE; Node.js: "socket hang up"; gRPC: UNAVAILABLE, "Socket closed"; nginx: 502 and "upstream prematurely closed connection while reading response header"; ALB: 502 with "-".',
  shows:
    'A whole request, then the server’s FIN that acknowledges all of it, and not one byte of a response; on a new connection, less than half a second after the answer before, or when the server’s process ended with others. In HTTP/2: streams whose requests stand unanswered when the server closes their connection without a GOAWAY.',
  needs: ['tcp.close', 'http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'keepalive-race':
      'The FIN does not acknowledge the request, or it came half a second and more after the answer before, and nothing else ended with it: the server had given the idle connection up.',
    'client-left-first': 'The client sent FIN or RST first, and takes no answer.',
    'half-a-request': 'The request is not whole: a time-out for it ran out (preconnect-408).',
    'announced-close': 'The answer before said that it was the last; further requests are not read.',
    'old-protocol': 'HTTP/0.9, and whatever answers without a status line: bytes of the server were seen.',
    'tls-alert': 'The server sent an alert: it rejects a certificate or the handshake.',
    'lost-response': 'The capture lost bytes of the server: an answer may have been there.',
    'health-check': 'The request is a health check.',
    goaway: 'HTTP/2: a GOAWAY went before, which says what was begun: h2-goaway-race.',
    'reset-instead': 'RST, not FIN: rst-after-request.',
  },
  limits: [
    'In TLS without keys a turn of client data stands for the request, one step less sure, and only where the client says by ALPN that it speaks HTTP, or a proxy in front answers 502 for it; the first on its connection only where the server sends no alert.',
    'That the FIN acknowledges the request proves that its kernel had it; that it was read, that the kernel sent FIN: with bytes unread it sends RST (Linux), unless the server had only shut down its sending side.',
    'Why it closed is told by its log; packets tell when, how often, and for which requests.',
    'A process that ends is known by what ends with it: three connections and more within 50 ms, of different age, none of them announced. Behind a balancer that passes connections on it may be the process behind it.',
    'Whether a proxy hides its own failure is told only where its connections to the servers behind are captured too.',
  ],
  references: [
    { title: 'RFC 9112 §9.6 Tear-down', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.6' },
    { title: 'RFC 9110 §9.2.2 Idempotent Methods', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2' },
    {
      title: 'RFC 2525 §2.17 Failure to RST on close with data pending',
      url: 'https://www.rfc-editor.org/rfc/rfc2525#section-2.17',
    },
  ],
};
