/** gRPC calls that fail because the server behind a proxy is killed, among calls that its application fails on purpose. */
import { BACK, CLIENT, FRONT, frontNetwork } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { pause } from '../parts/program.mjs';
import { startHaproxy, startNginx } from '../parts/servers.mjs';
import { FIN } from '../parts/tshark.mjs';

const ORDER_SERVER = new URL('grpc/order-server.mjs', import.meta.url).href;
const CALLER = new URL('grpc/caller.mjs', import.meta.url).href;

const PORT = 8080;
const SERVER = `${BACK}:${PORT}`;
const PROXY = `${FRONT}:${PORT}`;
const REPRICE_MS = 1200;
/** How long the server is away, milliseconds. */
const ABSENT_MS = 900;

const KILLED = 'the server: killed (SIGKILL) with two calls in progress, started again 0.9 s later';
const DRAINED = 'the server: GOAWAY, finishes two calls in progress, ends, started again 0.9 s later';

const UNAVAILABLE = 14;
const NOT_FOUND = 5;
/** Calls that an application fails on purpose: no failure of a path. */
const OWN_FAILURES = { Lost: NOT_FOUND, Stock: UNAVAILABLE };

const SERVER_FIN = (count) => ({
  what: 'FIN of the server',
  filter: `${FIN} && ip.src == ${BACK} && tcp.srcport == ${PORT}`,
  count,
  own: { segment: 'fin', from: SERVER },
});
const REFUSED = (count) => ({
  what: 'RST to a SYN, while nobody listens on the server',
  filter: `tcp.flags.reset == 1 && ip.src == ${BACK} && tcp.srcport == ${PORT}`,
  count,
  own: { segment: 'rst', from: SERVER },
});
const TOLD = (count) => ({
  what: 'UNAVAILABLE of nginx',
  filter: `http2.header.value == "nobody behind" && ip.src == ${FRONT}`,
  count,
});
const STREAM_REFUSED = (count) => ({
  what: 'RST_STREAM of HAProxy, REFUSED_STREAM',
  filter: `http2.type == 3 && http2.rst_stream.error == 7 && ip.src == ${FRONT}`,
  count,
});

const NGINX_SET_UP =
  'nginx before a gRPC server (Node), HTTP/2 in clear on both legs, captured on the front on all devices; calls one after another, among them two that the application fails on purpose (NOT_FOUND, UNAVAILABLE); two that take 1.2 s are in progress when the server ends';
const HAPROXY_SET_UP = NGINX_SET_UP.replace('nginx', 'HAProxy');

export const scenario = {
  name: 'grpc',
  about:
    'A gRPC server behind a proxy is killed with calls in progress: its connections end without a GOAWAY, and each proxy tells its client in its own way. What an application fails on purpose looks alike and is none of it.',
  programs: ['nginx', 'haproxy'],
  samples: [
    {
      file: 'grpc-nginx.pcapng',
      setUp: NGINX_SET_UP,
      decisive: [KILLED],
      wrong:
        'The server ends two connections with FIN and no GOAWAY, a call in progress on each, and refuses the next connection; nginx answers the three calls 204 with grpc-status 14 (UNAVAILABLE)',
      diagnosis: `deploy-drain: ${SERVER} ended two connections with a request in progress at one moment, its port refused one connection, and it accepted again; ${PROXY} told its clients UNAVAILABLE for these (critical). empty-response and connect-refused follow from that. NOT_FOUND and UNAVAILABLE of the application are not told of`,
      twin: 'grpc-nginx-healthy.pcapng',
      differs: [`- ${KILLED}`, `+ ${DRAINED}`],
      marks: [{ ...SERVER_FIN([2, 16]) }, { ...REFUSED(1), fault: true }, { ...TOLD(3), fault: true }],
      take: (lab) => take(lab, { proxy: startNginxProxy, isKilled: true }),
      faults: (_, answers) => [
        ...ownFailuresOf(answers),
        ...(countOf(answers.inWork, UNAVAILABLE) === 2 ? [] : ['not both calls in progress were UNAVAILABLE']),
        ...(countOf(answers.meanwhile, UNAVAILABLE) === 1 ? [] : ['the call to nobody was not UNAVAILABLE']),
      ],
    },
    {
      file: 'grpc-nginx-healthy.pcapng',
      setUp: NGINX_SET_UP,
      decisive: [DRAINED],
      wrong: null,
      diagnosis:
        'nothing: what the application fails on purpose is its own affair, and the server finishes what is in progress',
      marks: [SERVER_FIN([2, 16]), REFUSED(0), TOLD(0)],
      take: (lab) => take(lab, { proxy: startNginxProxy, isKilled: false }),
      faults: (_, answers) => [...ownFailuresOf(answers), ...failuresOf(answers.inWork)],
    },
    {
      file: 'grpc-haproxy.pcapng',
      setUp: HAPROXY_SET_UP,
      decisive: [KILLED],
      wrong:
        'The server ends its connection with FIN and no GOAWAY, two calls in progress on it; HAProxy resets both streams of its client with REFUSED_STREAM, and answers 503 to the next call, for which it is refused',
      diagnosis: `deploy-drain: ${SERVER} ended one connection with two requests in progress, its port refused, and it accepted again (critical). stream-reset: ${PROXY} gave two requests no answer but RST_STREAM (REFUSED_STREAM), on a connection that goes on; supported: its own request failed behind`,
      twin: 'grpc-haproxy-healthy.pcapng',
      differs: [`- ${KILLED}`, `+ ${DRAINED}`],
      marks: [SERVER_FIN([1, 16]), { ...REFUSED([1, 8]), fault: true }, { ...STREAM_REFUSED([1, 2]), fault: true }],
      take: (lab) => take(lab, { proxy: startHaproxyProxy, isKilled: true }),
      faults: (_, answers) => [
        ...ownFailuresOf(answers),
        ...(answers.inWork.every(({ code }) => code === 7) ? [] : ['not both calls in progress were refused']),
        ...(answers.meanwhile.every(({ http }) => http === 503) ? [] : ['the call to nobody was not answered 503']),
      ],
    },
    {
      file: 'grpc-haproxy-healthy.pcapng',
      setUp: HAPROXY_SET_UP,
      decisive: [DRAINED],
      wrong: null,
      diagnosis: 'nothing, as behind nginx',
      marks: [SERVER_FIN([1, 16]), REFUSED(0), STREAM_REFUSED(0)],
      take: (lab) => take(lab, { proxy: startHaproxyProxy, isKilled: false }),
      faults: (_, answers) => [...ownFailuresOf(answers), ...failuresOf(answers.inWork)],
    },
  ],
};

async function take(lab, { proxy, isKilled }) {
  lab.setting('server', isKilled ? KILLED : DRAINED);
  const { client, front, back } = await frontNetwork(lab);
  const start = () =>
    back.actor(ORDER_SERVER, 'startOrderServer', { address: BACK, port: PORT, repriceMs: REPRICE_MS });
  const server = await start();
  await proxy(lab, front);
  const caller = await client.actor(CALLER, 'startCaller', { from: CLIENT, to: FRONT, port: PORT });
  await lab.capture(front, { device: 'any', filter: 'tcp' });
  const before = [];
  for (const method of ['Get', 'List', 'Lost', 'Stock', 'Get'])
    before.push(...(await caller.call('callAll', [method])));
  const underWay = caller.call('callAll', ['Reprice', 'Reprice']);
  await pause(300);
  const meanwhile = [];
  if (!isKilled) await Promise.all([server.call('drain'), underWay]);
  await server.end('SIGKILL');
  if (isKilled) meanwhile.push(...(await caller.call('callAll', ['Get'])));
  await pause(ABSENT_MS);
  const next = await start();
  const after = await caller.call('callAll', ['Get', 'List']);
  await caller.call('leave');
  // A proxy keeps its connections to the server for the next call.
  await next.end();
  await front.allClosed();
  return { inWork: await underWay, meanwhile, before, after };
}

function startNginxProxy(lab, front) {
  return startNginx(lab, front, {
    http: `
  server {
    listen ${PROXY} http2;
    location / {
      grpc_pass grpc://${SERVER};
      error_page 502 = /unavailable;
    }
    location = /unavailable {
      internal;
      default_type application/grpc;
      add_header grpc-status ${UNAVAILABLE};
      add_header grpc-message "nobody behind";
      return 204;
    }
  }`,
    endpoints: [PROXY],
  });
}

function startHaproxyProxy(lab, front) {
  return startHaproxy(lab, front, {
    configuration: haproxyConfiguration({
      timeouts: { connect: '2s', client: '30s', server: '30s' },
      defaults: ['retries 0'],
      sections: `
frontend calls
    bind ${PROXY} proto h2
    default_backend orders
backend orders
    server orders1 ${SERVER} proto h2`,
    }),
    endpoints: [PROXY],
  });
}

/** Calls around the end of the server are answered as the application means to. */
function ownFailuresOf({ before, after }) {
  return [...before, ...after]
    .filter(({ method, grpc }) => grpc !== (OWN_FAILURES[method] ?? 0))
    .map(({ method, http, grpc }) => `${method}: ${http}, grpc-status ${grpc}`);
}

function failuresOf(answers) {
  return answers.filter(({ grpc }) => grpc !== 0).map(({ method, grpc }) => `${method}: grpc-status ${grpc}`);
}

function countOf(answers, status) {
  return answers.filter(({ grpc }) => grpc === status).length;
}
