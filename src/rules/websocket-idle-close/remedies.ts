/** What to change (rules.md, websocket-idle-close). */
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { secondsText } from '../../text/duration.js';
import type { Case } from './case.js';

/** The remedies that fit. */
export function remediesOf({ seconds }: Case, hypotheses: readonly Hypothesis[]): Remedy[] {
  const ruledOut = new Set(hypotheses.filter(({ verdict }) => verdict === 'ruled-out').map(({ cause }) => cause));
  const half = Math.max(1, Math.floor(seconds / 2));
  const remedies: Remedy[] = [
    {
      component: 'application',
      text: `Ping at least every ${secondsText(seconds / 2)} from the server (TCP keep-alives do not count with proxies): Spring setHeartbeatValue, ws "ping()", socket.io pingInterval, Django Channels websocket_ping_interval.`,
      config: `setInterval(() => server.clients.forEach((socket) => socket.ping()), ${half * 1000}); // ws`,
    },
  ];
  if (!ruledOut.has('proxy-timeout')) remedies.push(...PROXIES);
  if (!ruledOut.has('server-timeout'))
    remedies.push({
      component: 'server',
      text: `If the application ends idle WebSockets on purpose, let it say so with a Close frame (1001), and raise its time-out of ${secondsText(seconds)}.`,
      config: 'server.tomcat.connection-timeout=75s\nws.session.setMaxIdleTimeout(3600000); // Jakarta WebSocket',
    });
  return remedies;
}

const PROXIES: readonly Remedy[] = [
  {
    component: 'nginx',
    text: 'In the location of the WebSocket (60 s by default).',
    config: 'proxy_read_timeout 3600s;\nproxy_send_timeout 3600s;',
  },
  {
    component: 'haproxy',
    text: 'After the 101 this timer stands for those of client and server.',
    config: 'timeout tunnel 1h',
  },
  {
    component: 'aws-alb',
    text: '60 s by default, up to 4,000 s.',
    config:
      'aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=idle_timeout.timeout_seconds,Value=3600',
  },
  {
    component: 'apache',
    text: 'For mod_proxy_wstunnel and upgrade=websocket.',
    config: 'ProxyTimeout 3600\nProxyWebsocketIdleTimeout 3600',
  },
  {
    component: 'envoy',
    text: 'The stream’s idle time-out, 5 min by default.',
    config: 'stream_idle_timeout: 3600s',
  },
];
