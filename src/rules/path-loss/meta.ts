import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/path-loss.md says the same at length. */
export const META: RuleMeta = {
  id: 'path-loss',
  severity: 'warning',
  title: 'The path loses segments',
  feels:
    'Slow transfers and pauses of 0.2, 0.6, 1.4 s and more for no reason of the application; time-outs at bad moments.',
  shows:
    'Ten segments and more, and over one in a hundred, sent again in one connection, or coming a round trip late where they were lost before the capture point; or one sent again three times and more until it was acknowledged.',
  needs: ['tcp.retransmissions'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'little-loss': 'Fewer, or all within 10 ms: TCP mends it unnoticed.',
    'nobody-answers': 'Segments that are never acknowledged: mtu-blackhole, idle-drop, a dead peer.',
    'too-large':
      'Sent again until it was cut smaller, or once a router had asked for smaller ones: a path MTU (mtu-blackhole).',
    'not-taken': 'The first request alone, again and again: a server whose queue is full (accept-queue-overflow).',
    overtaken: 'Segments out of order, each within less than a round trip of those that overtook it.',
    'arrived-twice': 'Sent again though it had arrived, as its receiver says by D-SACK: overtaken, or a probe.',
    'captured-twice': 'The same packet on two devices, or at both ends of the path, is no repetition.',
  },
  limits: [
    'What was lost before it came to the capture point is known by its coming a handshake’s time later than what was sent after it; where the handshake was not seen, it is not counted.',
    'Where on the way it is lost, only a second capture point tells.',
  ],
  references: [
    { title: 'RFC 6298 Computing TCP’s Retransmission Timer', url: 'https://www.rfc-editor.org/rfc/rfc6298' },
    { title: 'RFC 2883 D-SACK', url: 'https://www.rfc-editor.org/rfc/rfc2883' },
    { title: 'RFC 5681 TCP Congestion Control', url: 'https://www.rfc-editor.org/rfc/rfc5681' },
  ],
};
