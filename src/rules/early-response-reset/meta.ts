import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/early-response-reset.md says the same at length. */
export const META: RuleMeta = {
  id: 'early-response-reset',
  severity: 'critical',
  title: 'A server answers before the body has come, and resets',
  feels:
    'Uploads fail with ERR_CONNECTION_RESET instead of 413; curl: "Send failure: Connection reset by peer"; a proxy answers 502 though the server answered 413 or 401.',
  shows:
    'A response of 3xx, 4xx or 5xx that begins before its request’s body has ended, and RST of the server behind it.',
  needs: ['http.exchanges', 'tcp.close'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'lingering-close': 'The server closes with FIN and reads on: the answer arrives.',
    'client-gave-up': 'The client closed first.',
    'whole-request': 'The request had ended: the RST has another reason.',
    'good-answer': 'A response of 2xx that begins early, as echo and streaming do.',
    'lost-bytes': 'Bytes of the server were lost to the capture.',
  },
  limits: [
    'Whether the client read the answer before the RST arrived, only its own log says.',
    'HTTP/2, where a stream ends alone, and TLS without keys are not judged.',
  ],
  references: [
    { title: 'RFC 9112 §9.6 Tear-down', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.6' },
    {
      title: 'nginx: lingering_close',
      url: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#lingering_close',
    },
  ],
};
