import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/websocket-idle-close.md says the same at length. */
export const META: RuleMeta = {
  id: 'websocket-idle-close',
  severity: 'critical',
  title: 'WebSockets are cut after a time without frames',
  feels:
    'Close code 1006 ("closed abnormally") every 60 seconds or so, pages that reconnect for ever, notifications that come late or not at all; nothing in the application’s log.',
  shows:
    'A WebSocket whose last frame is followed, after a time that several share, by FIN or RST (over HTTP/2: RST_STREAM), without a Close frame of either side.',
  needs: ['http.webSockets', 'tcp.close'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'close-frame': 'A Close frame was sent: the application ended it, and said so.',
    'pong-timeout': 'A ping of whoever closed was not answered: it gave up on the other.',
    restart: 'Many end at one moment after different times: a restart.',
    'in-conversation': 'A frame was sent within the second before.',
    'different-times': 'The idle times have nothing in common, or a longer one was survived.',
    'left-by-chance': 'One or two that their own client ended at a time like a timer’s.',
  },
  limits: [
    'TLS without keys shows no frames.',
    'Fewer than three are told only where they meet a default time-out, as possible.',
    'Who gave up is known for sure only where both legs were captured.',
  ],
  references: [
    {
      title: 'RFC 6455 §7.1.5 The WebSocket Connection Close Code',
      url: 'https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5',
    },
    { title: 'RFC 6455 §5.5.2 Ping', url: 'https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2' },
    {
      title: 'nginx: proxy_read_timeout',
      url: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout',
    },
    { title: 'HAProxy: timeout tunnel', url: 'https://docs.haproxy.org/2.6/configuration.html#4-timeout%20tunnel' },
  ],
};
