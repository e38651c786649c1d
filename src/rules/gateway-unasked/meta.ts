import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/gateway-unasked.md says the same at length. */
export const META: RuleMeta = {
  id: 'gateway-unasked',
  severity: 'critical',
  title: 'Gateway answers 502, 503 or 504 by itself, and asks no server behind it',
  feels:
    '502 or 503 of a proxy while the application’s log has nothing: nginx "no live upstreams" or "limiting requests", HAProxy sQ-- and SC-- with <NOSRV>, Apache "all workers are in error state", Envoy "no healthy upstream" (UH) or "overflow" (UO).',
  shows:
    'Both legs of a gateway: for three requests and more that it answers 502, 503 or 504 there is none behind, nor an attempt to connect, while nearly all that it answers otherwise have theirs.',
  needs: ['http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'server-says-so': 'The server behind said it, and the gateway hands it on.',
    'asked-in-vain': 'It asked, and was refused, reset, or not answered: those rules tell it.',
    'serves-itself': 'It answers other requests by itself as well, so that one without a leg behind means nothing.',
    'server-not-captured':
      'Its failures are scattered among answers: a server that the capture leaves out may have been asked.',
    'front-only': 'The leg behind is not captured.',
  },
  limits: [
    'A server that is asked where the capture does not look (left out by its filter, over a Unix socket, on another device) is not seen: of one that takes all requests for a while the same would be said.',
    'The leg behind must be HTTP that can be read, and its requests be known by path and by name, User-Agent, request id or X-Forwarded-For; a failed request whose path is never asked for behind, of that name, is not judged.',
    'Where nothing was answered in the capture nobody knows whether it shows both legs.',
    'Why a gateway takes a server for dead is in its log, and not always in packets.',
  ],
  references: [
    { title: 'RFC 9110 §15.6.4 503 Service Unavailable', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4' },
    {
      title: 'nginx: max_fails and fail_timeout',
      url: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server',
    },
    {
      title: 'HAProxy: session state at disconnection',
      url: 'https://docs.haproxy.org/2.6/configuration.html#8.5',
    },
  ],
};
