/** An outage between a proxy and its application. */
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { pause } from '../../parts/program.mjs';
import { startHaproxy } from '../../parts/servers.mjs';
import { APPLICATION, OTHER_CLIENTS, startShoppersOn } from '../../parts/shop.mjs';
import { startShopApplication } from '../../parts/shop-application.mjs';

const SOUND = 'line between HAProxy and the application: sound';
const FAILS = 'line between HAProxy and the application: of HAProxy, segments 4 to 8 are lost';
const LOST = [4, 5, 6, 7, 8];

const SET_UP =
  'HAProxy before an application in another building, 2 ms away; three shoppers, one request after the other; both legs, captured on the front on all devices';

const HAPROXY = haproxyConfiguration({
  timeouts: { connect: '5s', client: '20s', server: '20s' },
  sections: `
frontend web
    bind ${FRONT}:80
    option forwardfor
    default_backend shop
backend shop
    server app1 ${APPLICATION}`,
});

const AGAIN = (count) => ({
  what: 'request to the application, sent again',
  filter: 'tcp.dstport == 8080 && tcp.len > 0 && tcp.analysis.retransmission',
  count,
  fault: true,
});

const ANSWERED = {
  what: '200 from HAProxy',
  filter: `http.response.code == 200 && ip.src == ${FRONT}`,
  count: 9,
  own: { response: 200, from: `${FRONT}:80` },
};

export const BACKEND = [
  {
    file: 'path-loss-outage-haproxy.pcapng',
    setUp: SET_UP,
    decisive: [FAILS],
    wrong:
      'a request to the application is lost five times in a row; HAProxy’s kernel sends it again with doubling pauses, the shopper waits for seconds',
    diagnosis: `path-loss, ${APPLICATION} (notice): one request had to be sent again five times until it was acknowledged: the way to the server loses. No slow-response of the application: it answers at once what reaches it`,
    twin: 'path-loss-outage-haproxy-healthy.pcapng',
    differs: [`- ${FAILS}`, `+ ${SOUND}`],
    marks: [AGAIN([4, 6]), ANSWERED],
    take: (lab) => take(lab, { drop: LOST }, FAILS),
    faults,
  },
  {
    file: 'path-loss-outage-haproxy-healthy.pcapng',
    setUp: SET_UP,
    decisive: [SOUND],
    wrong: null,
    diagnosis: 'nothing',
    marks: [AGAIN(0), ANSWERED],
    take: (lab) => take(lab, {}, SOUND),
    faults,
  },
];

async function take(lab, forward, text) {
  const hosts = await frontNetwork(lab, {
    clients: OTHER_CLIENTS,
    backLine: { kind: 'tap', oneWayMicroseconds: 1000, forward },
  });
  lab.setting('line', text);
  const application = await startShopApplication(lab, hosts.back, { endpoint: APPLICATION });
  const haproxy = await startHaproxy(lab, hosts.front, { configuration: HAPROXY, endpoints: [`${FRONT}:80`] });
  const shoppers = await startShoppersOn(hosts.client);
  await lab.capture(hosts.front, { device: 'any', filter: 'tcp' });
  const told = [];
  for (let round = 0; round < 3; round += 1)
    for (const from of [CLIENT, ...OTHER_CLIENTS]) {
      told.push(await shoppers.call('ask', { from, path: '/' }));
      await pause(40);
    }
  await shoppers.call('leave');
  await haproxy.end('SIGUSR1');
  await application.end();
  await hosts.front.allClosed();
  return told;
}

function faults(_, told) {
  const bad = told.filter(({ status }) => status !== 200);
  return bad.length === 0 ? [] : [`statuses: ${bad.map(({ status }) => status).join()}`];
}
