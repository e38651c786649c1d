/** Answers without a body, answers in two steps, large answers, requests of monitors. */
import { createServer } from 'node:http';
import { curl } from '../../parts/curl.mjs';
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { startHaproxy } from '../../parts/servers.mjs';
import { startSite } from './site.mjs';

const MONITOR = '10.0.0.30';
const EVER = 'Fri, 31 Dec 2038 23:59:59 GMT';
const CHECKED = [
  'location = /healthz { access_log off; }',
  'location = / { if ($request_method = OPTIONS) { return 204; } }',
];

export const SEMANTICS = [
  {
    file: 'healthy-no-body.pcapng',
    setUp:
      'Node; HEAD, 204, 304, 206, an upload with `Expect: 100-continue`, one that is refused with 417, a redirect within the site',
    wrong: null,
    diagnosis:
      'nothing: HEAD, 204 and 304 with a Content-Length have no body and are whole (no truncated-response), 206 is as long as its range, the wait for 100 is over within a round trip (no expect-continue-stall), a refused expectation is answered before its body (no early-response-reset: nothing was sent)',
    marks: [
      {
        what: '100',
        filter: `http.response.code == 100 && ip.src == ${FRONT}`,
        count: 2,
        own: { response: 100, from: FRONT },
      },
      {
        what: '204',
        filter: `http.response.code == 204 && ip.src == ${FRONT}`,
        count: 2,
        own: { response: 204, from: FRONT },
      },
      {
        what: '304',
        filter: `http.response.code == 304 && ip.src == ${FRONT}`,
        count: 2,
        own: { response: 304, from: FRONT },
      },
      {
        what: 'HEAD',
        filter: `http.request.method == "HEAD" && ip.dst == ${FRONT}`,
        count: 2,
        own: { request: 'HEAD', to: FRONT },
      },
    ],
    take: takeWithoutBody,
    faults: (_, told) => statusFaults(told, [200, 200, 204, 204, 304, 304, 206, 201, 201, 417, 302]),
  },
  {
    file: 'healthy-download.pcap',
    setUp: 'nginx; 3 downloads of 188 kB and 6 pages, captured with `-s 128`',
    wrong: null,
    diagnosis:
      'nothing: all bodies are whole by sequence numbers; bytes beyond the snap length are missing in the file, not in the answers, so no truncated-response',
    marks: [
      {
        what: 'GET',
        filter: `http.request.method == "GET" && ip.dst == ${FRONT}`,
        count: 9,
        own: { request: 'GET', to: FRONT },
      },
      { what: 'packet cut at 128 bytes', filter: 'frame.cap_len < frame.len', count: [380, 420] },
      { what: 'RST', filter: 'tcp.flags.reset == 1', count: 0 },
    ],
    take: takeDownloads,
    faults: (_, told) => statusFaults(told, Array(9).fill(200)),
  },
  {
    file: 'healthy-probes.pcapng',
    setUp:
      'nginx, asked by two people and watched by a load balancer: HAProxy with `option httpchk OPTIONS /` and with a bare TCP check, a kube-probe, an ELB-HealthChecker; captured with `-i any`',
    decisive: ['option httpchk OPTIONS /'],
    wrong: null,
    diagnosis:
      "nothing: connections without a request that end in HAProxy's RST are TCP checks, OPTIONS and the probes' GETs are health checks; no preconnect-408, no rst-after-request, and none of them counts among the requests",
    marks: [
      {
        what: 'RST of the monitor after a bare connection or a check',
        filter: `tcp.flags.reset == 1 && ip.src == ${MONITOR}`,
        count: [4, 30],
        own: { segment: 'rst', from: MONITOR },
      },
      {
        what: 'OPTIONS',
        filter: `http.request.method == "OPTIONS" && ip.dst == ${FRONT}`,
        count: [2, 12],
        own: { request: 'OPTIONS', to: FRONT },
      },
      {
        what: 'GET /healthz',
        filter: 'http.request.uri == "/healthz"',
        count: 8,
        own: { request: 'GET', target: '/healthz', to: FRONT },
      },
    ],
    take: takeProbes,
    faults: (_, told) => statusFaults(told, Array(16).fill(200)),
  },
];

async function takeWithoutBody(lab) {
  const { client, front } = await frontNetwork(lab);
  lab.setting('application', 'Node http, answers by method and path; 417 to an Expect for /refused');
  await front.actor(import.meta.url, 'startApplication', { address: FRONT, port: 80 });
  await lab.capture(front, { device: 'eth0', filter: 'tcp' });
  const upload = ['--header', 'Expect: 100-continue', '--data-binary', `name=${'x'.repeat(3000)}`];
  const told = [];
  for (const [paths, options] of [
    [['/', '/article/4711'], ['--head']],
    [
      ['/basket/1', '/basket/2'],
      ['--request', 'DELETE'],
    ],
    [
      ['/article/4711', '/article/4712'],
      ['--header', `If-Modified-Since: ${EVER}`],
    ],
    [['/article/4711'], ['--range', '100-299']],
    [['/orders', '/orders'], upload],
    [['/refused'], upload],
    [['/old'], []],
  ]) {
    const urls = paths.map((path) => `http://${FRONT}${path}`);
    told.push(...(await curl(client, urls, { options: ['--header', 'Host: shop.example', ...options] })).transfers);
    await pause(50);
  }
  await front.allClosed();
  return told.map(({ status }) => status);
}

/** An application that answers in every way that has no body, or half of one. */
export async function startApplication({ address, port }) {
  const article = `<!doctype html><title>Article</title>${'<p>Anvil, 50 kg.</p>'.repeat(40)}`;
  const answer = (request, response) => {
    const { method, url } = request;
    if (method === 'DELETE') response.writeHead(204).end();
    else if (method === 'POST')
      request.resume().once('end', () => response.writeHead(201, { Location: '/orders/7' }).end('created\n'));
    else if (url === '/old') response.writeHead(302, { Location: '/article/4711', 'Content-Length': 0 }).end();
    else if (request.headers['if-modified-since'] !== undefined) response.writeHead(304, { ETag: '"7"' }).end();
    else if (request.headers.range === 'bytes=100-299') {
      response
        .writeHead(206, { 'Content-Range': `bytes 100-299/${article.length}`, 'Content-Length': 200 })
        .end(article.slice(100, 300));
    } else
      response
        .writeHead(200, { 'Content-Type': 'text/html', 'Content-Length': article.length, ETag: '"7"' })
        .end(method === 'HEAD' ? undefined : article);
  };
  const server = createServer(answer);
  server.on('checkContinue', (request, response) => {
    if (request.url === '/refused') response.writeHead(417, { Connection: 'close' }).end();
    else {
      response.writeContinue();
      answer(request, response);
    }
  });
  await new Promise((resolve) => {
    server.listen(port, address, resolve);
  });
}

async function takeDownloads(lab) {
  const { client, front } = await frontNetwork(lab);
  await startSite(lab, front, { listen: `${FRONT}:80`, endpoints: [`${FRONT}:80`] });
  await lab.capture(front, { device: 'eth0', filter: 'tcp', snapLength: 128 });
  const told = [];
  for (let round = 0; round < 3; round += 1) {
    const urls = ['/', '/prices.csv', '/shop.js'].map((path) => `http://${FRONT}${path}`);
    told.push(...(await curl(client, urls, { options: ['--header', 'Host: shop.example'] })).transfers);
    await pause(100);
  }
  await front.allClosed();
  return told.map(({ status }) => status);
}

const MONITORING = `
global
    log stdout format raw local0
defaults
    mode http
    timeout connect 1s
    timeout client 5s
    timeout server 5s
    timeout check 1s
backend by_tcp
    source ${MONITOR}
    server shop ${FRONT}:80 check inter 400ms
backend by_http
    source ${MONITOR}
    option httpchk OPTIONS /
    server shop ${FRONT}:80 check inter 400ms
frontend nobody
    bind 127.0.0.1:8000
    default_backend by_http
`;

async function takeProbes(lab) {
  const { client, front } = await frontNetwork(lab, { clients: [MONITOR] });
  await startSite(lab, front, { listen: `${FRONT}:80`, lines: CHECKED, endpoints: [`${FRONT}:80`] });
  await lab.capture(front, { device: 'any', filter: 'tcp' });
  const monitor = await startHaproxy(lab, client, { configuration: MONITORING, endpoints: ['127.0.0.1:8000'] });
  const ask = async (from, agent, paths) => {
    const urls = paths.map((path) => `http://${FRONT}${path}`);
    const options = ['--interface', from, '--user-agent', agent, '--header', 'Host: shop.example'];
    return (await curl(client, urls, { options })).transfers.map(({ status }) => status);
  };
  const told = [];
  for (let round = 0; round < 4; round += 1) {
    told.push(...(await ask(MONITOR, 'kube-probe/1.29', ['/healthz'])));
    told.push(
      ...(await ask(CLIENT, 'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0', ['/offers.html', '/basket.json'])),
    );
    told.push(...(await ask(MONITOR, 'ELB-HealthChecker/2.0', ['/healthz'])));
    await pause(400);
  }
  await monitor.end();
  await front.allClosed();
  return told;
}

function statusFaults(seen, wanted) {
  return seen.join() === wanted.join() ? [] : [`the clients saw ${seen.join()}`];
}
