/** A firewall between a proxy and its application that forgets idle connections. */
import { HAPROXY } from './idle-drop/haproxy.mjs';
import { NGINX } from './idle-drop/nginx.mjs';

export const scenario = {
  name: 'idle-drop',
  about:
    'Between the front and its application stands a stateful firewall that forgets a connection which is idle for 20 s (Linux conntrack). What comes later of it belongs to no connection that the firewall knows: it drops that, or resets it in the name of the application. The front has used its connections, is idle for 33 s, and uses them again.',
  programs: ['nginx', 'haproxy', 'iptables'],
  samples: [...NGINX, ...HAPROXY],
};
