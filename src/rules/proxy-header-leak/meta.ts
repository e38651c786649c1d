import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/proxy-header-leak.md says the same at length. */
export const META: RuleMeta = {
  id: 'proxy-header-leak',
  severity: 'critical',
  title: 'A server behind a proxy is named in what clients are sent',
  feels:
    'After a login the browser hangs at an address like 10.0.1.43:8080 or crm01.corp.internal; the session is lost because its cookie was discarded; links carry :8080.',
  shows:
    'Location, Content-Location or Refresh with an inner address or name, or with the port of the server behind, that the request did not ask for; a cookie whose Domain the client’s host is not in, or whose Path is the server’s.',
  needs: ['http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'rewritten-in-front': 'The proxy mends the answer before its client sees it.',
    'asked-by-that-name': 'The request itself asked for that host.',
    'inner-client': 'The client asked for an inner host itself, and may reach others.',
    'public-host': 'It leads to another public host: a login elsewhere, a move.',
    'another-service': 'Another port of the same host, which is not that of the server behind.',
    'health-check': 'The request is a health check.',
  },
  limits: [
    'TLS without keys in front: only the leg behind is seen, and a proxy may mend what it sends.',
    'Links within pages are not read.',
    'Legs are paired by time and the end of the target.',
  ],
  references: [
    { title: 'RFC 9110 §10.2.2 Location', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2' },
    { title: 'RFC 6265 §5.3 Storage Model', url: 'https://www.rfc-editor.org/rfc/rfc6265#section-5.3' },
    {
      title: 'Apache: ProxyPassReverse',
      url: 'https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxypassreverse',
    },
    { title: 'nginx: proxy_redirect', url: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_redirect' },
  ],
};
