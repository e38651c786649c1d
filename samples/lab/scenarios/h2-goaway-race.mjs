/** HTTP/2 requests that are lost because the server says GOAWAY while they are under way. */
import { BACK, CLIENT, FRONT, frontNetwork } from '../parts/front.mjs';
import { pause } from '../parts/program.mjs';
import { startNghttpx, startNginx } from '../parts/servers.mjs';
import { startShopApplication } from '../parts/shop-application.mjs';
import { FIN } from '../parts/tshark.mjs';

const SITE = 'api.shop.example';
const GATEWAY = new URL('h2-goaway-race/gateway.mjs', import.meta.url).href;
const REPORT_SERVER = new URL('h2-goaway-race/report-server.mjs', import.meta.url).href;

/** Pages, each of so many requests at once. */
const PAGES = 7;
const PER_PAGE = 8;
const PAGE_MS = 150;

/** The limit of nginx that falls amid a page: the third one of each connection. */
const FEW = 20;
const LIMIT = (count) => `keepalive_requests ${count};`;
/** Streams of a connection are 1, 3, 5 …: the last that nginx answers. */
const LAST_ANSWERED = 2 * FEW - 1;
/** The third page of a connection has so many requests too many; it happens on two connections. */
const LOST = 2 * (3 * PER_PAGE - FEW);

const FAILS = 'gateway: a refused request fails';
const SENDS_AGAIN = 'gateway: a refused request is sent again, once, on a new connection';

const REPORT_MS = 1500;
const GRACE_MS = 500;
const SHORT_GRACE = 'stop: SIGTERM, and SIGKILL 0.5 s later';
const LONG_GRACE = 'stop: SIGTERM, and SIGKILL 10 s later';

const SERVER_GOAWAY = (what, last, count) => ({
  what,
  filter: `http2.type == 7 && ip.src == ${FRONT} && http2.goaway.last_stream_id == ${last}`,
  count,
});
const SERVER_FIN = (count) => ({
  what: "the server's FIN",
  filter: `${FIN} && ip.src == ${FRONT} && tcp.srcport == 443`,
  count,
  own: { segment: 'fin', from: `${FRONT}:443` },
});
const SERVER_RST = (what, count) => ({
  what,
  filter: `tcp.flags.reset == 1 && ip.src == ${FRONT} && tcp.srcport == 443`,
  count,
  own: { segment: 'rst', from: `${FRONT}:443` },
});
const NO_SERVER_RST = SERVER_RST('RST of the server', 0);
/** It has closed and the client's own farewell comes too late, or does not. */
const LATE_RST = SERVER_RST('RST of the server to what the client still sends as it closes', [0, 8]);

/** One mark for the pair: the answers that are missing are the fault. Two that are sent together may be in one packet. */
const STOP_ANSWERS = (count) => ({
  what: '200 of the application',
  filter: `http2.headers.status == 200 && ip.src == ${FRONT}`,
  count,
  mended: true,
});

const NGINX_SET_UP = `nginx, HTTP/2 over TLS, keys embedded; a gateway asks for seven pages of eight requests at once on one connection`;
const STOP_SET_UP =
  'a Node application, HTTP/2 over TLS, keys embedded; a gateway asks for reports that take 1.5 s, among short requests; the application is stopped and started again';

export const scenario = {
  name: 'h2-goaway-race',
  about:
    'A server says GOAWAY: requests on higher streams are not looked at and have to be sent again; those on lower ones should be answered before it closes.',
  programs: ['nginx', 'nghttpx'],
  samples: [
    {
      file: 'h2-goaway-race-nginx.pcapng',
      setUp: NGINX_SET_UP,
      decisive: [LIMIT(FEW), FAILS],
      wrong: `With its ${FEW}th request on a connection nginx says GOAWAY, last stream ${LAST_ANSWERED}, NO_ERROR; four more were sent together with it and are not looked at, on two connections; the gateway lets them fail`,
      diagnosis: `h2-goaway-race: ${FRONT}:443 says GOAWAY with last stream ${LAST_ANSWERED} after ${FEW} requests, on two connections; eight requests on higher streams were sent before the GOAWAY could be known, not processed, and not sent again (critical, safe to retry). Supported: limit of requests per connection, constant ${FEW}. Ruled out: age of the connection, error code. Remedy: \`keepalive_requests 1000;\` or more, and a client that sends streams above the last one again`,
      twin: 'h2-goaway-race-nginx-healthy.pcapng',
      differs: [`- ${LIMIT(FEW)}`, `+ ${LIMIT(1000)}`],
      marks: [
        {
          ...SERVER_GOAWAY('GOAWAY of nginx, requests above its last stream under way', LAST_ANSWERED, 2),
          fault: true,
        },
        SERVER_FIN(3),
        LATE_RST,
      ],
      take: (lab) => takeNginx(lab, { limit: FEW, sendsAgain: false }),
      faults: (_, { answers }) => {
        const lost = answers.filter(({ error }) => error !== null);
        const bad = lost.filter(({ code, stream }) => code !== 7 || stream <= LAST_ANSWERED);
        return [
          ...(lost.length === LOST ? [] : [`${lost.length} requests were lost, should be ${LOST}`]),
          ...bad.map(({ stream, error }) => `stream ${stream}: ${error}`),
        ];
      },
    },
    {
      file: 'h2-goaway-race-nginx-retried.pcapng',
      setUp: `${NGINX_SET_UP}, and sends refused requests again`,
      decisive: [LIMIT(FEW), SENDS_AGAIN],
      wrong:
        'The same; the gateway sends each of the refused requests again on the next connection, where it is answered',
      diagnosis: `h2-goaway-race, warning only: the requests above the last stream ${LAST_ANSWERED} were sent again within 5 s on another connection and answered 200. Supported: limit of requests per connection, ${FEW} on each of two connections, the second of which lost nothing`,
      twin: 'h2-goaway-race-nginx-healthy.pcapng',
      differs: [`- ${SENDS_AGAIN}`, `- ${LIMIT(FEW)}`, `+ ${FAILS}`, `+ ${LIMIT(1000)}`],
      marks: [
        {
          ...SERVER_GOAWAY('GOAWAY of nginx, requests above its last stream under way', LAST_ANSWERED, [2, 3]),
          fault: true,
        },
        SERVER_FIN([3, 4]),
        LATE_RST,
      ],
      take: (lab) => takeNginx(lab, { limit: FEW, sendsAgain: true }),
      faults: (_, { answers }) => {
        const again = answers.filter(({ isAgain }) => isAgain).length;
        return [...(again >= 4 ? [] : [`${again} requests were sent again`]), ...failuresOf(answers)];
      },
    },
    {
      file: 'h2-goaway-race-nginx-healthy.pcapng',
      setUp: NGINX_SET_UP,
      decisive: [LIMIT(1000), FAILS],
      wrong: null,
      diagnosis: 'nothing: one connection, all requests answered; the GOAWAY is that of the client, which leaves',
      marks: [SERVER_GOAWAY('GOAWAY of nginx amid the requests', LAST_ANSWERED, 0), SERVER_FIN(1), NO_SERVER_RST],
      take: (lab) => takeNginx(lab, { limit: 1000, sendsAgain: false }),
      faults: (_, { answers }) => failuresOf(answers),
    },
    {
      file: 'h2-goaway-race-stop.pcapng',
      setUp: STOP_SET_UP,
      decisive: [SHORT_GRACE],
      wrong:
        'On SIGTERM the application says GOAWAY and goes on with two reports; 0.5 s later it is killed: FIN, and the two streams, not above the last one, never end',
      diagnosis: `h2-goaway-race: ${FRONT}:443 says GOAWAY (NO_ERROR) and closes 0.5 s later, two requests on streams not above the last one without answer: cut off in progress, not safe to send again (critical). Supported: stop with too short a grace (deploy-drain). Ruled out: limit of requests, error code. Remedy: a longer grace before SIGKILL (\`TimeoutStopSec\`, \`terminationGracePeriodSeconds\`)`,
      twin: 'h2-goaway-race-stop-healthy.pcapng',
      differs: [`- ${SHORT_GRACE}`, `+ ${LONG_GRACE}`],
      marks: [
        SERVER_GOAWAY('GOAWAY of the application that stops', 15, 1),
        STOP_ANSWERS([4, 8]),
        SERVER_FIN(2),
        LATE_RST,
      ],
      take: (lab) => takeStop(lab, { isPatient: false }),
      faults: (_, { short, reports }) => {
        const cut = reports.filter(({ status, complete }) => status === 0 && !complete);
        return [...(cut.length === 2 ? [] : [`${cut.length} reports were cut off`]), ...failuresOf(short)];
      },
    },
    {
      file: 'h2-goaway-race-stop-healthy.pcapng',
      setUp: STOP_SET_UP,
      decisive: [LONG_GRACE],
      wrong: null,
      diagnosis:
        'nothing: after the GOAWAY all streams not above the last one are answered before the connection closes',
      marks: [
        SERVER_GOAWAY('GOAWAY of the application that stops', 15, 1),
        STOP_ANSWERS([5, 10]),
        SERVER_FIN(2),
        LATE_RST,
      ],
      take: (lab) => takeStop(lab, { isPatient: true }),
      faults: (_, { short, reports }) => failuresOf([...short, ...reports]),
    },
    {
      file: 'h2-goaway-race-drain-healthy.pcapng',
      setUp:
        'nghttpx, HTTP/2 over TLS, keys embedded, before an application; it is told to quit gracefully while two reports are under way',
      decisive: ['quit: SIGQUIT'],
      wrong: null,
      diagnosis:
        'nothing: a graceful GOAWAY with last stream 2147483647, which refuses none; every stream is answered before the connection closes',
      marks: [SERVER_GOAWAY('GOAWAY of nghttpx that announces the end', 2147483647, 1), SERVER_FIN(1), LATE_RST],
      take: takeDrain,
      faults: (_, { answers }) => failuresOf(answers),
    },
  ],
};

async function secureNetwork(lab, sendsAgain) {
  const hosts = await frontNetwork(lab);
  const authority = await lab.authority();
  const files = await authority.sign([SITE]);
  const startGateway = () =>
    hosts.client.actor(
      GATEWAY,
      'startGateway',
      { from: CLIENT, to: FRONT, site: SITE, authority: authority.certificate, sendsAgain },
      { keyLog: lab.keyLog },
    );
  return { ...hosts, files, startGateway };
}

async function takeNginx(lab, { limit, sendsAgain }) {
  lab.setting('gateway', sendsAgain ? SENDS_AGAIN : FAILS);
  const { client: _, front, files, startGateway } = await secureNetwork(lab, sendsAgain);
  await startNginx(lab, front, {
    http: `
  server {
    listen ${FRONT}:443 ssl http2;
    server_name ${SITE};
    ssl_certificate ${files.certificate};
    ssl_certificate_key ${files.key};
    ${LIMIT(limit)}
    default_type application/json;
    location / { return 200 '{"state":"ok"}\n'; }
  }`,
    endpoints: [`${FRONT}:443`],
  });
  const gateway = await startGateway();
  await lab.capture(front, { device: 'eth0' });
  const answers = [];
  for (let page = 1; page <= PAGES; page += 1) {
    answers.push(...(await gateway.call('askAll', requestsOf(page))));
    await pause(PAGE_MS);
  }
  await gateway.call('leave');
  await front.allClosed();
  return { answers };
}

function requestsOf(page) {
  const order = { method: 'POST', path: '/api/orders', body: { cart: 9100 + page, pay: 'invoice' } };
  const products = Array.from({ length: PER_PAGE - 1 }, (_, index) => ({ path: `/api/products/${page}${index}` }));
  return [...products, order];
}

const SHORT = [{ path: '/api/products' }, { path: '/api/carts/9100' }];
const REPORTS = [{ path: '/reports/daily' }, { path: '/reports/weekly' }];

/** `isPatient`: whoever stops the application waits until it has done what is under way. */
async function takeStop(lab, { isPatient }) {
  lab.setting('process manager', isPatient ? LONG_GRACE : SHORT_GRACE);
  const { front, files, startGateway } = await secureNetwork(lab, false);
  const start = () =>
    front.actor(REPORT_SERVER, 'startReportServer', {
      address: FRONT,
      certificate: files.certificate,
      key: files.key,
      reportMs: REPORT_MS,
    });
  const server = await start();
  const gateway = await startGateway();
  await lab.capture(front, { device: 'eth0' });
  const short = await gateway.call('askAll', SHORT);
  short.push(...(await gateway.call('askAll', REPORTS)));
  const underWay = gateway.call('askAll', REPORTS);
  await pause(PAGE_MS);
  short.push(...(await gateway.call('askAll', SHORT)));
  await server.call('drain');
  if (isPatient) await server.call('drained');
  else await pause(GRACE_MS);
  await server.end('SIGKILL');
  const reports = await underWay;
  const next = await start();
  short.push(...(await gateway.call('askAll', SHORT)));
  await gateway.call('leave');
  await front.allClosed();
  await next.end();
  return { short, reports };
}

async function takeDrain(lab) {
  lab.setting('process manager', 'quit: SIGQUIT');
  const { front, back, files, startGateway } = await secureNetwork(lab, false);
  await startShopApplication(lab, back, { endpoint: `${BACK}:8080`, settings: { 'report-ms': REPORT_MS } });
  const proxy = await startNghttpx(lab, front, {
    configuration: `
frontend=${FRONT},443
backend=${BACK},8080
private-key-file=${files.key}
certificate-file=${files.certificate}
no-ocsp=yes
workers=1`,
    endpoints: [`${FRONT}:443`],
  });
  const gateway = await startGateway();
  await lab.capture(front, { device: 'eth0' });
  const answers = await gateway.call('askAll', [{ path: '/' }, { path: '/api/products' }]);
  const underWay = gateway.call('askAll', REPORTS);
  await pause(PAGE_MS);
  answers.push(...(await gateway.call('askAll', [{ path: '/' }, { path: '/api/products' }])));
  const ended = proxy.end('SIGQUIT');
  answers.push(...(await underWay));
  await front.allClosed();
  await ended;
  return { answers };
}

function failuresOf(answers) {
  return answers
    .filter(({ status, complete }) => status < 200 || status >= 300 || !complete)
    .map(({ stream, status, error }) => `stream ${stream}: ${status} ${error}`);
}
