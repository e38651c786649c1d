/** Proxies that open a connection for each request, and servers that make them. */
import { curl } from '../parts/curl.mjs';
import { BACK, FRONT, FRONT_INSIDE, frontNetwork } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { ORIGIN_PORTS, startOrigins } from '../parts/origins.mjs';
import { startHaproxy, startNginx } from '../parts/servers.mjs';

/** Visits of a client, each of so many requests on one connection: a few more than it takes to call it a habit. */
const VISITS = 11;
const PER_VISIT = 5;
const REQUESTS = VISITS * PER_VISIT;

const KEEPS = 'keepalive 8;';
const CLEARED = ['proxy_http_version 1.1;', 'proxy_set_header Connection "";'];
const CLOSES = 'option http-server-close';
const REUSES = 'option http-keep-alive';
const endpoint = (kind) => `${BACK}:${ORIGIN_PORTS[kind]}`;

const SYNS = (count) => ({
  what: 'SYN of the proxy',
  filter: `tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.src == ${FRONT_INSIDE}`,
  count,
});
const GETS = {
  what: 'GET of the proxy',
  filter: `http.request.method == "GET" && ip.src == ${FRONT_INSIDE}`,
  count: REQUESTS,
  own: { request: 'GET', to: BACK },
};
const SAYS_CLOSE = (what, filter, count) => ({
  what,
  filter: `${filter} && http.connection == "close"`,
  count,
  fault: true,
});
const PROXY_SAYS = (count) =>
  SAYS_CLOSE('request with Connection: close', `http.request && ip.src == ${FRONT_INSIDE}`, count);
const SERVER_SAYS = (count) =>
  SAYS_CLOSE('response with Connection: close', `http.response && ip.src == ${BACK}`, count);

const SET_UP = (proxy, server) =>
  `${proxy} before ${server}; the leg behind alone, captured on the front; a client comes ${VISITS} times and asks for ${PER_VISIT} products on one connection`;
const DIAGNOSIS = (kind) =>
  `no-upstream-reuse of ${endpoint(kind)} (notice, certain): ${REQUESTS} connections of ${FRONT_INSIDE}, each for one request`;
const HEALTHY = 'nothing: one connection, or a few, carry all requests';

export const scenario = {
  name: 'no-upstream-reuse',
  about:
    'A proxy hands requests on by a connection for each: because it was never told to keep them, or because the server does not.',
  programs: ['nginx', 'haproxy', 'apache2', 'curl'],
  samples: [
    ...pair({
      name: 'nginx',
      setUp: SET_UP('nginx', 'Node'),
      kind: 'node',
      failing: { front: nginx([], []), lines: [] },
      mended: { front: nginx([KEEPS], CLEARED), lines: [KEEPS, ...CLEARED] },
      wrong: 'nginx speaks HTTP/1.0 with Connection: close to its servers, as it does unless it is told otherwise',
      diagnosis: `${DIAGNOSIS('node')}. Supported: the proxy says close. Ruled out: the server does. Remedy: \`keepalive\` in the upstream block, HTTP/1.1, an empty Connection field`,
      mark: PROXY_SAYS(REQUESTS),
    }),
    ...pair({
      name: 'haproxy',
      setUp: SET_UP('HAProxy', 'Node'),
      kind: 'node',
      failing: { front: haproxy(CLOSES), lines: [CLOSES] },
      mended: { front: haproxy(REUSES), lines: [REUSES] },
      wrong: 'HAProxy is told to close the side of the server after each answer, and says so in each request',
      diagnosis: `${DIAGNOSIS('node')}. Supported: the proxy says close. Ruled out: the server does. Remedy: no \`${CLOSES}\``,
      mark: PROXY_SAYS(REQUESTS),
    }),
    ...pair({
      name: 'server',
      setUp: SET_UP('nginx, which would keep connections,', 'Apache'),
      kind: 'apache',
      failing: { front: nginx([KEEPS], CLEARED), lines: ['KeepAlive Off'], told: { apache: ['KeepAlive Off'] } },
      mended: { front: nginx([KEEPS], CLEARED), lines: ['KeepAlive On'], told: { apache: ['KeepAlive On'] } },
      wrong: 'Apache ends the connection with each answer, and says so',
      diagnosis: `${DIAGNOSIS('apache')}. Supported: the server says close. Ruled out: the proxy does. Remedy: \`KeepAlive On\``,
      mark: SERVER_SAYS(REQUESTS),
    }),
  ],
};

/** nginx with `upstream` lines in the upstream block and `lines` where it hands requests on. */
function nginx(upstream, lines) {
  const indented = (all) => all.map((line) => `\n    ${line}`).join('');
  return (lab, front, kind) =>
    startNginx(lab, front, {
      http: `  upstream products {
    server ${endpoint(kind)};${indented(upstream)}
  }
  server {
    listen ${FRONT}:80;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;${indented(lines)}
    location / { proxy_pass http://products; }
  }`,
      endpoints: [`${FRONT}:80`],
    });
}

function haproxy(option) {
  return (lab, front, kind) =>
    startHaproxy(lab, front, {
      configuration: haproxyConfiguration({
        timeouts: { connect: '2s', client: '5s', server: '5s' },
        defaults: ['option forwardfor', option],
        sections: `
frontend web
    bind ${FRONT}:80
    default_backend products
backend products
    server products1 ${endpoint(kind)}`,
      }),
      endpoints: [`${FRONT}:80`],
    });
}

/** A failing sample and its twin: `failing` and `mended` start the proxy, and have the lines by which they differ. */
function pair({ name, setUp, kind, failing, mended, wrong, diagnosis, mark }) {
  const twin = `no-upstream-reuse-${name}-healthy.pcapng`;
  return [
    {
      ...{ file: `no-upstream-reuse-${name}.pcapng`, setUp, decisive: failing.lines, wrong, diagnosis, twin },
      differs: [...failing.lines.map((line) => `- ${line}`), ...mended.lines.map((line) => `+ ${line}`)],
      marks: [GETS, SYNS(REQUESTS), mark],
      take: (lab) => take(lab, kind, failing),
      faults: statusFaults,
    },
    {
      ...{ file: twin, setUp, decisive: mended.lines, wrong: null, diagnosis: HEALTHY },
      marks: [GETS, SYNS([1, VISITS])],
      take: (lab) => take(lab, kind, mended),
      faults: statusFaults,
    },
  ];
}

async function take(lab, kind, { front: startFront, told }) {
  const { client, front, back } = await frontNetwork(lab);
  await startOrigins(lab, back, { address: BACK, speaks: { [kind]: 'plain' }, told });
  await startFront(lab, front, kind);
  await lab.capture(front, { device: 'eth1', filter: 'tcp' });
  const statuses = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const urls = Array.from({ length: PER_VISIT }, (_, at) => `http://${FRONT}/products/${visit * PER_VISIT + at}`);
    const { transfers } = await curl(client, urls, { options: ['--header', 'Host: shop.example'] });
    statuses.push(...transfers.map(({ status }) => status));
  }
  await client.allClosed();
  await front.allClosed(undefined, FRONT);
  return statuses;
}

function statusFaults(_, statuses) {
  const bad = statuses.filter((status) => status !== 200);
  return bad.length === 0 && statuses.length === REQUESTS ? [] : [`the client saw ${statuses.length} answers, ${bad}`];
}
