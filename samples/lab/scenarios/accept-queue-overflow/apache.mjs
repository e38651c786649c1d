/** Apache with two workers, which is told of a connection only once it brings data (TCP_DEFER_ACCEPT). */
import { FRONT } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { startApache } from '../../parts/servers.mjs';
import { APPLICATION } from '../../parts/shop.mjs';
import { startShopApplication } from '../../parts/shop-application.mjs';
import { ANSWERED, calmHour, lateFaults, once, REQUEST_AGAIN, rush, rushNetwork } from './rush.mjs';

const SHORT = 'ListenBacklog 1';
const LONG = 'ListenBacklog 511';
const REPORT_MS = 1200;
const RUSH = 8;

const SET_UP =
  'Apache with two workers before an application; two reports of 1.2 s take them up, and eight shoppers come within a round trip; captured at Apache';

export const APACHE = [
  {
    file: 'accept-queue-overflow-apache.pcapng',
    setUp: SET_UP,
    decisive: [SHORT, 'MaxRequestWorkers 2'],
    wrong: 'requests are not acknowledged, as the queue is full, and come again until a worker is free',
    diagnosis: `accept-queue-overflow, ${FRONT}:80: handshakes of whose ACK and request the server takes no notice until they come again, others are taken at once; certain, as captured at the server. Not TCP_DEFER_ACCEPT alone, though Apache has it: the data was there. Remedy: ListenBacklog, more workers`,
    twin: 'accept-queue-overflow-apache-healthy.pcapng',
    differs: [`- ${SHORT}`, `+ ${LONG}`],
    marks: [REQUEST_AGAIN([3, 40]), ANSWERED(15)],
    take: (lab) => take(lab, SHORT),
    faults: (_, told) => lateFaults(told, { late: [3, RUSH], fromMs: 1250 }),
  },
  {
    file: 'accept-queue-overflow-apache-healthy.pcapng',
    setUp: `${SET_UP}, whose queue is as long as usual`,
    decisive: [LONG, 'MaxRequestWorkers 2'],
    wrong: null,
    diagnosis: 'nothing: the requests are acknowledged at once, and answered when a worker is free',
    marks: [REQUEST_AGAIN(0), ANSWERED(15)],
    take: (lab) => take(lab, LONG),
    faults: (_, told) => lateFaults(told, { late: [0, 2], fromMs: 1250 }),
  },
];

async function take(lab, backlog) {
  const { hosts, shoppers } = await rushNetwork(lab);
  const application = await startShopApplication(lab, hosts.back, {
    endpoint: APPLICATION,
    settings: { 'report-ms': REPORT_MS },
  });
  const apache = await startApache(lab, hosts.front, {
    modules: ['proxy', 'proxy_http'],
    configuration: `Listen ${FRONT}:80
${backlog}
ServerLimit 1
ThreadLimit 2
StartServers 1
ThreadsPerChild 2
MaxRequestWorkers 2
MinSpareThreads 1
MaxSpareThreads 2
AsyncRequestWorkerFactor 1
ProxyPass "/" "http://${APPLICATION}/"`,
    endpoints: [`${FRONT}:80`],
  });
  await lab.capture(hosts.front, { device: 'eth0', filter: 'tcp' });
  const calm = await calmHour(shoppers);
  const reports = shoppers.call('askAll', [once(0, '/reports/daily'), once(1, '/reports/weekly')]);
  await pause(100);
  const busy = await rush(shoppers, RUSH);
  const answers = [...calm, ...(await reports), ...busy];
  await shoppers.call('leave');
  await apache.end('SIGWINCH');
  await application.end();
  await hosts.front.allClosed();
  return answers;
}
