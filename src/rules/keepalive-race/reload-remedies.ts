/** What keeps requests from being lost at a reload: a server that closes with an answer, and nobody before it who would ask. */
import type { Remedy } from '../../facts/finding.js';
import type { Case } from './case.js';

/** Servers that can be told to keep idle connections through a reload for a while. */
const SERVERS: readonly (Remedy & { readonly token: RegExp })[] = [
  {
    component: 'nginx',
    token: /^(?:nginx|openresty|tengine)/i,
    text: 'From version 1.27.4 on a worker that is to end keeps connections for so long, and closes them with their next answer.',
    config: 'keepalive_min_timeout 10s;',
  },
  {
    component: 'haproxy',
    token: /^haproxy/i,
    text: 'Let a process that is to end close its clients’ connections with their next answer, and not while they are idle.',
    config: 'option idle-close-on-response',
  },
];

/** Changes at the server; what its answers say of it chooses which are shown. */
export function reloadRemedies({ software }: Case): Remedy[] {
  const name = software?.value ?? '';
  const known = SERVERS.filter(({ token }) => token.test(name));
  const shown = known.length > 0 || name !== '' ? known : SERVERS;
  return [
    ...shown.map(({ component, text, config }) => ({ component, text, config })),
    {
      component: 'deployment',
      text: 'Take the server out of the balancer before it is reloaded, wait until nothing comes any more, and reload it less often (each reload closes all connections).',
      config: null,
    },
  ];
}
