/** A head that is larger than somebody's buffer: of requests, as cookies grow, and of answers that set them. */
import { createServer } from 'node:http';
import { curl } from '../parts/curl.mjs';
import { BACK, FRONT, frontNetwork } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { ORIGIN_NAMES, ORIGIN_PORTS, startOrigins } from '../parts/origins.mjs';
import { pause } from '../parts/program.mjs';
import { startHaproxy, startNginx } from '../parts/servers.mjs';

/** Between requests, milliseconds. */
const PACE_MS = 60;

/** Bytes of cookies of one visitor after the other: each server meets one as ever, and some beyond its default limit. */
const COOKIE_BYTES = {
  nginx: [900, 9000, 9500],
  haproxy: [900, 17_000],
  apache: [900, 9000, 9500],
  node: [900, 17_000],
};
/** What each says to those. */
const REFUSALS = { nginx: 400, haproxy: 400, apache: 400, node: 431 };
const KINDS = Object.keys(ORIGIN_PORTS);
const LARGE = KINDS.reduce((sum, kind) => sum + COOKIE_BYTES[kind].length - 1, 0);

const LARGER = {
  nginx: ['large_client_header_buffers 4 32k;'],
  haproxyGlobal: ['tune.bufsize 32768'],
  apache: ['LimitRequestFieldSize 32768'],
  node: { maxHeaderSize: 32_768 },
};
const LARGER_LINES = [
  ...[...LARGER.nginx, ...LARGER.haproxyGlobal, ...LARGER.apache],
  `maxHeaderSize: ${LARGER.node.maxHeaderSize}`,
];

/** Bytes that the application sets as cookies, by path. */
const SET_BYTES = { '/account': 400, '/login': 6000, '/sso': 18_000 };
/** What is asked of which proxy in turn: 4 KB is the limit of the one by default, 15 KB of the other. */
const VISITS = [
  { port: 80, paths: ['/account', '/login', '/login', '/account'] },
  { port: 81, paths: ['/account', '/sso', '/account'] },
];
const TOO_LARGE = 3;
const LARGER_BUFFERS = {
  nginx: ['proxy_buffer_size 16k;', 'proxy_buffers 8 16k;', 'proxy_busy_buffers_size 32k;'],
  haproxy: ['tune.bufsize 32768'],
};
const BUFFER_LINES = [...LARGER_BUFFERS.nginx, ...LARGER_BUFFERS.haproxy];

const APPLICATION = `${BACK}:8080`;

const ANSWERS = (status, count, fault) => ({
  what: `${status} to a client`,
  filter: `tcp.payload[9:3] == "${status}" && ip.src == ${FRONT}`,
  count,
  ...(fault ? { fault } : {}),
  own: { response: status, from: FRONT },
});
const LOGINS = {
  what: 'GET /login of a client',
  filter: `http.request.uri == "/login" && ip.dst == ${FRONT}`,
  count: 2,
  own: { request: 'GET', target: '/login', to: FRONT },
};

const REQUESTS_SET_UP = `${KINDS.map((kind) => ORIGIN_NAMES[kind]).join(', ')}, each on a port of its own of ${FRONT}; captured there; visitors with few cookies and with many`;
const RESPONSES_SET_UP = `nginx on port 80 and HAProxy on port 81 of the front, before one application that keeps sessions in cookies; captured on the front on all devices`;

export const scenario = {
  name: 'header-too-large',
  about:
    'Cookies grow until a head is larger than a buffer: the server refuses the request, or the proxy the answer that would set them.',
  programs: ['nginx', 'haproxy', 'apache2', 'curl'],
  samples: [
    {
      file: 'header-too-large-request.pcapng',
      setUp: `${REQUESTS_SET_UP}, with limits as they come`,
      wrong:
        'nginx and Apache take 8 KB for one field, HAProxy some 15 KB and Node 16 KB for the head: beyond that the first three answer 400, Node 431; visitors with few cookies are answered',
      diagnosis: `header-too-large of each of ${KINDS.map(endpointOf).join(', ')} (critical; certain of Node, likely of the others: 400 says little, but smaller heads are answered). Supported: the request's head, cookies. Ruled out: a long target. Remedy: fewer cookies; \`large_client_header_buffers\`, \`tune.bufsize\`, \`LimitRequestFieldSize\`, \`--max-http-header-size\``,
      twin: 'header-too-large-request-healthy.pcapng',
      differs: LARGER_LINES.map((line) => `+ ${line}`),
      marks: [ANSWERS(200, KINDS.length), ANSWERS(400, LARGE - 1, true), ANSWERS(431, 1, true)],
      take: (lab) => takeRequests(lab, {}),
      faults: (_, told) => refusalFaults(told, REFUSALS),
    },
    {
      file: 'header-too-large-request-healthy.pcapng',
      setUp: `${REQUESTS_SET_UP}, with limits of 32 KB`,
      decisive: LARGER_LINES,
      wrong: null,
      diagnosis: 'nothing: the heads are as large and each is answered',
      marks: [ANSWERS(200, KINDS.length + LARGE)],
      take: (lab) => takeRequests(lab, LARGER),
      faults: (_, told) => refusalFaults(told, {}),
    },
    {
      file: 'header-too-large-response.pcapng',
      setUp: `${RESPONSES_SET_UP}, with buffers as they come`,
      wrong:
        'the application answers 200 with a head of 6 KB to nginx, whose buffer is one page, and of 18 KB to HAProxy: both answer 502 in its place',
      diagnosis: `header-too-large of ${APPLICATION}: the heads of three answers are too large for the proxy in front, whose client is told 502 right then (critical, likely). Ruled out: the request. Remedy: \`proxy_buffer_size 16k;\`, \`tune.bufsize 32768\`, or no session in cookies`,
      twin: 'header-too-large-response-healthy.pcapng',
      differs: BUFFER_LINES.map((line) => `+ ${line}`),
      marks: [
        ANSWERS(502, TOO_LARGE, true),
        {
          what: '200 of the application, whole or not',
          filter: `tcp.payload[9:3] == "200" && ip.src == ${BACK}`,
          count: 7,
        },
        LOGINS,
      ],
      take: (lab) => takeResponses(lab, { nginx: [], haproxy: [] }),
      faults: (_, told) => visitFaults(told, 502),
    },
    {
      file: 'header-too-large-response-healthy.pcapng',
      setUp: `${RESPONSES_SET_UP}, with larger buffers`,
      decisive: BUFFER_LINES,
      wrong: null,
      diagnosis: 'nothing: the heads of the answers are as large, and handed on',
      marks: [LOGINS, ANSWERS(502, 0)],
      take: (lab) => takeResponses(lab, LARGER_BUFFERS),
      faults: (_, told) => visitFaults(told, 200),
    },
  ],
};

function endpointOf(kind) {
  return `${FRONT}:${ORIGIN_PORTS[kind]}`;
}

async function takeRequests(lab, told) {
  const { client, front } = await frontNetwork(lab);
  const speaks = Object.fromEntries(KINDS.map((kind) => [kind, 'plain']));
  await startOrigins(lab, front, { address: FRONT, speaks, told });
  await lab.capture(front, { device: 'eth0', filter: 'tcp' });
  const answers = [];
  for (const kind of KINDS)
    for (const bytes of COOKIE_BYTES[kind]) {
      const cookie = `session=${'0123456789abcdef'.repeat(2)}; basket=${'4711.'.repeat(bytes / 5)}`;
      const options = ['--header', 'Host: shop.example', '--header', `Cookie: ${cookie}`];
      const { transfers } = await curl(client, [`http://${endpointOf(kind)}/offers`], { options });
      answers.push({ kind, isLarge: bytes > COOKIE_BYTES[kind][0], status: transfers[0].status });
      await pause(PACE_MS);
    }
  await front.allClosed();
  return answers;
}

/** `refusals`: what each kind should have said to the large heads; 200 where it is not among them. */
function refusalFaults(answers, refusals) {
  return answers
    .filter(({ kind, isLarge, status }) => status !== (isLarge ? (refusals[kind] ?? 200) : 200))
    .map(({ kind, isLarge, status }) => `${kind} answered ${status} to ${isLarge ? 'many' : 'few'} cookies`);
}

async function takeResponses(lab, { nginx, haproxy }) {
  const { client, front, back } = await frontNetwork(lab);
  lab.setting(
    'application',
    Object.entries(SET_BYTES)
      .map(([path, bytes]) => `${path} sets ${bytes}`)
      .join('\n'),
  );
  await back.actor(import.meta.url, 'startApplication', { address: BACK, port: 8080 });
  await startNginx(lab, front, {
    http: `${nginx.map((line) => `  ${line}\n`).join('')}  server {
    listen ${FRONT}:80;
    location / { proxy_pass http://${APPLICATION}; }
  }`,
    endpoints: [`${FRONT}:80`],
  });
  const configuration = haproxyConfiguration({
    global: haproxy,
    timeouts: { connect: '2s', client: '5s', server: '5s' },
    sections: `
frontend web
    bind ${FRONT}:81
    default_backend application
backend application
    server app1 ${APPLICATION}`,
  });
  await startHaproxy(lab, front, { configuration, endpoints: [`${FRONT}:81`] });
  await lab.capture(front, { device: 'any', filter: 'tcp' });
  const answers = [];
  for (const { port, paths } of VISITS)
    for (const path of paths) {
      const options = ['--header', 'Host: shop.example'];
      const { transfers } = await curl(client, [`http://${FRONT}:${port}${path}`], { options });
      answers.push({ path, status: transfers[0].status });
      await pause(PACE_MS);
    }
  await client.allClosed();
  await front.allClosed(undefined, FRONT);
  return answers;
}

/** `large`: what should have been answered where cookies are set in plenty. */
function visitFaults(answers, large) {
  return answers
    .filter(({ path, status }) => status !== (path === '/account' ? 200 : large))
    .map(({ path, status }) => `${path} was answered ${status}`);
}

/** Runs as an actor: an application that keeps the session in cookies, 3 KB in each. */
export async function startApplication({ address, port }) {
  const server = createServer((request, response) => {
    const bytes = SET_BYTES[request.url] ?? 0;
    const parts = Math.ceil(bytes / 3000);
    const value = '0123456789abcdef'.repeat(bytes / parts / 16);
    const cookies = Array.from({ length: parts }, (_, at) => `session.${at}=${value}; Path=/; HttpOnly`);
    response.setHeader('Set-Cookie', cookies).end('signed in\n');
  });
  await new Promise((resolve) => {
    server.listen(port, address, resolve);
  });
}
