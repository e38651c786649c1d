/** What to change, by the cause that is supported (docs/rules/tls-offload-leak.md). */
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { supportedIn } from '../argument/cause.js';
import type { Case } from './case.js';

/** The remedies that fit, the server's own first where it is told and does not listen. */
export function remediesOf({ counts }: Case, hypotheses: readonly Hypothesis[]): Remedy[] {
  const isIgnored = supportedIn(hypotheses).has('header-ignored');
  const remedies: Remedy[] = isIgnored ? [...HEED] : [...TELL, ...HEED];
  if (counts.location + counts['content-location'] + counts.refresh > 0) remedies.push(...MEND_URLS);
  if (counts.cookie > 0) remedies.push(...MEND_COOKIES);
  return remedies;
}

const TELL: readonly Remedy[] = [
  {
    component: 'haproxy',
    text: 'Tell the server how the client came.',
    config:
      'http-request set-header X-Forwarded-Proto https if { ssl_fc }\nhttp-request set-header X-Forwarded-Proto http if !{ ssl_fc }',
  },
  {
    component: 'nginx',
    text: 'Tell the server how the client came.',
    config: 'proxy_set_header X-Forwarded-Proto $scheme;',
  },
  {
    component: 'apache',
    text: 'Tell the server how the client came, in the virtual host of port 443.',
    config: 'RequestHeader set X-Forwarded-Proto https',
  },
];

const HEED: readonly Remedy[] = [
  {
    component: 'application',
    text: 'Let the server believe what the proxy says: Tomcat RemoteIpValve, Spring server.forward-headers-strategy, Express trust proxy, Django SECURE_PROXY_SSL_HEADER, Rails assume_ssl, PHP $_SERVER["HTTPS"].',
    config:
      "# Spring\nserver.forward-headers-strategy=framework\n// Express\napp.set('trust proxy', 1)\n# Django\nSECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')",
  },
];

const MEND_URLS: readonly Remedy[] = [
  {
    component: 'haproxy',
    text: 'Where the server cannot learn it (Apache’s redirection for a missing slash), mend its answers.',
    config: 'http-response replace-header Location ^http://(.*)$ https://\\1 if { ssl_fc }',
  },
  {
    component: 'nginx',
    text: 'Where the server cannot learn it, mend its answers.',
    config: 'proxy_redirect http:// https://;',
  },
  {
    component: 'apache',
    text: 'Where the server cannot learn it, mend its answers.',
    config: 'Header edit Location ^http: https:',
  },
];

const MEND_COOKIES: readonly Remedy[] = [
  {
    component: 'haproxy',
    text: 'Session cookies: add Secure (and HttpOnly) where the server does not.',
    config: 'http-response replace-header Set-Cookie ^(.*)$ "\\1; Secure; HttpOnly" if { ssl_fc }',
  },
  {
    component: 'nginx',
    text: 'Session cookies: add Secure (and HttpOnly) where the server does not (since 1.19.3).',
    config: 'proxy_cookie_flags ~ secure httponly;',
  },
];
