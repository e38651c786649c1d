import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/tls-offload-leak.md says the same at length. */
export const META: RuleMeta = {
  id: 'tls-offload-leak',
  severity: 'warning',
  title: 'Behind a proxy that ends TLS, a server answers as if there were none',
  feels:
    'After a login or a missing slash the page falls back to http://, forms warn, browsers report mixed content; a session cookie is lost, or goes out in clear.',
  shows:
    'A client that uses TLS (its own leg, the leg in front, or X-Forwarded-Proto and its like), and an answer with Location, Content-Location or Refresh to http:// of the same host, or with a session cookie without Secure.',
  needs: ['http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'rewritten-in-front': 'The proxy mends the answer before its client sees it.',
    'plain-front': 'The client uses http: nothing shows TLS.',
    'other-site': 'The answer leads to another host.',
    'relative-location': 'A relative reference keeps the scheme.',
    'cookie-deletion': 'A cookie is set to be forgotten.',
    'other-port': 'The URL has a port that is not the public one: proxy-header-leak.',
    'health-check': 'The request is a health check.',
  },
  limits: [
    'Links within pages are not read.',
    'Where TLS ends at a proxy that says nothing, and its leg in front was not captured or not decrypted, nothing is said.',
    'Cookies are known by their names: those of sessions and logins, and those with SameSite=None.',
  ],
  references: [
    { title: 'RFC 9110 §10.2.2 Location', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2' },
    { title: 'RFC 7239 Forwarded HTTP Extension', url: 'https://www.rfc-editor.org/rfc/rfc7239' },
    { title: 'RFC 6265 §8.3 Clear Text', url: 'https://www.rfc-editor.org/rfc/rfc6265#section-8.3' },
  ],
};
