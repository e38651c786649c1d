import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/redirect-loop.md says the same at length. */
export const META: RuleMeta = {
  id: 'redirect-loop',
  severity: 'critical',
  title: 'A redirection leads to what was asked for, again and again',
  feels:
    'Browsers: ERR_TOO_MANY_REDIRECTS, "The page isn’t redirecting properly"; curl: "Maximum (50) redirects followed".',
  shows:
    'Three and more answers with 3xx in a row, to one client and target, each with Location equal to the URL that was asked for, up to the scheme.',
  needs: ['http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'http-to-https': 'Each visitor of port 80 is sent to https once.',
    'asked-anew': 'The same redirection again and again, seconds apart: a monitor, a poller.',
    'post-redirect-get': 'After a POST, the same page again.',
    'cookie-check': 'One or two turns, to see whether a cookie comes back.',
    'other-url': 'It leads somewhere else: another path, host, or port.',
  },
  limits: [
    'Loops over several URLs are not followed.',
    'Without X-Forwarded-For all clients of a proxy look like one.',
    'TLS without keys shows nothing of it in front; the leg behind is plain by nature.',
  ],
  references: [
    { title: 'RFC 9110 §15.4 Redirection 3xx', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.4' },
    { title: 'RFC 7239 Forwarded HTTP Extension', url: 'https://www.rfc-editor.org/rfc/rfc7239' },
  ],
};
