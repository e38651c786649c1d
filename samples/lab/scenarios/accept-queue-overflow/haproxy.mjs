/** HAProxy at its `maxconn`: it fetches no more connections, and the kernel keeps two of them for it. */
import { FRONT } from '../../parts/front.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { pause } from '../../parts/program.mjs';
import { startHaproxy } from '../../parts/servers.mjs';
import { APPLICATION } from '../../parts/shop.mjs';
import { startShopApplication } from '../../parts/shop-application.mjs';
import { ANSWERED, calmHour, lateFaults, once, rush, rushNetwork, SYN_AGAIN } from './rush.mjs';

const SHORT = 'backlog 1';
const LONG = 'backlog 128';
const REPORT_MS = 800;
/** They come while two reports hold all of HAProxy's connections. */
const RUSH = 7;
const EVERY_MS = 30;
const WAITING = 2;

const SET_UP =
  'HAProxy with room for two connections before an application; two reports of 0.8 s take it up, and seven shoppers come meanwhile, one every 30 ms';

const configuration = (backlog) =>
  haproxyConfiguration({
    timeouts: { connect: '2s', client: '10s', server: '10s' },
    sections: `
frontend web
    bind ${FRONT}:80
    maxconn 2
    ${backlog}
    option httpclose
    default_backend shop
backend shop
    server app1 ${APPLICATION}`,
  });

export const HAPROXY = [
  {
    file: 'accept-queue-overflow-haproxy.pcapng',
    setUp: `${SET_UP}; captured at HAProxy`,
    decisive: ['maxconn 2', SHORT],
    wrong: `two of the seven wait in the queue, the SYNs of the ${RUSH - WAITING} others are dropped and come again after a second`,
    diagnosis: `accept-queue-overflow, ${FRONT}:80: ${RUSH - WAITING} SYNs arrive and are answered only when they come again after 1 s, other handshakes are taken at once; certain, as captured at the server. Ruled out: loss on the way (the SYNs did arrive). Remedy: a longer backlog, a higher maxconn`,
    twin: 'accept-queue-overflow-haproxy-healthy.pcapng',
    differs: [`- ${SHORT}`, `+ ${LONG}`],
    marks: [SYN_AGAIN(RUSH - WAITING), ANSWERED(14)],
    take: (lab) => take(lab, SHORT, 'front'),
    faults: (_, told) => lateFaults(told, { late: [RUSH - WAITING, RUSH - WAITING], fromMs: 1000 }),
  },
  {
    file: 'accept-queue-overflow-haproxy-client.pcapng',
    setUp: `${SET_UP}; captured at the shoppers`,
    decisive: ['maxconn 2', SHORT],
    wrong: 'the same, seen from the other end',
    diagnosis: `accept-queue-overflow, ${FRONT}:80, likely: whether the first SYNs arrived is not seen here`,
    twin: 'accept-queue-overflow-haproxy-healthy.pcapng',
    differs: [`- ${SHORT}`, `+ ${LONG}`],
    marks: [SYN_AGAIN(RUSH - WAITING), ANSWERED(14)],
    take: (lab) => take(lab, SHORT, 'client'),
    faults: (_, told) => lateFaults(told, { late: [RUSH - WAITING, RUSH - WAITING], fromMs: 1000 }),
  },
  {
    file: 'accept-queue-overflow-haproxy-healthy.pcapng',
    setUp: `${SET_UP}; captured at HAProxy, whose queue is long enough`,
    decisive: ['maxconn 2', LONG],
    wrong: null,
    diagnosis:
      'nothing: seven connections wait in the queue for up to 0.8 s before they are answered, none has to send anything again',
    marks: [SYN_AGAIN(0), ANSWERED(14)],
    take: (lab) => take(lab, LONG, 'front'),
    faults: (_, told) => lateFaults(told, { late: [0, 0], fromMs: 1000 }),
  },
];

async function take(lab, backlog, at) {
  const { hosts, shoppers } = await rushNetwork(lab);
  const application = await startShopApplication(lab, hosts.back, {
    endpoint: APPLICATION,
    settings: { 'report-ms': REPORT_MS },
  });
  const haproxy = await startHaproxy(lab, hosts.front, {
    configuration: configuration(backlog),
    endpoints: [`${FRONT}:80`],
  });
  await lab.capture(hosts[at], { device: 'eth0', filter: 'tcp' });
  const calm = await calmHour(shoppers);
  const reports = shoppers.call('askAll', [once(0, '/reports/daily'), once(1, '/reports/weekly')]);
  await pause(60);
  const busy = await rush(shoppers, RUSH, EVERY_MS);
  const answers = [...calm, ...(await reports), ...busy];
  await shoppers.call('leave');
  await haproxy.end('SIGUSR1');
  await application.end();
  await hosts.front.allClosed();
  return answers;
}
