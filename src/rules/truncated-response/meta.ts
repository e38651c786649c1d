import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/truncated-response.md says the same at length. */
export const META: RuleMeta = {
  id: 'truncated-response',
  severity: 'critical',
  title: 'Responses are cut short',
  feels:
    'ERR_CONTENT_LENGTH_MISMATCH, ERR_INCOMPLETE_CHUNKED_ENCODING, half a file; nginx: "upstream prematurely closed connection while reading upstream"; HAProxy SD--; an ALB waits for the rest and says 504.',
  shows:
    'A response whose body is shorter than its Content-Length, or has no last chunk, or no END_STREAM, and the server closes or resets first; streams of events that it ends so after one and the same silence.',
  needs: ['http.exchanges', 'tcp.close'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'client-abort': 'The client closed or reset first.',
    'no-body': 'HEAD, 204 and 304 have none.',
    'ends-with-the-connection': 'HTTP/1.0 and the like: without a length the close is the end.',
    'event-stream':
      'Events, gRPC and tunnels have no end but the connection’s; of events those that one timer ends are told.',
    'lost-in-capture': 'The capture lost bytes of the server.',
    'capture-ended': 'The capture ends before the response does.',
    'in-front': 'The same response cut on the leg in front of a proxy: told behind, once.',
  },
  limits: [
    'In TLS without keys an answer is held for cut where the server ends in the middle of a record, or ends several connections at one moment without the close_notify that it says elsewhere; one step less sure. A body that ends with the connection and without close_notify is not judged.',
    'What ended the sender is told by its log.',
  ],
  references: [
    { title: 'RFC 9112 §8 Handling Incomplete Messages', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-8' },
    { title: 'RFC 9113 §8.1.1 Malformed Messages', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-8.1.1' },
    { title: 'nginx-proxy #284', url: 'https://github.com/nginx-proxy/nginx-proxy/issues/284' },
  ],
};
