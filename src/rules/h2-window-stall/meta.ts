import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/h2-window-stall.md says the same at length. */
export const META: RuleMeta = {
  id: 'h2-window-stall',
  severity: 'warning',
  title: 'An HTTP/2 receiver gives no window, and the sender waits',
  feels:
    'Uploads over HTTP/2 that stand still while other requests on the same connection are quick; answers that stop at 64 KiB, or at the size of a buffer, and never go on; all requests of one connection that hang together.',
  shows:
    'A window of HTTP/2, counted from the connection’s beginning, that is used up amid a message and for which no WINDOW_UPDATE comes: for a second and longer in an upload; for five and until its end in an answer; or that of the whole connection, while its client asks for more.',
  needs: ['h2'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'slow-reader': 'A client that takes its time and takes all at last: flow control at work.',
    'short-pause': 'An upload that waits for less than a second.',
    streaming: 'gRPC, WebSockets, tunnels and streams of events hold each other back as they like.',
    'answered-early': 'The server has answered and needs no more of the body.',
    'changed-its-mind': 'A client that leaves an answer within five seconds.',
    'nobody-asks': 'The window of the connection is used up, and nobody asks for more on it.',
    loss: 'What used the window up was sent again, or never acknowledged: it had not arrived. Or a window that was given may have been lost, on its way or to the capture.',
    'still-going': 'The capture ends before the answer does.',
  },
  limits: [
    'Of a proxy whose both legs stand still at a time, the leg that goes on first is told of: the other only passes that on.',
    'TLS without keys shows nothing of it, nor does a connection that had begun before the capture.',
    'Of one connection the earliest 31 stalls and the last are known.',
    'Where a proxy speaks HTTP/1 behind, its own standing still there is zero-window-stall’s.',
    'Which function of an application does not read is told by the application.',
  ],
  references: [
    { title: 'RFC 9113 §5.2 Flow Control', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-5.2' },
    { title: 'RFC 9113 §6.9 WINDOW_UPDATE', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-6.9' },
  ],
};
