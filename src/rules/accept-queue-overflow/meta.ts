import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/accept-queue-overflow.md says the same at length. */
export const META: RuleMeta = {
  id: 'accept-queue-overflow',
  severity: 'critical',
  title: 'The server’s queue of connections is full',
  feels:
    'Under load some requests take one second more, or three, or seven; connect time-outs though the server answers others; "listen queue overflow" counters that grow.',
  shows:
    'Three SYNs and more answered only when they were sent again, a second and more later, while others are answered at once; or handshakes whose ACK and request the server takes only when they come again and again; or a bare RST in answer to the ACK of handshakes.',
  needs: ['tcp.handshake', 'tcp.retransmissions'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'defer-accept':
      'The SYN-ACK comes again because the client has sent nothing yet (TCP_DEFER_ACCEPT, Apache’s default).',
    'one-lost-syn': 'One or two: loss.',
    'connect-timeout': 'No SYN is answered, however often it is sent.',
    'full-for-a-moment': 'Connections wait in the queue and are answered late, but nothing has to be sent again.',
    'reset-on-the-way':
      'Another hand’s RST (its TTL), or one for the request alone: asymmetric-path, rst-after-request.',
    'nobody-prompt': 'No handshake is taken at once: a long way, or a path that loses.',
  },
  limits: [
    'Away from the server a lost SYN looks alike: then it is likely, not certain; where late ones stand apart among many that are taken at once it is a notice, and possible.',
    'Linux drops the SYN, or the ACK, when its queue is full; with tcp_abort_on_overflow it resets.',
    'A request that was sent again only once does not count: that is one lost segment, too.',
  ],
  references: [
    { title: 'listen(2)', url: 'https://man7.org/linux/man-pages/man2/listen.2.html' },
    {
      title: 'Linux ip-sysctl: somaxconn, tcp_abort_on_overflow',
      url: 'https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html',
    },
    { title: 'RFC 6298 §2 The Basic Algorithm', url: 'https://www.rfc-editor.org/rfc/rfc6298#section-2' },
  ],
};
