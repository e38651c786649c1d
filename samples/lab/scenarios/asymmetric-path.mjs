/** Answers that leave a server host by another gateway than the one the requests came by. */
import { DROPPED } from './asymmetric-path/dropped.mjs';
import { FORWARD_ONLY } from './asymmetric-path/forward-only.mjs';
import { ONE_SIDE } from './asymmetric-path/one-side.mjs';
import { REJECTED } from './asymmetric-path/rejected.mjs';
import { REVERSE_PATH_FILTER } from './asymmetric-path/reverse-path-filter.mjs';

export const scenario = {
  name: 'asymmetric-path',
  about:
    'A portal on a host with two gateways: the internet reaches it at 10.0.0.2 (eth0, firewall 10.0.0.1), the branch offices at 10.0.1.2 (eth1, router 10.0.1.1). HAProxy answers, nginx on the loopback device behind it. The kernel sends every answer by the default route with the lowest metric, eth0, whichever way the request came.',
  programs: ['haproxy', 'nginx', 'curl', 'iptables'],
  samples: [...REJECTED, ...DROPPED, ...REVERSE_PATH_FILTER, ...ONE_SIDE, ...FORWARD_ONLY],
};
