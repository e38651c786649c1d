/** What to change (docs/rules/websocket-idle-close.md). */
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { secondsText } from '../../text/duration.js';
import { timeoutText } from '../argument/figures.js';
import type { Case } from './case.js';

/** Longer than any page stays silent, and longer than what cuts it off now. */
const LONG_SECONDS = 3600;
/** An ALB takes no longer idle time-out. */
const MAX_ALB_SECONDS = 4000;

/** The remedies that fit. */
export function remediesOf({ seconds, timer }: Case, hypotheses: readonly Hypothesis[]): Remedy[] {
  const ruledOut = new Set(hypotheses.filter(({ verdict }) => verdict === 'ruled-out').map(({ cause }) => cause));
  const everyMs = pingMs(seconds);
  const remedies: Remedy[] = [
    {
      component: 'application',
      text: `Ping at least every ${secondsText(everyMs / 1000)} from the server (TCP keep-alives do not count with proxies): Spring setHeartbeatValue, ws "ping()", socket.io pingInterval, Daphne --ping-interval, Uvicorn --ws-ping-interval.`,
      config: `setInterval(() => server.clients.forEach((socket) => socket.ping()), ${everyMs}); // ws`,
    },
  ];
  if (!ruledOut.has('proxy-timeout')) remedies.push(...proxies(Math.max(LONG_SECONDS, Math.ceil(seconds * 2))));
  if (!ruledOut.has('server-timeout')) {
    const longer = Math.max(LONG_SECONDS, Math.ceil(seconds * 2));
    remedies.push({
      component: 'server',
      text: `If the application ends idle WebSockets on purpose, let it say so with a Close frame (1001), and raise its time-out of ${timeoutText(seconds, timer.agreeing)}.`,
      config: `session.setMaxIdleTimeout(${longer * 1000}); // Jakarta WebSocket`,
    });
  }
  return remedies;
}

/** Half the time-out, in whole seconds where it has two and more. */
function pingMs(seconds: number): number {
  return seconds >= 2 ? Math.floor(seconds / 2) * 1000 : Math.max(1, Math.floor(seconds * 5)) * 100;
}

function proxies(seconds: number): Remedy[] {
  return [
    {
      component: 'nginx',
      text: 'In the location of the WebSocket (60 s by default).',
      config: `proxy_read_timeout ${seconds}s;\nproxy_send_timeout ${seconds}s;`,
    },
    {
      component: 'haproxy',
      text: 'After the 101 this timer stands for those of client and server.',
      config: `timeout tunnel ${seconds === LONG_SECONDS ? '1h' : `${seconds}s`}`,
    },
    {
      component: 'aws-alb',
      text: '60 s by default, up to 4,000 s.',
      config:
        seconds > MAX_ALB_SECONDS
          ? null
          : `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=idle_timeout.timeout_seconds,Value=${seconds}`,
    },
    {
      component: 'apache',
      text: 'For mod_proxy_wstunnel and upgrade=websocket; or timeout= on the ProxyPass alone (Timeout rules unless set, 60 s by default).',
      config: `ProxyTimeout ${seconds}`,
    },
    {
      component: 'envoy',
      text: 'The stream’s idle time-out, 5 min by default.',
      config: `stream_idle_timeout: ${seconds}s`,
    },
  ];
}
