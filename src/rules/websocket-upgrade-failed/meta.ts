import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/websocket-upgrade-failed.md says the same at length. */
export const META: RuleMeta = {
  id: 'websocket-upgrade-failed',
  severity: 'critical',
  title: 'A request for a WebSocket does not become one',
  feels:
    'Browsers: "Error during WebSocket handshake: Unexpected response code: 400" (200, 403, 404, 426), close code 1006 at once; Spring: "Handshake failed due to invalid Upgrade header: null"; socket.io stays with polling.',
  shows:
    'A request with Sec-WebSocket fields, Upgrade: websocket or :protocol, and an answer that is not 101 (over HTTP/2: not 2xx), or a 101 without the right Sec-WebSocket-Accept.',
  needs: ['http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    polling: 'Requests of SockJS or Engine.IO that poll: they have no field of the handshake.',
    'authentication-round': '401, and then the same client is accepted.',
    'h2c-upgrade': 'An upgrade to HTTP/2 in clear.',
    'extended-connect': 'CONNECT with :protocol over HTTP/2, which is answered 200.',
    'cut-head': 'Part of the request’s head was not captured: what is missing may have been there.',
  },
  limits: [
    'TLS without keys shows nothing of it.',
    'The two legs of a proxy are paired by Sec-WebSocket-Key; a proxy that makes its own (from HTTP/2) is not.',
    'Why a whole handshake was refused, the application’s log says; packets say what those that were accepted had.',
  ],
  references: [
    { title: 'RFC 6455 §4.2 Server-Side Requirements', url: 'https://www.rfc-editor.org/rfc/rfc6455#section-4.2' },
    { title: 'RFC 8441 §4 The Extended CONNECT Method', url: 'https://www.rfc-editor.org/rfc/rfc8441#section-4' },
    { title: 'RFC 9110 §7.8 Upgrade', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-7.8' },
    { title: 'nginx: WebSocket proxying', url: 'https://nginx.org/en/docs/http/websocket.html' },
  ],
};
