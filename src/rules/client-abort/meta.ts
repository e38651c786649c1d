import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/client-abort.md says the same at length. */
export const META: RuleMeta = {
  id: 'client-abort',
  severity: 'notice',
  title: 'Clients leave before their answer is complete',
  feels:
    '499 in nginx’s log, 460 in an ALB’s, CD-- or CH-- in HAProxy’s, DC in Envoy’s; "broken pipe" in the application’s.',
  shows:
    'FIN or RST of the client, first and at its own position, while a request waits or its answer is under way; RST_STREAM with CANCEL in HTTP/2, or the close while a stream waits.',
  needs: ['http.exchanges', 'tcp.close'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'slow-response':
      'The wait ended where people set time-outs, or the server answered nobody meanwhile: it was too slow.',
    'truncated-response': 'The server closed first.',
    'half-close': 'The client only ended its sending side, at once after its request, or was answered all the same.',
    'after-answer': 'The answer was complete.',
    'event-stream': 'Events, gRPC and tunnels end when their client leaves.',
    'health-check': 'A load balancer or an orchestrator asks whether the server lives, and leaves when it knows.',
    'refused-in-tls': 'The server had ended the connection by an alert: tls-handshake-failure.',
    'refused-stream':
      'The server’s GOAWAY had refused the stream, or had ended all of them for an error: h2-goaway-race.',
    'lost-response': 'The capture lost bytes of the server.',
  },
  limits: [
    'Why somebody leaves is not in the packets: navigation, a second click, a slow page.',
    'In TLS without keys the client must close while a turn of the records is unanswered, or cut a record of the answer, and a stream of HTTP/2 that is cancelled is not seen; one step less sure.',
  ],
  references: [
    { title: 'RFC 9112 §9.6 Tear-down', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.6' },
    { title: 'RFC 9113 §8.1 HTTP Message Framing', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-8.1' },
  ],
};
