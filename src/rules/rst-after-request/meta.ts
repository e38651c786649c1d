import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/rst-after-request.md says the same at length. */
export const META: RuleMeta = {
  id: 'rst-after-request',
  severity: 'critical',
  title: 'Server resets instead of answering',
  feels:
    '502 at the load balancer and nothing in the log of the server or the application; often some sources always fail and others never. An ALB logs "0.001 0.001 -1 502 -", which means that no response was received, not that one was cut.',
  shows:
    'A request is outstanding, then a RST in the server’s name arrives, and not one byte of a response in between; no FIN before it. After an idle time of half a second or more it is told where that is not the server’s idle time-out. In HTTP/2: streams whose requests stand unanswered when the server resets the connection. In TLS without keys: application data of the client after the server’s last byte. Where no payload was captured: the client’s first bytes on a connection on which the server says nothing.',
  needs: ['tcp.handshake', 'tcp.close', 'http.exchanges'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'keepalive-race':
      'The server’s idle timer had expired: a FIN before, a RST that acknowledges nothing of the request on a reused connection, or aborts that come when idle connections are given up.',
    'idle-drop':
      'A bare RST with another TTL or link-layer source after half a minute of idleness and more: the way forgot it.',
    'client-abort': 'The client gave up: its FIN, or a RST at its own position, comes first.',
    'after-answer': 'The RST follows an answer: lingering data, or an impatient close. No request is lost.',
    'early-response-reset':
      'The server answers (413, 401) before the body is through, then resets: bytes of a response were seen.',
    'stalled-request':
      'The client stopped in the middle of its request, half a second and more before the RST: a timer of the server ran out.',
    'answer-ahead':
      'The answer stands in the capture just before its request: clocks of interfaces differ, or queues overtake one another.',
    goaway:
      'HTTP/2: the server had said GOAWAY, or had reset the stream, before it reset the connection. That was an answer.',
    'accept-queue-overflow':
      'The bare ACK of the handshake is reset by the server itself, before the request, or as well as it: its queue is full.',
    'asymmetric-path':
      'The ACK of the handshake and the request are each reset on their way, and the server, which got neither, sends its SYN-ACK again.',
    'old-protocol': 'HTTP/0.9 and other protocols answer without a status line.',
    'reordered-reset': 'The RST overtook bytes of its own sender: the answer lies behind it in the capture.',
  },
  limits: [
    'A Linux kernel without a socket and a packet filter with "REJECT --reject-with tcp-reset" write the same RST: only a common attribute of the reset requests, or the state of the server, tells them apart.',
    'In TLS without keys it is likely, not known, that application data of a client that speaks HTTP is a request; of other bytes only forged resets are told.',
    'Where a text or a snap length leaves no payload, a reset of a connection’s first bytes is possible, never more: that they were a request is not known. Resets on connections that had served before are not told then.',
    'A connection that the capture begins within is judged only from its second request on.',
    'The shapes of resets are those of Linux; other systems may differ.',
  ],
  references: [
    { title: 'RFC 9293 §3.5.2 Reset Generation', url: 'https://www.rfc-editor.org/rfc/rfc9293#section-3.5.2' },
    { title: 'RFC 9293 §3.5.3 Reset Processing', url: 'https://www.rfc-editor.org/rfc/rfc9293#section-3.5.3' },
    {
      title: 'RFC 5961 §3 Blind Reset Attack Using the RST Bit',
      url: 'https://www.rfc-editor.org/rfc/rfc5961#section-3',
    },
    {
      title: 'RFC 2525 §2.17 Failure to RST on close with data pending',
      url: 'https://www.rfc-editor.org/rfc/rfc2525#section-2.17',
    },
    { title: 'RFC 7323 §3.2 Timestamps Option', url: 'https://www.rfc-editor.org/rfc/rfc7323#section-3.2' },
  ],
};
