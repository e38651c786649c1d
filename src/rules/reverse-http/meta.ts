import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/reverse-http.md says the same at length. */
export const META: RuleMeta = {
  id: 'reverse-http',
  severity: 'warning',
  title: 'The side that dials is the server',
  feels:
    'Other tools show nonsense: answers from the client, "Malformed Packet". Where an idle connection is dropped: 503 until the server has dialled again.',
  shows:
    'HTTP requests from the side that accepted the TCP connection, ALPN h2-reverse, h3-reverse, rh1, rh2 or rh3, or the server name and port of a tunnel’s edge.',
  needs: ['tcp.handshake'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'ordinary-direction': 'HTTP/2 between the same hosts, TCP client and HTTP client being one.',
    'server-push': 'A server answers what nobody asked for, on even streams.',
    'not-answered': 'A request comes from the side that accepted, and nobody answers it: forged, or astray.',
    'unknown-direction': 'The capture begins in the middle: who dialled is not known.',
  },
  limits: ['Without keys only ALPN and names tell it.', 'Reverse HTTP over QUIC is not decoded.'],
  references: [
    {
      title: 'Reverse HTTP Transport (draft)',
      url: 'https://datatracker.ietf.org/doc/draft-bt-httpbis-reverse-http/',
    },
    { title: 'HAProxy: rhttp', url: 'https://docs.haproxy.org/2.9/configuration.html#attach-srv' },
  ],
};
