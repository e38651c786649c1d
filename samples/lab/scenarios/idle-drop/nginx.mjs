/** nginx, whose pooled connections the firewall forgets without a word. */
import { FRONT } from '../../parts/front.mjs';
import { startShopFront } from '../../parts/shop-front.mjs';
import {
  ANSWERED,
  APPLICATION,
  FORGETS,
  idleHour,
  KEEP_ALIVE,
  REQUEST_AGAIN,
  SILENTLY,
  shopBehindFirewall,
  statusFaults,
  threeReports,
} from './firewall.mjs';

const READ = 'proxy_read_timeout 3s;';
const KEEPS = 'proxy_socket_keepalive on;';
const KEEPS_NOT = 'proxy_socket_keepalive off;';

const SET_UP =
  'nginx with a pool of connections to the application; three reports at once, a pause of 33 s, three reports at once, and three more; both legs, captured on the front on all devices';

const ERROR = (count) => ({
  what: '504 from nginx',
  filter: `http.response.code == 504 && ip.src == ${FRONT}`,
  count,
  fault: true,
  own: { response: 504, from: `${FRONT}:80` },
});

export const NGINX = [
  {
    file: 'idle-drop-nginx.pcapng',
    setUp: SET_UP,
    decisive: [FORGETS, SILENTLY, KEEPS_NOT, READ],
    wrong:
      'the three requests after the pause go out on the pooled connections, which the firewall has forgotten: nobody acknowledges them, nginx gives up after 3 s with 504; the next three open new connections and are answered',
    diagnosis: `idle-drop, ${APPLICATION} (critical): three connections, idle for 33 s, are forgotten on the way; what comes next is never acknowledged, while the same server takes new connections. No slow-response of the application: it never had the requests. Ruled out: the peer is gone, keepalive-race (no FIN). Remedy: proxy_socket_keepalive with net.ipv4.tcp_keepalive_time below the firewall's timer, or a pool that gives up sooner`,
    twin: 'idle-drop-nginx-healthy.pcapng',
    differs: [`- ${KEEPS_NOT}`, `+ ${KEEPS}`],
    marks: [REQUEST_AGAIN([9, 30]), ERROR(3), ANSWERED(6)],
    take: (lab) => take(lab, KEEPS_NOT),
    faults: (_, told) => statusFaults(told, [200, 200, 200, 200, 200, 200, 504, 504, 504]),
  },
  {
    file: 'idle-drop-nginx-healthy.pcapng',
    setUp: SET_UP,
    decisive: [FORGETS, SILENTLY, KEEPS, ...KEEP_ALIVE, READ],
    wrong: null,
    diagnosis:
      'nothing: the same pause on the same connections, but TCP keep-alives every 8 s pass the firewall, and it remembers',
    marks: [REQUEST_AGAIN(0), ERROR(0), ANSWERED(9)],
    take: (lab) => take(lab, KEEPS),
    faults: (_, told) => statusFaults(told, Array(9).fill(200)),
  },
];

async function take(lab, keeps) {
  const { hosts, application, shoppers } = await shopBehindFirewall(lab, {
    filter: [SILENTLY, FORGETS],
    sysctl: KEEP_ALIVE,
  });
  const front = await startShopFront(lab, hosts.front, {
    upstream: [`server ${APPLICATION};`, 'keepalive 16;'],
    proxy: [READ, keeps],
  });
  await lab.capture(hosts.front, { device: 'any', filter: 'tcp' });
  const told = await threeReports(shoppers);
  await idleHour();
  told.push(...(await threeReports(shoppers)), ...(await threeReports(shoppers)));
  await shoppers.call('leave');
  await front.program.end('SIGTERM');
  await application.end();
  return told;
}
