/** What to change, by the cause that is supported (docs/rules/redirect-loop.md). */
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { supportedIn } from '../argument/cause.js';

/** The remedies that fit. */
export function remediesOf(hypotheses: readonly Hypothesis[]): Remedy[] {
  const supported = [...supportedIn(hypotheses)];
  const remedies = [...new Set(supported.flatMap((cause) => REMEDIES[cause] ?? []))];
  return remedies.length > 0 ? remedies : [LOOK];
}

const TELL: readonly Remedy[] = [
  {
    component: 'nginx',
    text: 'Tell the server that the client is on https, so that it need not send it there.',
    config: 'proxy_set_header X-Forwarded-Proto $scheme;',
  },
  {
    component: 'haproxy',
    text: 'Tell the server that the client is on https.',
    config: 'http-request set-header X-Forwarded-Proto https if { ssl_fc }',
  },
  {
    component: 'apache',
    text: 'Tell the server that the client is on https.',
    config: 'RequestHeader set X-Forwarded-Proto https',
  },
  {
    component: 'cloudflare',
    text: 'With the encryption mode "Flexible" the origin is asked over http whatever the visitor uses: choose "Full (strict)".',
    config: null,
  },
];

const HEED: Remedy = {
  component: 'application',
  text: 'Let the server believe X-Forwarded-Proto: Spring server.forward-headers-strategy, Tomcat RemoteIpValve, Express trust proxy, Django SECURE_PROXY_SSL_HEADER, WordPress $_SERVER["HTTPS"].',
  config: "# Spring\nserver.forward-headers-strategy=framework\n// Express\napp.set('trust proxy', 1)",
};

const REMEDIES: Readonly<Record<string, readonly Remedy[]>> = {
  'header-not-sent': [...TELL, HEED],
  'header-ignored': [HEED],
  'header-overwritten': [
    {
      component: 'proxy',
      text: 'The innermost proxy is itself asked over http: let it hand X-Forwarded-Proto on instead of setting it.',
      config:
        "map $http_x_forwarded_proto $proto {\n    default $http_x_forwarded_proto;\n    ''      $scheme;\n}\nproxy_set_header X-Forwarded-Proto $proto;",
    },
  ],
  'scheme-ping-pong': [
    {
      component: 'application',
      text: 'One side sends https to http, the other http to https: take one of the two redirections away.',
      config: null,
    },
    HEED,
  ],
  'cookie-not-kept': [
    {
      component: 'application',
      text: 'The cookie does not come back: look at its Domain, Path, Secure and SameSite, and at clients that refuse cookies; end the loop with a page that says so.',
      config: null,
    },
  ],
};

const LOOK: Remedy = {
  component: 'server',
  text: 'Look for the redirection whose condition stays true: canonical host, trailing slash, login.',
  config: null,
};
