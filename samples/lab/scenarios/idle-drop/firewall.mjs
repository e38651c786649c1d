/**
 * An application behind a firewall:
 *
 *   client 10.0.0.10 ── 450 µs ── 10.0.0.49 front 10.0.1.49 ── 10.0.1.1 firewall 10.0.2.1 ── 10.0.2.43 application
 */
import { configure } from '../../parts/commands.mjs';
import { CLIENT, FRONT, FRONT_INSIDE } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { OTHER_CLIENTS, startShoppersOn } from '../../parts/shop.mjs';
import { startShopApplication } from '../../parts/shop-application.mjs';

const APPLICATION_ADDRESS = '10.0.2.43';
export const APPLICATION = `${APPLICATION_ADDRESS}:8080`;

/** How long the front is idle: longer than the shortest timers of firewalls, seconds. */
const IDLE_S = 33;
/** For how long the firewall remembers, and how it can be kept from forgetting. */
export const FORGETS = 'sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=20';
export const REMEMBERS = 'sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=432000';
/** TCP keep-alives of whoever asks for them, every 8 s. */
export const KEEP_ALIVE = ['net.ipv4.tcp_keepalive_time=8', 'net.ipv4.tcp_keepalive_intvl=8'];

/** What befalls segments of no connection that the firewall knows. */
export const SILENTLY = 'iptables -A FORWARD -p tcp -m conntrack --ctstate INVALID -j DROP';
export const WITH_RESET = 'iptables -A FORWARD -p tcp -m conntrack --ctstate INVALID -j REJECT --reject-with tcp-reset';

const REPORT_MS = 300;

/** Makes it and starts the application and the shoppers. `filter`: the firewall's commands; `sysctl`: of the front. */
export async function shopBehindFirewall(lab, { filter, sysctl = [] }) {
  const hosts = await lab.network({
    hosts: {
      client: {},
      front: { sysctl },
      firewall: { forwards: true, sysctl: ['net.ipv4.ip_default_ttl=255'] },
      back: {},
    },
    links: [
      {
        ends: {
          client: {
            device: 'eth0',
            mac: '02:00:0a:00:00:0a',
            addresses: [CLIENT, ...OTHER_CLIENTS].map((address) => `${address}/24`),
          },
          front: { device: 'eth0', mac: '02:00:0a:00:00:31', addresses: [`${FRONT}/24`] },
        },
        line: { kind: 'tap', oneWayMicroseconds: 450 },
      },
      {
        ends: {
          front: { device: 'eth1', mac: '02:00:0a:00:01:31', addresses: [`${FRONT_INSIDE}/24`] },
          firewall: { device: 'eth0', mac: '02:00:0a:00:01:01', addresses: ['10.0.1.1/24'] },
        },
      },
      {
        ends: {
          firewall: { device: 'eth1', mac: '02:00:0a:00:02:01', addresses: ['10.0.2.1/24'] },
          back: { device: 'eth0', mac: '02:00:0a:00:02:2b', addresses: [`${APPLICATION_ADDRESS}/24`] },
        },
      },
    ],
    routes: [
      ['front', '10.0.2.0/24', 'via', '10.0.1.1'],
      ['back', 'default', 'via', '10.0.2.1'],
    ],
  });
  if (sysctl.length > 0) lab.setting('kernel of the front', sysctl.join('\n'));
  await configure(lab, hosts.firewall, 'firewall', [
    'iptables -P FORWARD DROP',
    'iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
    ...filter,
    'iptables -A FORWARD -p tcp --dport 8080 --syn -m conntrack --ctstate NEW -j ACCEPT',
    'sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0',
  ]);
  const application = await startShopApplication(lab, hosts.back, {
    endpoint: APPLICATION,
    settings: { 'report-ms': REPORT_MS },
  });
  return { hosts, application, shoppers: await startShoppersOn(hosts.client) };
}

/** Three who ask at once, so that each takes a connection to the application of its own. */
export function threeReports(shoppers) {
  const asked = [CLIENT, ...OTHER_CLIENTS].map((from, index) => ({
    ...{ from, path: `/reports/${['daily', 'weekly', 'monthly'][index]}` },
  }));
  return shoppers.call('askAll', asked);
}

/** Nobody asks for a while. */
export function idleHour() {
  return pause(IDLE_S * 1000);
}

/** A request that is never acknowledged, sent again. */
export const REQUEST_AGAIN = (count) => ({
  what: 'request to the application, sent again',
  filter: 'tcp.dstport == 8080 && tcp.len > 0 && tcp.analysis.retransmission',
  count,
  fault: true,
});

/** A reset of the firewall in the application's name: its TTL is 255, the application's 63. */
export const FOREIGN_RESET = (count) => ({
  what: 'RST in the name of the application, with a TTL of 255',
  filter: 'tcp.flags.reset == 1 && tcp.srcport == 8080 && ip.ttl == 255',
  count,
  fault: true,
});

export const ANSWERED = (count) => ({
  what: '200 from the front',
  filter: `http.response.code == 200 && ip.src == ${FRONT}`,
  count,
  own: { response: 200, from: `${FRONT}:80` },
});

export function statusFaults(told, wanted) {
  const seen = told.map(({ status }) => status).sort();
  return seen.join() === wanted.join() ? [] : [`the shoppers saw ${seen.join()}, not ${wanted.join()}`];
}
