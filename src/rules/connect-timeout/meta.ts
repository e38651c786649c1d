import type { RuleMeta } from '../rule.js';

/** What the rule says of itself; docs/rules/connect-timeout.md says the same at length. */
export const META: RuleMeta = {
  id: 'connect-timeout',
  severity: 'critical',
  title: 'Connections are not answered',
  feels:
    '"Connection timed out", ETIMEDOUT; 503 or 504 after a round time: HAProxy sC--, nginx "upstream timed out (110) while connecting to upstream", Envoy UF, Cloudflare 522, ALB 504 after 10 s.',
  shows: 'A SYN that is sent again, once or more, and no handshake until the client gives up.',
  needs: ['tcp.handshake'],
  hypotheses: {
    'transparent-proxy': 'A proxy asks in its clients’ names, and the answers pass it by.',
    'by-source':
      'The server, or a filter, answers some nets and not others (reverse path filter, security group, route).',
    'way-back': 'The server answers, and its answers do not arrive.',
    'queue-full': 'The server’s queue of connections is full.',
    dropped: 'A packet filter or security group drops new connections.',
    'host-down': 'The host is down or cut off.',
  },
  lookAlikes: {
    'connect-refused': 'RST or an ICMP error comes instead.',
    'one-lost-syn': 'The SYN sent again is answered: loss, or accept-queue-overflow.',
    'cut-by-the-end': 'The capture ends within two seconds.',
    'port-scan': 'One client tries many endpoints.',
    'other-ip-version': 'The same port is served over the other IP version, which clients take at once (a notice).',
  },
  limits: [
    'From the client’s side it cannot be seen whether the SYNs are lost or the answers; that is told where SYN-ACKs were captured.',
    'A host of which nothing was captured but the SYNs to it may as well be down: that it is there is known from other connections to its address, from ARP or neighbour discovery, or from the answer to a ping.',
    'A SYN sent a single time is not counted: its client may have left at once.',
    'After how long a proxy gives up is known where its answer to the client in front is captured.',
  ],
  references: [
    { title: 'RFC 6298 Computing TCP’s Retransmission Timer', url: 'https://www.rfc-editor.org/rfc/rfc6298' },
    { title: 'RFC 3704 Ingress Filtering for Multihomed Networks', url: 'https://www.rfc-editor.org/rfc/rfc3704' },
    { title: 'Linux ip-sysctl: rp_filter', url: 'https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html' },
  ],
};
