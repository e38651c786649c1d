/** What to change, cause by cause. */
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { supportedIn } from '../argument/cause.js';

/** What to change, by the causes that the packets support. */
export function remediesOf(hypotheses: readonly Hypothesis[]): Remedy[] {
  const supported = supportedIn(hypotheses);
  const remedies = REMEDIES.filter(({ cause }) => supported.has(cause)).map(({ remedy }) => remedy);
  return remedies.length > 0 ? remedies : REMEDIES.map(({ remedy }) => remedy);
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
