import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/zero-window-stall.md says the same at length. */
export const META: RuleMeta = {
  id: 'zero-window-stall',
  severity: 'warning',
  title: 'A receiver does not read, and the sender waits',
  feels: 'Uploads or downloads that stand still and go on; slow transfers that no bandwidth mends.',
  shows:
    'A window of 0 of the server for a fifth of a second and longer, or of the client for a second, before any FIN or RST, on a connection whose other side sends data.',
  needs: ['tcp.windows'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'short-pause':
      'Closed for less: a server that was busy, a client that fetches slowly and opens its window again and again.',
    'after-its-end': 'A side that closes lets its window fall to 0: nobody waits for it.',
    'nothing-to-send': 'The other side sends no data.',
  },
  limits: [
    'Of a proxy whose both legs stand still at a time, the leg that goes on first is told of: the other only passes that on.',
    'HTTP/2 has windows of its own within TCP’s: h2-window-stall.',
    'Which function of an application does not read is told by the application.',
  ],
  references: [
    { title: 'RFC 9293 §3.8.6.1 Zero-Window Probing', url: 'https://www.rfc-editor.org/rfc/rfc9293#section-3.8.6.1' },
  ],
};
