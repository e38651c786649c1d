/**
 * A proxy that asks the server in the name of its client, as HAProxy does with `usesrc clientip`: the server's
 * answers must pass the proxy on their way back, or the client gets answers to what it never asked.
 *
 *   client 198.51.100.21–.24 ── 2 ms ── router ── eth0 10.0.0.49 proxy eth1 10.0.1.49 ┐
 *                                        │                                            switch ── eth0 10.0.1.43 server
 *                                        └──────────────── 10.0.1.1 ──────────────────┘
 *
 * Everything behind the proxy is on one switch, the router too: it is where the server's default route goes
 * unless someone thought of it.
 */
import { configure } from '../parts/commands.mjs';
import { curl } from '../parts/curl.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { pause } from '../parts/program.mjs';
import { startHaproxy, startNginx } from '../parts/servers.mjs';

const CLIENTS = ['198.51.100.21', '198.51.100.22', '198.51.100.23', '198.51.100.24'];
const CLIENT_NET = '198.51.100.0/24';
/** A partner whose net the server reaches through the proxy anyway. */
const PARTNERS = ['203.0.113.71', '203.0.113.72'];
const PROXY = '10.0.0.49';
const SERVER = '10.0.1.43';
const PROXY_INSIDE = '10.0.1.49';
const ROUTER_MAC = '02:00:0a:00:01:01';
const PROXY_MAC = '02:00:0a:00:01:31';

const ROUTES = (gateway) => [`ip route add default via ${gateway}`, `ip route add 203.0.113.64/26 via ${PROXY_INSIDE}`];
const [PAST_THE_PROXY] = ROUTES('10.0.1.1');
const [THROUGH_THE_PROXY] = ROUTES(PROXY_INSIDE);

/** What makes the answers to the clients' addresses the proxy's own: the kernel's documentation of TPROXY has it so. */
const DIVERT = [
  'iptables -t mangle -N DIVERT',
  'iptables -t mangle -A PREROUTING -p tcp -m socket --transparent -j DIVERT',
  'iptables -t mangle -A DIVERT -j MARK --set-mark 1',
  'iptables -t mangle -A DIVERT -j ACCEPT',
  'ip rule add fwmark 1 lookup 100',
  'ip route add local 0.0.0.0/0 dev lo table 100',
];

const SOURCE = 'source 0.0.0.0 usesrc clientip';
const HAPROXY = haproxyConfiguration({
  timeouts: { connect: '1500ms', client: '10s', server: '10s' },
  defaults: ['retries 0'],
  sections: `
frontend shop
    bind ${PROXY}:80
    default_backend shops
backend shops
    ${SOURCE}
    http-reuse never
    server shop1 ${SERVER}:8080`,
});

const NGINX = `  keepalive_timeout 30s;
  server {
    listen ${SERVER}:8080;
    server_name shop.example.com;
    default_type text/html;
    location = / { return 200 "<!doctype html><title>Shop</title><h1>Shop</h1><p>Seen from $remote_addr.</p>"; }
    location = /basket { default_type application/json; return 200 '{"items":[{"article":"4711","count":2}],"for":"$remote_addr"}'; }
  }`;

const FAILING = { requests: 4, answered: 4 };
const HEALTHY = { requests: 12, answered: 12 };

const proxyMarks = (isFailing) => [
  {
    what: '503 of the proxy to a client',
    filter: `http.response.code == 503 && ip.src == ${PROXY}`,
    count: isFailing ? 4 : 0,
    fault: true,
    own: { response: 503, from: PROXY },
  },
  {
    what: "SYN to the server in a client's name, sent again",
    filter: `frame.interface_id == 1 && ip.src == ${CLIENT_NET} && tcp.flags.syn == 1 && tcp.analysis.retransmission`,
    count: isFailing ? [4, 8] : 0,
    fault: true,
  },
  {
    what: 'SYN-ACK of the server to a client, come back to the proxy',
    filter: `frame.interface_id == 1 && ip.src == ${SERVER} && ip.dst == ${CLIENT_NET} && tcp.flags.syn == 1 && tcp.flags.ack == 1`,
    count: isFailing ? 0 : 4,
  },
  {
    what: '200 of the proxy',
    filter: `http.response.code == 200 && ip.src == ${PROXY}`,
    count: (isFailing ? FAILING : HEALTHY).answered,
    own: { response: 200, from: PROXY },
  },
];

const serverMarks = (isFailing) => [
  {
    what: "SYN in a client's name, from the proxy's MAC",
    filter: `ip.src == ${CLIENT_NET} && tcp.flags.syn == 1 && eth.src == ${PROXY_MAC}`,
    count: isFailing ? [8, 12] : 4,
  },
  {
    what: "its SYN-ACK, to the router's MAC",
    filter: `ip.dst == ${CLIENT_NET} && tcp.flags.syn == 1 && tcp.flags.ack == 1 && eth.dst == ${ROUTER_MAC}`,
    count: isFailing ? [8, 12] : 0,
    fault: true,
  },
  {
    what: "RST of the client itself, from the router's MAC",
    filter: `tcp.flags.reset == 1 && ip.src == ${CLIENT_NET} && eth.src == ${ROUTER_MAC}`,
    count: isFailing ? [8, 12] : 0,
    fault: true,
  },
  {
    what: "RST of the proxy in a client's name, after the answers: it has no more use for the connection",
    filter: `tcp.flags.reset == 1 && ip.src == ${CLIENT_NET} && eth.src == ${PROXY_MAC}`,
    count: isFailing ? 0 : 4,
  },
  {
    what: '200 of the server',
    filter: `http.response.code == 200 && ip.src == ${SERVER}`,
    count: (isFailing ? FAILING : HEALTHY).answered,
    own: { response: 200, from: SERVER },
  },
];

const DIFFERENCE = [`- ${PAST_THE_PROXY}`, `+ ${THROUGH_THE_PROXY}`];
const DECISIVE = [SOURCE, DIVERT[1]];

export const scenario = {
  name: 'transparent-proxy',
  about:
    "HAProxy at 10.0.0.49:80 connects to nginx at 10.0.1.43:8080 under its client's own address (`usesrc clientip`). Two partners, whose net the server has a route to by the proxy, are served in each sample.",
  programs: ['haproxy', 'nginx', 'curl', 'iptables'],
  samples: [
    {
      file: 'transparent-proxy.pcapng',
      setUp:
        'captured on both devices of the proxy: interface 0 of the file is eth0 (clients), 1 is eth1 (server), without names',
      decisive: [...DECISIVE, PAST_THE_PROXY],
      wrong:
        "the server's default route goes past the proxy, so its SYN-ACK never comes back to it; the proxy sends the SYN again, gives up after 1.5 s and answers 503 to 4 clients; 2 partners get 4 answers",
      diagnosis: `asymmetric-path (hypothesis transparent proxy) or connect-timeout that names it, 10.0.1.43:8080: 4 connections of 4 sources in ${CLIENT_NET} get no SYN-ACK, 4 of the partners' net do, from the same address and port; each source is the client of a connection to the proxy at the same time, so the proxy borrows its address; 503 after 1.5 s = \`timeout connect\`; cause: return route past the proxy; ruled out: host down, not listening; remedy: on the server \`ip route replace default via 10.0.1.49\`, or without \`usesrc clientip\` and with \`option forwardfor\``,
      twin: 'transparent-proxy-healthy.pcapng',
      differs: DIFFERENCE,
      marks: proxyMarks(true),
      take: (lab) => take(lab, { on: 'proxy', gateway: '10.0.1.1' }),
      faults: (_, told) => faults(told, 503),
    },
    {
      file: 'transparent-proxy-healthy.pcapng',
      setUp: "the same, the server's default route goes through the proxy",
      decisive: [...DECISIVE, THROUGH_THE_PROXY],
      wrong: null,
      diagnosis:
        "nothing: one client address on both legs is no capture of one packet twice and no asymmetry, it is a transparent proxy; the two connections of a client differ in the server's address and port",
      marks: proxyMarks(false),
      take: (lab) => take(lab, { on: 'proxy', gateway: PROXY_INSIDE }),
      faults: (_, told) => faults(told, 200),
    },
    {
      file: 'transparent-proxy-server.pcap',
      setUp: 'captured on the server',
      decisive: [...DECISIVE, PAST_THE_PROXY],
      wrong:
        "SYNs in a client's name come from the proxy's MAC, the SYN-ACKs leave for the router's MAC, and the clients, who know no such connection, reset it from there; partners are served",
      diagnosis: `asymmetric-path by MAC addresses (the answers leave for another router than the requests come from) with RST, likely, critical, 10.0.1.43:8080: all handshakes with ${CLIENT_NET} fail; requests come from MAC …01:31 (proxy), answers go to MAC …01:01 (router), the RSTs come from there with TTL 63 against 64 of the SYNs, seq = acknowledgement of the SYN-ACK: the client's own kernel, without such a socket; not forged, not the server's fault; cause: transparent proxy whose return route passes it by; remedy: \`ip route replace default via 10.0.1.49\``,
      twin: 'transparent-proxy-server-healthy.pcap',
      differs: DIFFERENCE,
      marks: serverMarks(true),
      take: (lab) => take(lab, { on: 'server', gateway: '10.0.1.1' }),
      faults: (_, told) => faults(told, 503),
    },
    {
      file: 'transparent-proxy-server-healthy.pcap',
      setUp: "the same, the server's default route goes through the proxy",
      decisive: [...DECISIVE, THROUGH_THE_PROXY],
      wrong: null,
      diagnosis:
        "nothing: clients of many nets, all with the proxy's MAC and a TTL of 64, are what a transparent proxy looks like to its server",
      marks: serverMarks(false),
      take: (lab) => take(lab, { on: 'server', gateway: PROXY_INSIDE }),
      faults: (_, told) => faults(told, 200),
    },
  ],
};

async function take(lab, { on, gateway }) {
  const { client, proxy, server } = await network(lab);
  await configure(lab, server, 'routes of the server', ROUTES(gateway));
  await configure(lab, proxy, 'packet filter and routes of the proxy', DIVERT);
  await startNginx(lab, server, { http: NGINX, endpoints: [`${SERVER}:8080`] });
  await startHaproxy(lab, proxy, { configuration: HAPROXY, endpoints: [`${PROXY}:80`] });
  if (on === 'server') await lab.capture(server, { device: 'eth0', filter: 'tcp' });
  else for (const device of ['eth0', 'eth1']) await lab.capture(proxy, { device, filter: 'tcp' });
  const visits = [...CLIENTS, ...PARTNERS].map(async (address, index) => {
    await pause(170 * index);
    return visit(client, address);
  });
  const told = (await Promise.all(visits)).flat();
  await Promise.all([client.allClosed(), server.allClosed()]);
  return told;
}

/** Two pages on one connection; the second is not asked for when the first fails. */
async function visit(client, address) {
  const options = ['--interface', address, '--header', 'Host: shop.example.com', '--fail', '--fail-early'];
  const { transfers } = await curl(
    client,
    ['/', '/basket'].map((path) => `http://${PROXY}${path}`),
    { options },
  );
  return transfers.map(({ status }) => ({ address, status }));
}

function faults(told, status) {
  const of = (addresses) => told.filter(({ address }) => addresses.includes(address)).map((page) => page.status);
  const wanted = { clients: status === 200 ? Array(8).fill(200) : Array(4).fill(status), partners: Array(4).fill(200) };
  return [
    ...(of(CLIENTS).join() === wanted.clients.join() ? [] : [`clients saw ${of(CLIENTS).join()}`]),
    ...(of(PARTNERS).join() === wanted.partners.join() ? [] : [`partners saw ${of(PARTNERS).join()}`]),
  ];
}

/** The hosts, all links, and the switch. */
async function network(lab) {
  const port = (host, device, mac, addresses) => ({
    ends: {
      [host]: { device: 'eth1', ...(host === 'server' ? { device: 'eth0' } : {}), mac, addresses },
      switch: { device },
    },
  });
  const hosts = await lab.network({
    hosts: {
      client: {},
      router: { forwards: true, sysctl: UNFILTERED },
      proxy: { forwards: true, sysctl: UNFILTERED },
      server: {},
      switch: {},
    },
    links: [
      {
        ends: {
          client: {
            device: 'eth0',
            mac: '02:00:c6:33:64:15',
            addresses: [...CLIENTS, ...PARTNERS].map((address) => `${address}/24`),
          },
          router: { device: 'eth0', mac: '02:00:c6:33:64:01', addresses: ['198.51.100.1/24', '203.0.113.1/24'] },
        },
        line: { kind: 'tap', oneWayMicroseconds: 1000 },
      },
      {
        ends: {
          router: { device: 'eth2', mac: '02:00:0a:00:00:01', addresses: ['10.0.0.1/24'] },
          proxy: { device: 'eth0', mac: '02:00:0a:00:00:31', addresses: [`${PROXY}/24`] },
        },
      },
      port('router', 'port1', ROUTER_MAC, ['10.0.1.1/24']),
      port('proxy', 'port2', PROXY_MAC, [`${PROXY_INSIDE}/24`]),
      port('server', 'port3', '02:00:0a:00:01:2b', [`${SERVER}/24`]),
    ],
    routes: [
      ['client', 'default', 'via', '198.51.100.1'],
      ['proxy', 'default', 'via', '10.0.0.1'],
    ],
  });
  await hosts.switch.ip('link', 'add', 'bridge', 'type', 'bridge');
  await hosts.switch.ip('link', 'set', 'bridge', 'up');
  for (const device of ['port1', 'port2', 'port3']) await hosts.switch.ip('link', 'set', device, 'master', 'bridge');
  return hosts;
}

const UNFILTERED = [
  ...['net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0'],
  ...['net.ipv4.conf.all.send_redirects=0', 'net.ipv4.conf.default.send_redirects=0'],
];
