/**
 * A packet filter that rejects with a reset: an operator bans one of two addresses of a load balancer while its
 * connections are open. The kernel of the host itself writes the resets, so they look like those of a closed
 * socket; that only one address is met tells them apart.
 */
import { startNginx } from '../../parts/servers.mjs';
import { startLoadBalancer, viewer } from './load-balancer.mjs';
import { hostNetwork } from './network.mjs';

const SITE = { address: '10.0.1.43', port: 80, name: 'serv1.example' };
const BALANCERS = ['10.0.0.10', '10.0.0.11'];
const BANNED = BALANCERS[1];
const BAN = `iptables -A INPUT -s ${BANNED} -p tcp --dport ${SITE.port} -j REJECT --reject-with tcp-reset`;

/** Requests that the ban hits: on connections in use, and on new ones. */
const ON_OPEN = 4;
const ON_NEW = 4;

export const rejectSamples = [
  {
    file: 'rst-after-request-reject.pcapng',
    setUp:
      'nginx `10.0.1.43:80` (`serv1.example`) behind a load balancer with the addresses `10.0.0.10` and `.11`; `.11` is banned while its connections are open. Captured on the host',
    decisive: [BAN],
    wrong: `The ${ON_OPEN} requests on open connections of \`10.0.0.11\` are answered with RST, its ${ON_NEW} further connection attempts are refused; \`10.0.0.10\` is served all the time`,
    diagnosis:
      'rst-after-request at `10.0.1.43:80`, all of one client address, none of the other: a packet filter or agent (the RST is bare with window 0, at the acknowledgement of the request, and of no other TTL; it comes in microseconds). process-dead and port-closed ruled out: the other address is answered in between. Look for `REJECT` in `iptables -S`',
    twin: 'rst-after-request-reject-healthy.pcapng',
    differs: [`- ${BAN}`],
    marks: marks({ onOpen: ON_OPEN, onNew: ON_NEW }),
    take: (lab) => take(lab, { ban: true }),
    faults: (_, told) => answers(told, 'ECONNRESET', 'ECONNREFUSED'),
  },
  {
    file: 'rst-after-request-reject-healthy.pcapng',
    setUp: 'The same without the ban',
    wrong: null,
    diagnosis: 'Nothing',
    marks: marks({ onOpen: 0, onNew: 0 }),
    take: (lab) => take(lab, { ban: false }),
    faults: (_, told) => answers(told, 200, 200),
  },
];

function marks({ onOpen, onNew }) {
  const reset = `tcp.flags.reset == 1 && ip.src == ${SITE.address}`;
  return [
    {
      what: 'RST to the banned address',
      filter: reset,
      count: onOpen + onNew,
      fault: true,
      own: { segment: 'rst', from: SITE.address },
    },
    { what: 'of them in answer to a SYN', filter: `${reset} && tcp.flags.ack == 1`, count: onNew, fault: true },
    {
      what: 'Request',
      filter: `http.request && ip.dst == ${SITE.address}`,
      count: 12 + ON_OPEN + ON_NEW + 6 - onNew,
      own: { request: 'GET', to: SITE.address },
    },
  ];
}

async function take(lab, { ban }) {
  const { server, clients } = await hostNetwork(lab, { servers: [SITE.address], clients: BALANCERS });
  await startNginx(lab, server, {
    http: `
  keepalive_timeout 75s;
  server {
    listen ${SITE.address}:${SITE.port};
    server_name ${SITE.name};
    location / { default_type text/plain; return 200 "in stock\n"; }
  }`,
    endpoints: [`${SITE.address}:${SITE.port}`],
  });
  if (ban) lab.setting('ban', BAN);
  const balancer = await startLoadBalancer(clients);
  await lab.capture(server, { device: 'eth0' });
  const ask = (index, from, pool) =>
    balancer.ask({
      viewer: viewer(`198.51.100.${20 + index}`, index),
      site: SITE,
      path: `/stock/${index}`,
      from,
      pool,
    });

  const before = [];
  for (let index = 0; index < 12; index += 1) before.push(await ask(index, BALANCERS[index % 2], `pool ${index % 8}`));
  if (ban) await server.run(...BAN.split(' '));
  const banned = [];
  const others = [];
  for (let index = 0; index < ON_OPEN; index += 1) {
    banned.push(await ask(20 + index, BANNED, `pool ${2 * index + 1}`));
    others.push(await ask(40 + index, BALANCERS[0], `pool ${2 * index}`));
  }
  const refused = [];
  for (let index = 0; index < ON_NEW; index += 1) refused.push(await ask(30 + index, BANNED, null));
  for (let index = 0; index < 2; index += 1) others.push(await ask(50 + index, BALANCERS[0], null));
  await balancer.closePools();
  return { before, others, banned, refused };
}

function answers({ before, others, banned, refused }, onOpen, onNew) {
  const wrong = (told, wanted) => told.filter(({ status, error }) => (status ?? error) !== wanted).length;
  const counts = {
    'answers before': wrong(before, 200),
    'answers to the other address': wrong(others, 200),
    'requests on open connections': wrong(banned, onOpen),
    'requests on new connections': wrong(refused, onNew),
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what}: ${count} are not as they should be`);
}
