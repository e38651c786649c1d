import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/stream-reset.md says the same at length. */
export const META: RuleMeta = {
  id: 'stream-reset',
  severity: 'critical',
  title: 'Server resets HTTP/2 streams instead of answering',
  feels:
    'curl: "(92) HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)"; Chrome: ERR_HTTP2_SERVER_REFUSED_STREAM, ERR_HTTP2_PROTOCOL_ERROR; Go: "stream error: stream ID 3; REFUSED_STREAM"; Node.js: ERR_HTTP2_STREAM_ERROR; gRPC: UNAVAILABLE or INTERNAL, "Received RST_STREAM with error code 2".',
  shows: 'A request, not a byte of an answer, and the server’s RST_STREAM with an error code on its stream.',
  needs: ['h2'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'client-reset': 'The client took its request back: client-abort, slow-response.',
    'amid-answer': 'The answer had begun: truncated-response.',
    'no-error': 'NO_ERROR: the server needs no more of the request.',
    goaway: 'A GOAWAY tells of it, by an error or by its last stream: h2-goaway-race.',
    'http1-instead': 'HTTP_1_1_REQUIRED, and the client came over HTTP/1.1 and was answered.',
    'by-design':
      'Tunnels that are no WebSocket, streams of events and long polls end as their server likes; pushes were not asked for.',
    deadline: 'A gRPC call at the deadline which its client had declared.',
    'health-check': 'The request is a health check.',
    'lost-answer': 'The capture lost bytes of the server: an answer may have been there.',
  },
  limits: [
    'TLS without keys shows nothing of it.',
    'Which limit or which part of a request it is, the server’s log says.',
    'Whether a proxy passes on a failure behind it is told only where that leg is captured too.',
  ],
  references: [
    { title: 'RFC 9113 §5.4.2 Stream Error Handling', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-5.4.2' },
    { title: 'RFC 9113 §7 Error Codes', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-7' },
    { title: 'RFC 9113 §8.7 Request Reliability', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-8.7' },
  ],
};
