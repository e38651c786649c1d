/** What to change (rules.md, slow-response). */
import type { Remedy } from '../../facts/finding.js';
import { timeoutText } from '../argument/figures.js';
import type { Case } from './case.js';

/** An ALB takes no longer idle time-out. */
const MAX_ALB_SECONDS = 4000;

/** Make it faster, or let it take its time: inner time-outs below outer ones. */
export function remediesOf({ slow, abandoned, undelivered, leftInFront, gatewayTimeouts, timer }: Case): Remedy[] {
  if (undelivered.length === slow.length) return NOT_DELIVERED;
  const remedies: Remedy[] = [
    {
      component: 'application',
      text: 'Find what these requests wait for (a slow query, a lock, a call to another service), or answer 202 at once and let the client fetch the result.',
      config: null,
    },
  ];
  if (abandoned.length + leftInFront.length === 0 && gatewayTimeouts === 0) return remedies;
  const known = timer?.seconds ?? null;
  const at = known === null || timer === null ? '' : ` (${timeoutText(known, timer.agreeing)} here)`;
  const seconds = known === null ? 60 : Math.max(60, Math.ceil(known * 2));
  remedies.push(
    {
      component: 'nginx',
      text: `Where the work may take so long, raise the time-out of the proxy in front${at}, for that location alone.`,
      config: `proxy_read_timeout ${seconds}s;`,
    },
    {
      component: 'haproxy',
      text: `Where HAProxy waits for it, its log says sH--: raise this timer${at}.`,
      config: `timeout server ${seconds}s`,
    },
    {
      component: 'apache',
      text: `Where Apache waits for it as a proxy: raise this timer${at}.`,
      config: `ProxyPass "/" "http://BACKEND/" timeout=${seconds}`,
    },
    {
      component: 'load balancer',
      text: 'Each time-out must be longer than those behind it: an ALB idle time-out above the proxy’s, the proxy’s above the application’s.',
      config:
        seconds + 10 > MAX_ALB_SECONDS
          ? null
          : `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=idle_timeout.timeout_seconds,Value=${seconds + 10}`,
    },
  );
  return remedies;
}

const NOT_DELIVERED: Remedy[] = [
  {
    component: 'firewall',
    text: 'Find who takes them away: capture on the server’s host as well. If they arrive there, a packet filter or an agent of the host drops them, else a firewall, IPS or WAF on the way.',
    config: 'iptables -vnL | grep -E "DROP|REJECT"\nnft list ruleset | grep -nE "drop|reject"',
  },
  {
    component: 'haproxy',
    text: 'Until then, let a proxy give up on a server that does not acknowledge, and try another.',
    config: 'tcp-ut 10s # on the server line: TCP_USER_TIMEOUT\noption redispatch',
  },
];
