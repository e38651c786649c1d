import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/preconnect-408.md says the same at length. */
export const META: RuleMeta = {
  id: 'preconnect-408',
  severity: 'critical',
  title: 'Server gives connections up before their request has come',
  feels:
    'A 408 for nothing: the first click on a page fails (ERR_EMPTY_RESPONSE, a page "408 Request Time-out"), Go logs "unsolicited response received on idle HTTP channel", HAProxy logs 408 <BADREQ> with cR--, Apache and nginx log 408 "-".',
  shows:
    'A handshake, no request or half of one, and then a 408 or a FIN of the server, at an age that many such connections share. Worst: a request that its client writes on the connection afterwards.',
  needs: ['tcp.handshake', 'tcp.close', 'http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'closed-by-client':
      'The client closes its unused connection itself, as browsers do; some servers answer that with 400.',
    'mtu-blackhole': 'The client did send, and its bytes did not arrive: unacknowledged, repeated, or in part.',
    'health-check': 'A monitor or scanner that knocks and asks nothing, at any of many servers or at a fixed period.',
    'answered-408': 'A whole request was read and answered with 408: the application says so.',
    'lost-request': 'The capture lost bytes of the client: a request may have been there.',
    'server-restart': 'Many connections of different age are closed at one moment, without a 408.',
    'closed-at-once': 'The server closes within a second: it refuses, it did not wait.',
    'tls-handshake': 'The TLS handshake did not come to its end, or the server sent an alert.',
    'expect-continue': 'The client waits for 100 (Continue) with the body of its request.',
    'not-http': 'Nothing shows that the server speaks HTTP.',
  },
  limits: [
    'A silent close is told only where three unused connections share its age, where half a request was cut off, or where a request came too late: what is closed alone may have had another reason.',
    'In TLS without keys a record of a 408’s size stands for one, three of the same age at least, likely at best; half a request cannot be told from a whole one.',
    'HTTP/2 connections that carry no request are closed with GOAWAY, which no client takes for an answer: they are not judged.',
    'A connection that the capture begins within is not judged, since its age is not known.',
    'A server that looks at intervals (Node.js, by default each 30 s) shows an upper bound of its time-out, not the time-out.',
  ],
  references: [
    { title: 'RFC 9110 §15.5.9 408 Request Timeout', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9' },
    { title: 'RFC 9112 §9.5 Failures and Timeouts', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.5' },
    {
      title: 'HAProxy: option http-ignore-probes',
      url: 'https://docs.haproxy.org/2.6/configuration.html#4-option%20http-ignore-probes',
    },
    {
      title: 'Apache: RequestReadTimeout',
      url: 'https://httpd.apache.org/docs/2.4/mod/mod_reqtimeout.html',
    },
    {
      title: 'nginx: client_header_timeout',
      url: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#client_header_timeout',
    },
    { title: 'Node.js: server.headersTimeout', url: 'https://nodejs.org/api/http.html#serverheaderstimeout' },
  ],
};
