/** Connections that nobody answers: a packet filter drops the SYNs. */
import { BACK, CLIENT, FRONT, frontNetwork, OTHER_BACK } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { pause } from '../parts/program.mjs';
import { startHaproxy } from '../parts/servers.mjs';
import { APPLICATION, closeShop, OTHER_CLIENTS, startShop, startShoppersOn } from '../parts/shop.mjs';
import { startShopApplication } from '../parts/shop-application.mjs';

const OTHER_APPLICATION = `${OTHER_BACK}:8080`;
const CONNECT_SECONDS = 4;

/** What the filter of the application server drops: its rule, as iptables takes it, or nothing. */
const DROP_ALL = '-A INPUT -p tcp --dport 8080 --syn -j DROP';
const DROP_OTHER = `-A INPUT -d ${OTHER_BACK} -p tcp --dport 8080 --syn -j DROP`;

const ROUND_MS = 300;
/** Rounds of three requests through HAProxy; every other request goes to the second server. */
const ROUNDS = 4;
const REQUESTS = 3 * ROUNDS;
const TO_OTHER = REQUESTS / 2;
/** A report of the application takes longer than a round. */
const REPORT_MS = 1200;

const HAPROXY = haproxyConfiguration({
  timeouts: { connect: '2s', client: '20s', server: '20s', 'http-request': '10s' },
  defaults: ['retries 0'],
  sections: `
frontend web
    bind ${FRONT}:80
    option forwardfor
    default_backend shop
backend shop
    balance roundrobin
    http-reuse never
    server app1 ${APPLICATION}
    server app2 ${OTHER_APPLICATION}`,
});

/** First SYNs and those sent again: a SYN that has no answer. `from` is the side of the front. */
const SYN = (what, count, extra = '') => ({
  what,
  filter: `tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 8080${extra}`,
  count,
});
const SYN_AGAIN = (count, extra = '') => ({
  ...SYN('SYN sent again', count, ` && tcp.analysis.retransmission${extra}`),
  fault: true,
});
const ERROR = (status, count) => ({
  what: `${status} from the front`,
  filter: `http.response.code == ${status}`,
  count,
  fault: true,
  own: { response: status, from: `${FRONT}:80` },
});

const NGINX_SET_UP =
  'nginx before one application server; both legs, captured on the front on all devices; three clients; pooled connections are used again';
const HAPROXY_SET_UP =
  'HAProxy before two application servers in turn; both legs, captured on the front on all devices; three clients';

const FILTER_GONE = 'packet filter: none';

export const scenario = {
  name: 'connect-timeout',
  about:
    'A packet filter before the application drops SYNs: the proxy sends them again until its connect time-out, and answers 504 (nginx) or 503 (HAProxy).',
  programs: ['nginx', 'haproxy', 'iptables'],
  samples: [
    {
      file: 'connect-timeout-nginx.pcapng',
      setUp: `${NGINX_SET_UP}; in the middle somebody loads a packet filter that drops new connections`,
      decisive: [`proxy_connect_timeout ${CONNECT_SECONDS}s;`, `packet filter: ${DROP_ALL}`],
      wrong:
        'While a report keeps the pooled connection busy, other requests need new ones; their SYNs stay without answer and are sent again every second; nginx gives up after 4.0 s with 504, while the pooled connection goes on',
      diagnosis: `connect-timeout: ${APPLICATION} leaves four SYNs of new connections without answer, each sent again; the front gives up after 4.0 s (its connect time-out) and answers 504 (critical). The server is up: an established connection to the same port is answered meanwhile. Supported: packets to new connections dropped (filter, conntrack). Ruled out: host down, full accept queue (no SYN that is sent again is ever answered). Open: whether the SYNs or their answers are lost, which the side of the front cannot tell. Remedy: packet filter and security group of ${BACK}`,
      twin: 'connect-timeout-nginx-healthy.pcapng',
      differs: [`- packet filter: ${DROP_ALL}`, `+ ${FILTER_GONE}`],
      marks: [SYN_AGAIN([8, 16]), ERROR(504, 4)],
      take: (lab) => takeNginx(lab, DROP_ALL),
      faults: (capture, told) => faultsOfSilence(capture, told, { status: 504, failures: 4, seconds: CONNECT_SECONDS }),
    },
    {
      file: 'connect-timeout-nginx-healthy.pcapng',
      setUp: `${NGINX_SET_UP}; no packet filter`,
      decisive: [`proxy_connect_timeout ${CONNECT_SECONDS}s;`, FILTER_GONE],
      wrong: null,
      diagnosis: 'nothing: every SYN is answered at once',
      marks: [SYN_AGAIN(0), ERROR(504, 0)],
      take: (lab) => takeNginx(lab, null),
      faults: faultsOfPeace,
    },
    {
      file: 'connect-timeout-haproxy.pcapng',
      setUp: `${HAPROXY_SET_UP}; the second is new, and its packet filter does not let the front in yet`,
      decisive: ['timeout connect 2s', 'retries 0', `packet filter: ${DROP_OTHER}`],
      wrong: `Every other request goes to ${OTHER_APPLICATION}, which answers no SYN: after 2.0 s HAProxy answers 503 where it is the first request of the client's connection, and closes in silence where it is not`,
      diagnosis: `connect-timeout: ${OTHER_APPLICATION} answers no SYN at all, ${APPLICATION} answers every one at once; the front gives up after 2.0 s, ${TO_OTHER} of ${REQUESTS} requests fail, answered 503 or, on a client connection used before, by a close without a word (HAProxy log sC--), not tried elsewhere (critical). Supported: packets dropped by a filter of ${OTHER_BACK}, or its port: the host is there, it answers ARP for that address just before the first SYN, from the station of ${BACK}, which accepts connections. Ruled out: host down, time-out of the application. Open: whether the SYNs or their answers are lost. Remedy: packet filter or security group of ${OTHER_BACK}; HAProxy \`option redispatch\` and \`retries 3\`, and a health check`,
      twin: 'connect-timeout-haproxy-healthy.pcapng',
      differs: [`- packet filter: ${DROP_OTHER}`, `+ ${FILTER_GONE}`],
      marks: [
        SYN_AGAIN(TO_OTHER, ` && ip.dst == ${OTHER_BACK}`),
        ERROR(503, [1, TO_OTHER]),
        {
          what: 'its host answers ARP',
          filter: `arp.opcode == 2 && arp.src.proto_ipv4 == ${OTHER_BACK}`,
          count: [1, 4],
        },
      ],
      take: (lab) => takeHaproxy(lab, DROP_OTHER),
      faults: (capture, told) => faultsOfSilence(capture, told, { status: 503, failures: TO_OTHER, seconds: 2 }),
    },
    {
      file: 'connect-timeout-haproxy-healthy.pcapng',
      setUp: `${HAPROXY_SET_UP}; no packet filter`,
      decisive: ['timeout connect 2s', 'retries 0', FILTER_GONE],
      wrong: null,
      diagnosis: 'nothing: both servers answer every SYN at once',
      marks: [SYN_AGAIN(0), ERROR(503, 0)],
      take: (lab) => takeHaproxy(lab, null),
      faults: faultsOfPeace,
    },
  ],
};

async function takeNginx(lab, rule) {
  tellFilter(lab, rule);
  const shop = await startShop(lab, {
    application: { settings: { 'report-ms': REPORT_MS } },
    front: { proxy: [`proxy_connect_timeout ${CONNECT_SECONDS}s;`] },
  });
  const { shoppers, hosts } = shop;
  // One after the other: the pool needs no more than one connection.
  const early = await shoppers.call('askInTurn', [
    { from: CLIENT, path: '/' },
    order(CLIENT, 1),
    order(OTHER_CLIENTS[0], 2),
  ]);
  await filter(hosts.back, rule);
  const middle = [];
  for (const number of [4, 5]) {
    // A report keeps the pooled connection busy; the two that come meanwhile need new ones.
    const report = shoppers.call('ask', { from: CLIENT, path: '/reports/daily' });
    await pause(ROUND_MS);
    const others = [{ from: OTHER_CLIENTS[0], path: '/api/products' }, order(OTHER_CLIENTS[1], number)];
    middle.push(...(await shoppers.call('askAll', others)), await report);
  }
  if (rule !== null) await filter(hosts.back, rule.replace('-A', '-D'));
  const late = await threeAtOnce(shoppers);
  await closeShop(shop);
  return { answers: [...early, ...middle, ...late] };
}

async function takeHaproxy(lab, rule) {
  tellFilter(lab, rule);
  const hosts = await frontNetwork(lab, { clients: OTHER_CLIENTS });
  await filter(hosts.back, rule);
  const application = await startShopApplication(lab, hosts.back, { endpoint: APPLICATION });
  const other = await startShopApplication(lab, hosts.back, { endpoint: OTHER_APPLICATION, name: 'other application' });
  const haproxy = await startHaproxy(lab, hosts.front, { configuration: HAPROXY, endpoints: [`${FRONT}:80`] });
  const shoppers = await startShoppersOn(hosts.client);
  await lab.capture(hosts.front, { device: 'any' });
  const answers = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    answers.push(...(await threeAtOnce(shoppers)));
    await pause(ROUND_MS);
  }
  await shoppers.call('leave');
  await haproxy.end('SIGUSR1');
  await Promise.all([application.end(), other.end()]);
  await hosts.front.allClosed();
  return { answers };
}

function tellFilter(lab, rule) {
  lab.setting('packet filter of the application server', rule === null ? FILTER_GONE : `packet filter: ${rule}`);
}

async function filter(host, rule) {
  if (rule !== null) await host.run('iptables', ...rule.split(' '));
}

function threeAtOnce(shoppers) {
  return shoppers.call('askAll', [
    { from: CLIENT, path: '/' },
    { from: OTHER_CLIENTS[0], path: '/api/products' },
    order(OTHER_CLIENTS[1], 3),
  ]);
}

function order(from, number) {
  return { from, method: 'POST', path: '/api/orders', body: { cart: 9100 + number, pay: 'invoice' } };
}

/** How late a time-out may be noticed by a client on a busy machine, milliseconds. */
const LATE_MS = 500;

async function faultsOfSilence(capture, { answers }, { status, failures, seconds }) {
  // HAProxy says nothing to a client whose connection has carried a request before: it may try again.
  const isFailed = (answer) => answer.status === status || (status === 503 && answer.status === 0);
  const failed = answers.filter(isFailed);
  const bad = answers.filter((answer) => !isFailed(answer) && (answer.status >= 300 || answer.status === 0));
  const early = failed.filter(({ ms }) => ms < seconds * 1000 || ms > seconds * 1000 + LATE_MS);
  const answered = await capture.records(
    ['tcp.stream'],
    'tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 8080 && tcp.analysis.retransmission',
  );
  const streams = [...new Set(answered.map((record) => record['tcp.stream']))];
  return [
    ...(failed.length === failures ? [] : [`${failed.length} requests failed, should be ${failures}`]),
    ...(bad.length === 0 ? [] : [`clients saw ${bad.map((answer) => answer.status).join(', ')} too`]),
    ...early.map(({ ms }) => `${status} after ${ms} ms, should be ${seconds} s`),
    ...(streams.length === failed.length
      ? []
      : [`${streams.length} connections sent SYN again, ${failed.length} requests failed`]),
  ];
}

function faultsOfPeace(_, { answers }) {
  const bad = answers.filter(({ status }) => status >= 300 || status === 0);
  return bad.length === 0 ? [] : [`clients saw ${bad.map(({ status }) => status).join(', ')}`];
}
