/** What to change (docs/rules/slow-response.md). */
import type { Remedy } from '../../facts/finding.js';
import { timeoutText } from '../argument/figures.js';
import { GRPC_DEADLINE_EXCEEDED } from '../judgements/gateway-error.js';
import { type Case, isOfGatewayAlone } from './case.js';
import type { HeldUp } from './held-up.js';
import type { SlowExchange } from './slow-exchange.js';

/** An ALB takes no longer idle time-out. */
const MAX_ALB_SECONDS = 4000;
/** Different deadlines told of. */
const DEADLINES = 3;

/** Make it faster, or let it take its time: inner time-outs below outer ones. */
export function remediesOf(subject: Case): Remedy[] {
  const { slow, abandoned, undelivered, leftInFront, gatewayTimeouts, timer, heldUp } = subject;
  if (undelivered.length === slow.length)
    return undelivered.some((one) => (one.undelivered?.waitsForAck ?? 0) > 0)
      ? [...BYPASSED, ...NOT_DELIVERED]
      : NOT_DELIVERED;
  if (heldUp !== null && abandoned.length + leftInFront.length + gatewayTimeouts === 0) return heldUpRemedies(heldUp);
  const ended = slow.filter(({ how }) => how === 'abandoned' || how === 'gateway-timeout');
  const areCalls = ended.every(({ deadline, status }) => deadline !== null || status === GRPC_DEADLINE_EXCEEDED);
  const isGrpc = ended.length > 0 && areCalls && leftInFront.length === 0;
  const instead = isGrpc
    ? 'return at once and give the result by a later call'
    : 'answer 202 at once and let the client fetch the result';
  const remedies: Remedy[] = [
    {
      component: 'application',
      text: `Find what these requests wait for (a slow query, a lock, a call to another service), or ${instead}.`,
      config: null,
    },
  ];
  if (abandoned.some(({ unheard }) => unheard !== null)) remedies.unshift(UNHEARD);
  if (abandoned.length + leftInFront.length === 0 && gatewayTimeouts === 0) return remedies;
  if (isGrpc) return [...remedies, ...grpcRemedies(ended)];
  if (isOfGatewayAlone(subject)) remedies.unshift(WHICH_IT_WAS);
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

/** Of servers with a worker for each connection; tried with the programs themselves. */
function heldUpRemedies({ releases }: HeldUp): Remedy[] {
  const areUnused = releases.every(({ hold }) => hold.isUnused);
  return [
    {
      component: 'application',
      text: 'Let the server take connections by threads or events, not one after the other: browsers open spare connections, and a sync worker waits with each.',
      config:
        'gunicorn --worker-class gthread --threads 8 APP\nflask run --with-threads # Werkzeug: run_simple(..., threaded=True)\nThreadingHTTPServer(address, handler) # in place of HTTPServer',
    },
    {
      component: 'nginx',
      text: 'Or put a proxy before it that waits for whole requests, and opens a connection for each only then.',
      config: 'proxy_pass http://BACKEND;',
    },
    {
      component: 'apache',
      text: `Where it is Apache: mpm_event, in which ${areUnused ? 'unused' : 'idle'} connections take no worker; with mpm_prefork more workers, and a shorter KeepAliveTimeout.`,
      config: 'a2dismod mpm_prefork && a2enmod mpm_event',
    },
    {
      component: 'haproxy',
      text: 'Where it is HAProxy at the end of its maxconn (its log says nothing; show info: CurrConns at Maxconn): more places, and a shorter time for those who ask nothing.',
      config: 'global\n    maxconn 20000\ndefaults\n    timeout http-request 10s\n    timeout http-keep-alive 5s',
    },
  ];
}

/** A call ends by the deadline that its client declared; where it declared none, by one of a proxy or of the server. */
function grpcRemedies(ended: readonly SlowExchange[]): Remedy[] {
  const remedies: Remedy[] = [];
  const declared = [...new Set(ended.flatMap(({ deadline }) => deadline ?? []))];
  if (declared.length > 0)
    remedies.push({
      component: 'client',
      text: `The client’s own deadline ends these calls (grpc-timeout: ${declared.slice(0, DEADLINES).join(', ')}): where the work may take longer, give that method a longer one, in the client’s code or in its service config; a call that it makes for another must end before that one does.`,
      config: '"methodConfig": [{ "name": [{ "service": "SERVICE", "method": "METHOD" }], "timeout": "60s" }]',
    });
  if (ended.some(({ deadline }) => deadline === null))
    remedies.push({
      component: 'proxy',
      text: 'Where a proxy gives these calls up, raise its time-out for that method above the slowest call.',
      config: 'grpc_read_timeout 60s; # nginx\ntimeout server 60s # HAProxy\nroute: { timeout: 60s } # Envoy',
    });
  return remedies;
}

const BYPASSED: Remedy[] = [
  {
    component: 'host',
    text: 'On the server, see whether its answers leave by the device that the requests come by; where they do not, send them back the same way.',
    config: 'ip route get CLIENT\nip route add default via GATEWAY table 101\nip rule add from ADDRESS table 101',
  },
  {
    component: 'server',
    text: 'See whether the queue of the listener is full (Recv-Q at Send-Q): then nobody accepts.',
    config: 'ss -ltn\nnstat -az TcpExtListenOverflows',
  },
];

const NOT_DELIVERED: Remedy[] = [
  {
    component: 'firewall',
    text: 'Find who takes them away: capture on the server’s host as well. If they arrive there, a packet filter or an agent of the host drops them, else a firewall, IPS or WAF on the way.',
    config: 'iptables -vnL | grep -E "DROP|REJECT"\nnft list ruleset | grep -nE "drop|reject"',
  },
  {
    component: 'haproxy',
    text: 'Until then, let a proxy give up on a server that does not acknowledge, and try another.',
    config: 'default-server tcp-ut 10s # TCP_USER_TIMEOUT\noption redispatch',
  },
];

/** Of a gateway of which nothing is known but its 504. */
const WHICH_IT_WAS: Remedy = {
  component: 'proxy',
  text: 'See in its log whether it waited for a connection or for an answer: nginx says "while connecting to upstream" or "while reading response header from upstream", HAProxy sC-- or sH--, Apache AH00957 or AH01102. A server that cannot be reached is down, filtered or elsewhere: no longer time-out helps.',
  config: 'grep "upstream timed out" /var/log/nginx/error.log',
};

const UNHEARD: Remedy = {
  component: 'network',
  text: 'Capture at the server as well: whether it answers, and what of that does not arrive. Where it is its large segments, the path MTU is to blame (mtu-blackhole); else a way back that is gone.',
  config: 'tcpdump -i any -s0 -w server.pcap tcp\nping -M do -s 1472 CLIENT',
};
