/** What to change where a server may wait for a PROXY header (judgements/header-wanted). */
import type { Remedy } from '../../facts/finding.js';

/** How to find out. */
export const TRY_HEADER: Remedy = {
  component: 'client',
  text: 'See whether the server wants a PROXY header first (accept-proxy, listen … proxy_protocol): then it answers with one.',
  config: 'curl --haproxy-protocol http://ADDRESS:PORT/',
};

/** Where it does. */
export const SEND_HEADER: readonly Remedy[] = [
  TRY_HEADER,
  {
    component: 'haproxy',
    text: 'In front of this server: send the header.',
    config: 'server s1 ADDRESS:PORT send-proxy-v2',
  },
  {
    component: 'nginx',
    text: 'In front of this server, in a stream block: send the header. As this server: give who comes without one a port of its own.',
    config:
      '# in front, in a stream block\nproxy_protocol on;\n# as this server, beside listen 80 proxy_protocol;\nlisten 8080;',
  },
];
