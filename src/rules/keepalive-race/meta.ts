import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/keepalive-race.md says the same at length. */
export const META: RuleMeta = {
  id: 'keepalive-race',
  severity: 'critical',
  title: 'Server gives up idle connections while requests are on their way',
  feels:
    'Sporadic 502 or 503 (ALB "502 -", Envoy "503 UC", nginx "upstream prematurely closed connection"), "socket hang up" or ECONNRESET, and nothing in the log of the server; the fewer requests, the more often. HAProxy closes its client’s connection without an answer and without a log line.',
  shows:
    'On a connection that had served before and was idle for half a second and more, the server sends FIN (or RST), and a request is lost whose bytes that segment does not acknowledge; or the server resets, at its idle time-out, a connection with the request unread. At a reload, which closes several connections at one moment, without idleness too. Without a loss yet: requests that came just before the idle time-out.',
  needs: ['tcp.handshake', 'tcp.close', 'tcp.idlePeriods', 'http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'announced-close': 'The response said Connection: close, was HTTP/1.0, or ended with the connection.',
    'client-closes-first': 'The client’s FIN or RST comes first.',
    'short-pause':
      'The request came less than half a second after the last answer, and no reload explains it: rst-after-request, or a limit of requests.',
    'empty-response': 'The FIN acknowledges the request: it was received, and dropped (empty-response).',
    'idle-close': 'The server closes idle connections, and no request comes near.',
    'request-lost-on-its-way': 'The FIN comes much later than the request: packets of the request were lost.',
    'other-timer': 'Requests are answered after longer idle times than the one before a reset.',
    'unused-connection': 'The connection had carried no request before: preconnect-408.',
  },
  limits: [
    'In TLS without keys it is certain that data was lost, and likely that it was a request; retries cannot be followed.',
    'A connection that began before the capture counts from its first answer that was seen.',
    'A reset that acknowledges the request, without a FIN, is told only where its time agrees with the server’s idle time-out.',
    'Where no FIN’s acknowledgement was captured, it is not known for how long the client had the FIN.',
    'Requests of HTTP/2 are judged where the connection as a whole was idle; others belong to h2-goaway-race.',
  ],
  references: [
    { title: 'RFC 9112 §9.3.1 Retrying Requests', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1' },
    { title: 'RFC 9112 §9.5 Failures and Timeouts', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.5' },
    { title: 'RFC 9110 §9.2.2 Idempotent Methods', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2' },
    { title: 'Node.js issue 20256: 502 behind an ALB', url: 'https://github.com/nodejs/node/issues/20256' },
    { title: 'HAProxy issue 3414: silent aborts', url: 'https://github.com/haproxy/haproxy/issues/3414' },
  ],
};
