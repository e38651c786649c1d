import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/websocket-cut.md says the same at length. */
export const META: RuleMeta = {
  id: 'websocket-cut',
  severity: 'warning',
  title: 'WebSockets are cut in the middle of their work',
  feels:
    'Close code 1006 ("closed abnormally") for many at once, at each deployment or reload of the proxy, or for each after the same time, however busy it is; "WebSocket connection closed unexpectedly".',
  shows:
    'WebSockets that their server, or the proxy in front of it, ends with FIN, RST or RST_STREAM without a Close frame: three and more at one moment or at one age, or fewer where the proxy is seen to end both its legs.',
  needs: ['http.webSockets', 'tcp.close'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'close-frame': 'A Close frame was sent: the application ended it, and said so.',
    'client-left':
      'The client ended it: a closed tab, a program that leaves, with FIN, RST, close_notify or END_STREAM.',
    'idle-timeout':
      'All were silent for as long, or ended by who looks in turns for what is silent: websocket-idle-close.',
    'pong-timeout':
      'A ping of whoever closed was not answered, or what it sent was not acknowledged: the client was gone.',
    goodbye:
      'The clients spoke right before, or all as long before: they may have said in their own protocol that they leave, and had a receipt.',
    'nothing-more-to-say': 'The server sent each as many frames, ended it, and nobody came back: it was done.',
    'few-one-by-one': 'One or two, of which no leg behind is known.',
    'handed-on': 'The leg behind was ended by its server first: it is told of that server.',
  },
  limits: [
    'TLS without keys shows no frames.',
    'An application that says goodbye in a protocol of its own inside the frames, and hangs up, looks alike where many do so at one moment.',
    'Who ended it is known for sure only where both legs were captured.',
  ],
  references: [
    {
      title: 'RFC 6455 §7.1.5 The WebSocket Connection Close Code',
      url: 'https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5',
    },
    {
      title: 'RFC 6455 §7.2.3 Recovering from Abnormal Closure',
      url: 'https://www.rfc-editor.org/rfc/rfc6455#section-7.2.3',
    },
    {
      title: 'nginx: worker_shutdown_timeout',
      url: 'https://nginx.org/en/docs/ngx_core_module.html#worker_shutdown_timeout',
    },
    { title: 'HAProxy: hard-stop-after', url: 'https://docs.haproxy.org/2.6/configuration.html#3.1-hard-stop-after' },
  ],
};
