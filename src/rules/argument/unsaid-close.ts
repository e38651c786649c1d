import type { Remedy } from '../../facts/finding.js';

/** What a server has to change that closes behind its answers and does not say so (RFC 9112 §9.6). */
export const KEEP_OR_SAY_CLOSE: Remedy = {
  component: 'server',
  text: 'Let the server keep connections open, or at least say "Connection: close" with its answer: a client that is not told may send its next request into the close, and lose it.',
  config: `# uWSGI, in place of http-socket, which closes behind each answer
http11-socket = :8080
# or, to say so
add-header = Connection: close`,
};
