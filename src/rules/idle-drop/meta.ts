import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/idle-drop.md says the same at length. */
export const META: RuleMeta = {
  id: 'idle-drop',
  severity: 'critical',
  title: 'Idle connections are forgotten on the way',
  feels:
    'The first request after a pause hangs for seconds or minutes, or gets "connection reset by peer" that no server wrote; pools of databases and brokers, long WebSockets, gRPC channels.',
  shows:
    'A pause of half a minute and longer, no FIN, then a segment that is sent again twice and more and never acknowledged, or a bare RST with another TTL or link-layer source than the peer’s.',
  needs: ['tcp.idle', 'tcp.retransmissions', 'tcp.close'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'keepalive-race': 'The peer had sent FIN, or resets itself.',
    'peer-restarted': 'The RST is the peer’s own (its TTL and link-layer source).',
    'lost-segment': 'It was acknowledged at last.',
    'kept-alive': 'TCP keep-alives, or a longer memory: the same pause, and what comes next is answered.',
    'short-pause': 'Less than half a minute.',
    'capture-ended': 'The segment was sent again once at most.',
  },
  limits: [
    'After how long it forgets lies between the longest pause that was survived and the shortest that was not.',
    'In silence, a peer that is gone looks alike, until the same server is seen to accept another connection.',
  ],
  references: [
    { title: 'RFC 5382 §5 TCP Session Refresh (NAT)', url: 'https://www.rfc-editor.org/rfc/rfc5382#section-5' },
    {
      title: 'AWS: Network Load Balancers, connection idle timeout',
      url: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html',
    },
    { title: 'librdkafka #3289', url: 'https://github.com/confluentinc/librdkafka/issues/3289' },
  ],
};
