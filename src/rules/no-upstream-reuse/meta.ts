import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/no-upstream-reuse.md says the same at length. */
export const META: RuleMeta = {
  id: 'no-upstream-reuse',
  severity: 'warning',
  title: 'A proxy opens a connection for each request',
  feels:
    'A round trip and more before each request behind the proxy, TLS handshakes without end; under load "cannot assign requested address" and delays of a second.',
  shows:
    'Fifty connections and more of one to four addresses that send X-Forwarded-For, Via or Forwarded, 95 % of them for one request.',
  needs: ['http.exchanges', 'tcp.handshake'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'many-clients': 'Browsers and scripts ask once each: they are no proxy.',
    reuse: 'Most connections carry several requests.',
    few: 'Too few to tell a habit.',
    'not-answered': 'Connections that failed are no habit either.',
  },
  limits: [
    'A proxy is known by X-Forwarded-For, Forwarded or Via in what it sends.',
    'TLS without keys is not judged.',
  ],
  references: [
    { title: 'RFC 9112 §9.3 Persistence', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.3' },
    { title: 'nginx: keepalive', url: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive' },
  ],
};
