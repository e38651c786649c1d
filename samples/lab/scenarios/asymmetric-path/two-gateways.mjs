/**
 * A server host with two devices and a gateway on each, as a portal has that serves the internet and the
 * branch offices:
 *
 *   internet 198.51.100.21–.24 ── 2 ms ── edge 10.0.0.1 ───── 10.0.0.2 eth0 ┐
 *                                          │ 10.255.0.0/30                  server
 *   branch   172.16.20.11–.13  ── 4 ms ── wan  10.0.1.1 ───── 10.0.1.2 eth1 ┘
 *
 * `edge` is the firewall to the internet and knows the way to all that is behind `wan`. As appliances do,
 * it gives its own packets a TTL of 255; every host here has 64.
 */
import { configure } from '../../parts/commands.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { startHaproxy, startNginx } from '../../parts/servers.mjs';

export const INTERNET_CLIENTS = ['198.51.100.21', '198.51.100.22', '198.51.100.23', '198.51.100.24'];
export const BRANCH_CLIENTS = ['172.16.20.11', '172.16.20.12', '172.16.20.13'];
export const BRANCH_NET = '172.16.20.0/24';
/** The server on its two devices. */
export const EDGE_SIDE = '10.0.0.2';
export const WAN_SIDE = '10.0.1.2';
export const VIRTUAL = '10.0.0.100';
export const EDGE_GATEWAY = '10.0.0.1';
export const WAN_GATEWAY = '10.0.1.1';

/** The gateway that the kernel takes is the one with the lower metric, whichever way a request came. */
export const DEFAULT_ROUTES = [
  `ip route add default via ${EDGE_GATEWAY} dev eth0`,
  `ip route add default via ${WAN_GATEWAY} dev eth1 metric 100`,
];
export const BRANCH_ROUTE = `ip route add ${BRANCH_NET} via ${WAN_GATEWAY} dev eth1`;
/** Answers leave by the device that has their source address. */
export const WAN_RULE = [
  `ip route add default via ${WAN_GATEWAY} dev eth1 table 101`,
  `ip rule add from ${WAN_SIDE} table 101`,
];
export const EDGE_RULE = [
  `ip route add default via ${EDGE_GATEWAY} dev eth0 table 100`,
  `ip rule add from ${EDGE_SIDE} table 100`,
];

/** Where both lines may come in, a reverse path filter must be loose or off. */
export const LOOSE = ['sysctl -qw net.ipv4.conf.eth0.rp_filter=2', 'sysctl -qw net.ipv4.conf.eth1.rp_filter=2'];

/** A stateful firewall, as strict as appliances are; `invalid` is what befalls segments of no connection that it knows. */
export function statefulFirewall(invalid) {
  return [
    'iptables -P FORWARD DROP',
    'iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
    `iptables -A FORWARD -p tcp -m conntrack --ctstate INVALID -j ${invalid}`,
    'iptables -A FORWARD -p tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT',
    // The kernel would take any segment for the start of a connection, should it have missed the SYN.
    'sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0',
  ];
}

/** Makes the network: `routing` and `filter` are the commands of the server and of the edge. Gives its hosts. */
export async function twoGateways(lab, { routing, filter = [] }) {
  const hosts = await lab.network({
    hosts: {
      internet: {},
      branch: {},
      edge: { forwards: true, sysctl: ['net.ipv4.ip_default_ttl=255', ...SILENT_ROUTER] },
      wan: { forwards: true, sysctl: SILENT_ROUTER },
      server: {},
    },
    links: LINKS,
    routes: [
      ['internet', 'default', 'via', '198.51.100.1'],
      ['branch', 'default', 'via', '172.16.20.1'],
      ['edge', BRANCH_NET, 'via', '10.255.0.2'],
      ['edge', '10.0.1.0/24', 'via', '10.255.0.2'],
      ['wan', '10.0.0.0/24', 'via', '10.255.0.1'],
      ['wan', '198.51.100.0/24', 'via', '10.255.0.1'],
    ],
  });
  await configure(lab, hosts.server, 'routing of the server', routing);
  await configure(lab, hosts.edge, 'packet filter of the edge', filter);
  return hosts;
}

/** Routers whose hosts may be wrong do not say so, and do not filter by source. */
const SILENT_ROUTER = [
  ...['net.ipv4.conf.all.send_redirects=0', 'net.ipv4.conf.default.send_redirects=0'],
  ...['net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0'],
];

const LINKS = [
  {
    ends: {
      internet: {
        device: 'eth0',
        mac: '02:00:c6:33:64:15',
        addresses: INTERNET_CLIENTS.map((address) => `${address}/24`),
      },
      edge: { device: 'eth0', mac: '02:00:c6:33:64:01', addresses: ['198.51.100.1/24'] },
    },
    line: { kind: 'tap', oneWayMicroseconds: 1000 },
  },
  {
    ends: {
      branch: { device: 'eth0', mac: '02:00:ac:10:14:0b', addresses: BRANCH_CLIENTS.map((address) => `${address}/24`) },
      wan: { device: 'eth0', mac: '02:00:ac:10:14:01', addresses: ['172.16.20.1/24'] },
    },
    line: { kind: 'tap', oneWayMicroseconds: 2000 },
  },
  {
    ends: {
      edge: { device: 'eth1', mac: '02:00:0a:00:00:01', addresses: [`${EDGE_GATEWAY}/24`] },
      server: { device: 'eth0', mac: '02:00:0a:00:00:02', addresses: [`${EDGE_SIDE}/24`] },
    },
  },
  {
    ends: {
      wan: { device: 'eth1', mac: '02:00:0a:00:01:01', addresses: [`${WAN_GATEWAY}/24`] },
      server: { device: 'eth1', mac: '02:00:0a:00:01:02', addresses: [`${WAN_SIDE}/24`] },
    },
  },
  {
    ends: {
      edge: { device: 'eth2', mac: '02:00:0a:ff:00:01', addresses: ['10.255.0.1/30'] },
      wan: { device: 'eth2', mac: '02:00:0a:ff:00:02', addresses: ['10.255.0.2/30'] },
    },
  },
];

/** The portal: HAProxy on both addresses of the server, nginx behind it on the loopback device. `bind` of the branch side. */
export async function startPortal(lab, server, { bind = `bind ${WAN_SIDE}:80` } = {}) {
  await startNginx(lab, server, { http: APPLICATION, endpoints: ['127.0.0.1:8080'] });
  await startHaproxy(lab, server, {
    configuration: HAPROXY(bind),
    endpoints: [`${EDGE_SIDE}:80`, `${WAN_SIDE}:80`],
  });
}

const APPLICATION = `  keepalive_timeout 30s;
  server {
    listen 127.0.0.1:8080;
    default_type text/html;
    location = / { return 200 "<!doctype html><title>Portal</title><h1>Portal</h1><p>Orders, stock and delivery notes.</p>"; }
    location = /login { return 200 "<!doctype html><title>Sign in</title><form method=post action=/session><input name=user></form>"; }
    location = /stock { default_type application/json; return 200 '{"article":"4711","stock":17,"store":"Leipzig"}'; }
    location = /orders { default_type application/json; return 200 '{"orders":[{"id":90211,"state":"packed"},{"id":90214,"state":"open"}]}'; }
  }`;

const HAPROXY = (bind) =>
  haproxyConfiguration({
    timeouts: { connect: '2s', client: '10s', server: '10s' },
    defaults: ['option forwardfor'],
    sections: `
frontend portal
    bind ${EDGE_SIDE}:80
    ${bind}
    default_backend application
backend application
    server app1 127.0.0.1:8080`,
  });
