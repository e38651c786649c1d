/** Servers that do not fetch their connections for a while, with room for a few of them to wait. */
import { APACHE } from './accept-queue-overflow/apache.mjs';
import { HAPROXY } from './accept-queue-overflow/haproxy.mjs';
import { NGINX } from './accept-queue-overflow/nginx.mjs';
import { NODE } from './accept-queue-overflow/node.mjs';

export const scenario = {
  name: 'accept-queue-overflow',
  about:
    'A server that does not accept for about a second, and whose queue is short (Linux takes one connection more than `backlog` says). Three shoppers, each connection for one request. The kernel drops SYNs once the queue is full, and the last step of handshakes that had begun before; with tcp_abort_on_overflow it resets those.',
  programs: ['haproxy', 'nginx', 'apache2'],
  samples: [...HAPROXY, ...NGINX, ...NODE, ...APACHE],
};
