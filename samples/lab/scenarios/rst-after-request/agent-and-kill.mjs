/**
 * Three servers on one host, a load balancer with two addresses in front of them: a security agent that
 * resets matching requests of one, an application that stands still and is killed, and one that nothing
 * happens to. Who asks what of whom, and all counts: story.mjs; what a capture must show beyond its marks: check.mjs.
 */
import { startNginx } from '../../parts/servers.mjs';
import { faultsOfHealthyTwin, faultsOfIncident } from './check.mjs';
import { listingOf } from './listing.mjs';
import { startLoadBalancer } from './load-balancer.mjs';
import { hostNetwork } from './network.mjs';
import { startOrderApplication } from './order-application.mjs';
import { startSecurityAgent } from './security-agent.mjs';
import {
  BALANCERS,
  browseCatalogue,
  CATALOGUE,
  COUNTS,
  MONITOR,
  nginxSites,
  ORDERS,
  placeOrders,
  SHOP,
  visitShop,
  writeDocuments,
} from './story.mjs';

const SET_UP =
  'One host: `10.0.1.43:80` (nginx, `serv1.example`), `10.0.1.44:8080` (Node, `orders.example`), `10.0.1.45:80` (nginx, `catalogue.example`). Clients behind a load balancer `10.0.0.10` and `.11`, a monitor `.30`; round trip 1 ms. Captured on the host.';

export const agentAndKillSamples = [
  {
    file: 'rst-after-request.pcapng',
    setUp: `${SET_UP} An agent stands inline on the host and decides by X-Forwarded-For`,
    decisive: [
      'iptables -A INPUT -p tcp -d 10.0.1.43 --dport 80 --tcp-flags PSH PSH -j NFQUEUE --queue-num 43',
      'stands still, then SIGKILL',
    ],
    wrong:
      'The agent swallows each request of one viewer after his first and resets both sides; the application is killed with seven requests unread, and five connection attempts after it are refused',
    diagnosis:
      'rst-after-request twice. `10.0.1.43:80`, 17 requests, certain: forged (stale, within 60 µs of each other at a round trip of 1 ms, bare, at the start of the request: inline on this host), all with one X-Forwarded-For; port-closed, process-dead, timeout ruled out. Look into the block list of the host’s agent. `10.0.1.44:8080`, 7 requests: process-dead, not forged. `10.0.1.45:80`: nothing, two clients gave up',
    twin: 'rst-after-request-healthy.pcapng',
    differs: [
      '- stands still, then SIGKILL',
      '- iptables -A INPUT -p tcp -d 10.0.1.43 --dport 80 --tcp-flags PSH PSH -j NFQUEUE --queue-num 43',
      '+ stands still, then goes on',
    ],
    marks: marksOf({
      shopReset: COUNTS.shopReset,
      ordersReset: COUNTS.ordersKilled + COUNTS.ordersRefused,
    }),
    take: (lab) => take(lab, { incident: true }),
    faults: async (capture, told) => faultsOfIncident(await listingOf(capture), told),
  },
  {
    file: 'rst-after-request-healthy.pcapng',
    setUp: 'The same clients ask the same; no agent, and the application goes on after its pause',
    decisive: ['stands still, then goes on'],
    wrong: null,
    diagnosis: 'Nothing: every request is answered. The two resets are clients that gave up on `10.0.1.45:80`',
    marks: marksOf({ shopReset: 0, ordersReset: 0 }),
    take: (lab) => take(lab, { incident: false }),
    faults: async (capture, told) => faultsOfHealthyTwin(await listingOf(capture), told),
  },
];

function marksOf({ shopReset, ordersReset }) {
  const resets = (direction, address) => `tcp.flags.reset == 1 && ip.${direction} == ${address}`;
  return [
    {
      what: 'RST in the shop’s name, by the agent',
      filter: resets('src', SHOP.address),
      count: shopReset,
      fault: true,
      own: { segment: 'rst', from: SHOP.address },
    },
    {
      what: 'RST in the client’s name, by the agent',
      filter: resets('dst', SHOP.address),
      count: shopReset,
      fault: true,
      own: { segment: 'rst', to: SHOP.address },
    },
    {
      what: 'RST of the killed application and its closed port',
      filter: resets('src', ORDERS.address),
      count: ordersReset,
      fault: true,
      own: { segment: 'rst', from: ORDERS.address },
    },
    {
      what: 'RST of clients that give up',
      filter: resets('dst', CATALOGUE.address),
      count: COUNTS.catalogueAborted,
      own: { segment: 'rst', to: CATALOGUE.address },
    },
  ];
}

async function take(lab, { incident }) {
  const { server, clients } = await hostNetwork(lab, {
    servers: [SHOP, ORDERS, CATALOGUE].map(({ address }) => address),
    clients: [...BALANCERS, MONITOR],
  });
  const nginx = await startNginx(lab, server, {
    http: nginxSites(await writeDocuments(lab)),
    endpoints: [SHOP, CATALOGUE].map(({ address, port }) => `${address}:${port}`),
  });
  const application = await startOrderApplication(server, ORDERS);
  lab.setting('application', `stands still, then ${incident ? 'SIGKILL' : 'goes on'}`);
  const agent = incident ? await startSecurityAgent(lab, server, SHOP) : null;
  const balancer = await startLoadBalancer(clients);
  await lab.capture(server, { device: 'eth0' });

  const [shop, orders, catalogue] = await Promise.all([
    visitShop(balancer),
    placeOrders(balancer, { application, incident, clients }),
    browseCatalogue(balancer, { clients }),
  ]);
  await balancer.closePools();
  await server.allClosed();
  return { shop, orders, catalogue, agent: agent?.log() ?? null, shopLog: entriesOf(nginx, SHOP) };
}

/** The entries of a site in nginx's log: viewer, request line, status of each request. */
function entriesOf(nginx, { name }) {
  const lines = nginx.text.split('\n').filter((line) => line.startsWith(`${name} {`));
  return lines.map((line) => JSON.parse(line.slice(name.length)));
}
