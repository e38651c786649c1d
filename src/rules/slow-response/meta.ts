import type { RuleMeta } from '../rule.js';

/** What the rule says of itself; docs/rules/slow-response.md says the same at length. */
export const META: RuleMeta = {
  id: 'slow-response',
  severity: 'critical',
  title: 'Server takes so long that its client gives up, or far longer than it usually does',
  feels:
    'Slow pages; 504 at a round number of seconds (nginx "upstream timed out", HAProxy sH--, ALB 504), 499 or 524 in a log; and the question which hop it was.',
  shows:
    'A whole request without an answer until the client closes after a time-out, or while the server answers nobody; or an answer 504 after a second and more, or three answers and more that took over a second and five times the server’s median, or one that came the moment an idle connection ended; or a request that is sent again and again and never acknowledged.',
  needs: ['http.exchanges', 'tcp.close'],
  hypotheses: {
    'works-long': 'The server has the request and takes that long.',
    'held-up': 'Its workers, or its places for connections, are taken by connections on which nothing is asked.',
    network: 'The request, or its answer, was held up on the way.',
    filter: 'A packet filter, on the way or on the server’s host, takes such requests away.',
    'client-timer': 'The client gives up by a timer.',
    'some-requests': 'Some requests are slow, not the server.',
  },
  lookAlikes: {
    'server-sent-events':
      'A stream of events, a gRPC call, a WebSocket: they take their time by design; a call that gets no answer by its own deadline (grpc-timeout) does not.',
    'long-poll':
      'The client asked to wait: by its target, or one path takes the same time over and over, or ends with 204.',
    'lost-request': 'Bytes of the request were sent again: it is counted from their last copy on.',
    upload: 'The request itself took so long.',
    'slow-as-always': 'The server always takes that long.',
    'left-at-will': 'The client left after no time-out in particular: client-abort.',
    'lost-response': 'The capture lost the answer’s beginning.',
    'not-reached':
      'A gateway answers 504 because it cannot connect, or what it sends is never acknowledged: connect-timeout, idle-drop, mtu-blackhole.',
    'behind-it': 'The same wait at a server behind it: told there, once.',
  },
  limits: [
    'In TLS without keys records are judged by order, length and time, where client and server take turns: one step less sure, late answers as a notice. A 504 is not read, and a long poll not told from a late answer unless several take the same time.',
    'That the server’s kernel acknowledged a request does not say that its process had read it.',
    'Requests that wait in HTTP/2 are measured stream by stream; one stream alone that its client gives up is told by client-abort.',
  ],
  references: [
    { title: 'RFC 9110 §15.6.5 504 Gateway Timeout', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6.5' },
    {
      title: 'nginx: proxy_read_timeout',
      url: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout',
    },
    {
      title: 'AWS: troubleshooting Application Load Balancers, HTTP 504',
      url: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html',
    },
  ],
};
