import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/h2-goaway-race.md says the same at length. */
export const META: RuleMeta = {
  id: 'h2-goaway-race',
  severity: 'critical',
  title: 'A server says GOAWAY while requests are on their way or in progress',
  feels:
    'Go: "http2: server sent GOAWAY and closed the connection; LastStreamID=1999"; gRPC: UNAVAILABLE; nginx and cloudflared: 502 with an HTTP/2 upstream.',
  shows:
    'GOAWAY of the server, and requests without an answer on streams above its last one, or on others when the server then closes; or GOAWAY with an error.',
  needs: ['h2'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'graceful-end': 'A GOAWAY that refuses nothing, and all streams come to their end.',
    'client-goaway': 'The client’s own GOAWAY, when it leaves.',
    'client-reset': 'The client took its request back.',
    'lost-answer': 'The capture lost bytes of the server: an answer may have been there.',
    'refused-stream': 'The server had reset the stream long before, for what it was: stream-reset.',
    'still-running': 'The capture ends before the connection does.',
  },
  limits: [
    'TLS without keys shows nothing of it: no length tells which streams a GOAWAY refuses.',
    'Requests beyond the first 32 of a connection are counted, not shown.',
  ],
  references: [
    { title: 'RFC 9113 §6.8 GOAWAY', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-6.8' },
    { title: 'RFC 9113 §8.7 Request Reliability', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-8.7' },
    {
      title: 'nginx: keepalive_requests',
      url: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_requests',
    },
  ],
};
