/** What to change, cause by cause. */
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { secondsText } from '../../text/duration.js';
import { supportedIn } from '../argument/cause.js';

/** What to change, by the causes that the packets support. */
export function remediesOf(hypotheses: readonly Hypothesis[]): Remedy[] {
  const supported = supportedIn(hypotheses);
  const remedies = REMEDIES.filter(({ cause }) => supported.has(cause)).map(({ remedy }) => remedy);
  return remedies.length > 0 ? remedies : REMEDIES.map(({ remedy }) => remedy);
}

/** What to change where a timer cuts streams of events. Half the time-out is what survives one lost heartbeat. */
export function streamRemedies(seconds: number): Remedy[] {
  const beat = seconds >= 2 ? Math.floor(seconds / 2) : Math.max(1, Math.floor(seconds * 5)) / 10;
  const longer = Math.max(3600, Math.ceil(seconds * 2));
  return [
    {
      component: 'application',
      text: `Send a comment line at least every ${secondsText(beat)} where there is no event (HTML §9.2.7); TCP keep-alives do not count with proxies.`,
      config: `setInterval(() => response.write(': alive\\n\\n'), ${Math.round(beat * 1000)});`,
    },
    {
      component: 'nginx',
      text: 'In the location of the stream (60 s by default).',
      config: `proxy_read_timeout ${longer}s;\nproxy_buffering off;`,
    },
    {
      component: 'haproxy',
      text: 'In a backend of its own for the streams.',
      config: `timeout server ${longer}s`,
    },
    {
      component: 'aws-alb',
      text: '60 s by default, up to 4,000 s.',
      config: `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=idle_timeout.timeout_seconds,Value=${Math.min(4000, longer)}`,
    },
    {
      component: 'envoy',
      text: 'The stream’s idle time-out, 5 min by default, and the route’s time-out, 15 s by default.',
      config: `stream_idle_timeout: ${longer}s\ntimeout: 0s`,
    },
  ];
}

const REMEDIES: readonly { readonly cause: string; readonly remedy: Remedy }[] = [
  {
    cause: 'foreign-reset',
    remedy: {
      component: 'host',
      text: 'Find what writes resets in the server’s name: a packet filter of its host or of the host of its container, connection tracking that lost the connection, a firewall or IPS between the two.',
      config: 'iptables -S | grep REJECT\nnft list ruleset | grep -n "tcp reset"',
    },
  },
  {
    cause: 'sender-ended',
    remedy: {
      component: 'host',
      text: 'Find what kills the worker: memory limit, crash, restart, gunicorn’s --timeout; its log and the kernel’s show the moment.',
      config: "journalctl -k | grep -i 'killed process'\ngunicorn --timeout 120 --graceful-timeout 30 APP",
    },
  },
  {
    cause: 'ran-out-of-time',
    remedy: {
      component: 'nginx',
      text: 'Raise the time-out between two reads of the response, or let the application send as it goes.',
      config: 'proxy_read_timeout 300s;\nsend_timeout 300s;',
    },
  },
  {
    cause: 'wrong-length',
    remedy: {
      component: 'application',
      text: 'Set Content-Length behind everything that changes the content (compression, a byte order mark, another encoding), or leave it out.',
      config: null,
    },
  },
  {
    cause: 'size-limit',
    remedy: {
      component: 'nginx',
      text: 'Look at the limit of temporary files and at room and rights of their directory.',
      config: 'proxy_max_temp_file_size 0;\nproxy_buffering off;',
    },
  },
];
