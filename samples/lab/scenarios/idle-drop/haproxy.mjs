/** HAProxy, whose pooled connections the firewall resets once it has forgotten them. */
import { FRONT } from '../../parts/front.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { startHaproxy } from '../../parts/servers.mjs';
import {
  ANSWERED,
  APPLICATION,
  FOREIGN_RESET,
  FORGETS,
  idleHour,
  REMEMBERS,
  shopBehindFirewall,
  statusFaults,
  threeReports,
  WITH_RESET,
} from './firewall.mjs';

const SET_UP =
  'HAProxy that keeps connections to the application; three reports at once, a pause of 33 s, three reports at once, and three more; the firewall resets what it does not know; both legs, captured on the front on all devices';

const configuration = haproxyConfiguration({
  timeouts: { connect: '2s', client: '60s', server: '3s' },
  sections: `
frontend web
    bind ${FRONT}:80
    option forwardfor
    default_backend shop
backend shop
    http-reuse always
    server app1 ${APPLICATION} pool-purge-delay 120s`,
});

export const HAPROXY = [
  {
    file: 'idle-drop-haproxy.pcapng',
    setUp: SET_UP,
    decisive: [FORGETS, WITH_RESET, 'server app1 10.0.2.43:8080 pool-purge-delay 120s'],
    wrong:
      'the three requests after the pause go out on kept connections, and the firewall resets each in the name of the application; HAProxy closes its clients’ connections without an answer',
    diagnosis: `idle-drop, ${APPLICATION} (critical): three connections, idle for 33 s, are reset at once when they are used, by another hand than the application's (TTL 255, its own is 63). Ruled out: keepalive-race (no FIN, and the application had not closed), a restart. Remedy: option srvtcpka, net.ipv4.tcp_keepalive_time; retry-on conn-failure empty-response`,
    twin: 'idle-drop-haproxy-healthy.pcapng',
    differs: [`- ${FORGETS}`, `+ ${REMEMBERS}`],
    marks: [FOREIGN_RESET([3, 12]), ANSWERED(6)],
    take: (lab) => take(lab, FORGETS),
    faults: (_, told) => statusFaults(told, [0, 0, 0, 200, 200, 200, 200, 200, 200]),
  },
  {
    file: 'idle-drop-haproxy-healthy.pcapng',
    setUp: SET_UP,
    decisive: [REMEMBERS, WITH_RESET],
    wrong: null,
    diagnosis: 'nothing: the firewall remembers for five days, kept connections are used again after 33 s',
    marks: [FOREIGN_RESET(0), ANSWERED(9)],
    take: (lab) => take(lab, REMEMBERS),
    faults: (_, told) => statusFaults(told, Array(9).fill(200)),
  },
];

async function take(lab, memory) {
  const { hosts, application, shoppers } = await shopBehindFirewall(lab, { filter: [WITH_RESET, memory] });
  const haproxy = await startHaproxy(lab, hosts.front, { configuration, endpoints: [`${FRONT}:80`] });
  await lab.capture(hosts.front, { device: 'any', filter: 'tcp' });
  const told = await threeReports(shoppers);
  await idleHour();
  told.push(...(await threeReports(shoppers)), ...(await threeReports(shoppers)));
  await shoppers.call('leave');
  await haproxy.end('SIGTERM');
  await application.end();
  return told;
}
