import type { RuleMeta } from '../rule.js';
import { MEANS } from './causes.js';

/** What the rule says of itself; docs/rules/cross-sni-reuse.md says the same at length. */
export const META: RuleMeta = {
  id: 'cross-sni-reuse',
  severity: 'critical',
  title: 'A connection for one name carries requests for another',
  feels:
    'Site B shows the page of site A, or 404, 403 or 421, and a private window or a reload cures it. Only in browsers, never with curl; sometimes only in Safari.',
  shows:
    'Requests whose authority (:authority, Host) is another name than the server name of the ClientHello that opened their connection; and what answered them: the wrong server, 421, or the right one. Without keys: DNS leads to the address of a connection for another name, no ClientHello follows, and data goes on there at once.',
  needs: ['tls.client-hello', 'http.exchanges'],
  hypotheses: MEANS,
  lookAlikes: {
    'same-name': 'Case, port, last dot and the two spellings of an international name make no other name.',
    'routed-by-name': 'The right server answers: harmless reuse, told as a notice.',
    'fixed-name':
      'A gateway opens its connections for a name of its configuration and sends requests for all names on them: meant to be so, unless the wrong server answers.',
    'gateway-pool': 'A gateway’s pool mixes names, and each request is answered as on a connection of its own.',
    'origin-frame': 'The server said in an ORIGIN frame that it serves the name on that connection.',
    tunnel: 'Requests within a CONNECT tunnel, and those to a forward proxy, name whoever is at the other end.',
    'health-check': 'A health check names what it likes.',
    'no-server-name': 'The ClientHello has no server name: the client asked by address.',
  },
  limits: [
    'That one server answers for both names is proof of misrouting only where something shows that the name is served elsewhere, or that it is given the page of the other name. Two names that are meant to be one site look alike; those that differ in "www." are taken for one.',
    'While Encrypted Client Hello may be in use, the server name may be the outer one: nothing is said of such connections where their requests are known.',
    'Without keys nothing is told but what DNS shows, as possible: names that are siblings under one parent, a client that asked DNS within the capture, no other way to the name.',
    'The page of an answer is compared by its length and first 4,096 bytes as sent; pages that differ each time compare as different, and then nothing is concluded from them.',
    'A 421 to a request that is sent again later than five seconds counts as not retried; where the captures end sooner, it is not known.',
  ],
  references: [
    { title: 'RFC 9113 §9.1.1 Connection Reuse', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-9.1.1' },
    {
      title: 'RFC 9110 §15.5.20 421 Misdirected Request',
      url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20',
    },
    {
      title: 'RFC 9110 §7.4 Rejecting Misdirected Requests',
      url: 'https://www.rfc-editor.org/rfc/rfc9110#section-7.4',
    },
    { title: 'RFC 8336 The ORIGIN HTTP/2 Frame', url: 'https://www.rfc-editor.org/rfc/rfc8336' },
  ],
};
