import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/deploy-drain.md says the same at length. */
export const META: RuleMeta = {
  id: 'deploy-drain',
  severity: 'critical',
  title: 'Server is stopped with requests in progress',
  feels:
    'A burst of 502 with each deployment or scale-in; "connection reset" or "prematurely closed" for seconds, then all is well.',
  shows:
    'Connections with requests in progress that the server closes or resets at one moment, and SYNs refused within five seconds.',
  needs: ['http.exchanges', 'tcp.close', 'tcp.handshake'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'empty-response': 'A worker ends, the port goes on accepting.',
    'truncated-response': 'A response is cut, the port goes on accepting.',
    'connect-refused': 'The port refuses, and nothing was in progress when it began to.',
    drained: 'Connections are closed behind complete answers.',
    rejected: 'Bare resets: a packet filter or a path, the process lives.',
    'client-left': 'The client closed first.',
    'keepalive-race': 'The server’s end does not acknowledge the request: it had not read it.',
  },
  limits: [
    'A worker of several that ends is told by empty-response, truncated-response or rst-after-request: here the port itself must refuse.',
    'TLS without keys: that data of the client was a request is told from the order and lengths of records, and an answer that is cut is not told.',
  ],
  references: [
    { title: 'RFC 9112 §9.6 Tear-down', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.6' },
    { title: 'ingress-nginx #3639', url: 'https://github.com/kubernetes/ingress-nginx/issues/3639' },
    { title: 'Kubernetes #43576', url: 'https://github.com/kubernetes/kubernetes/issues/43576' },
  ],
};
