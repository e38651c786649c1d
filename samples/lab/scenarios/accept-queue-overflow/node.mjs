/** Node whose event loop computes, on a kernel that resets what does not fit into a queue. */
import { createServer } from 'node:http';
import { FRONT } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import {
  ANSWERED,
  calmHour,
  FAR,
  FILL,
  fillAndRush,
  lateFaults,
  once,
  REFUSED,
  RESET,
  rushNetwork,
  WAITERS,
} from './rush.mjs';

const SHORT = `backlog ${FILL}`;
const LONG = 'backlog 511';
const ABORT = 'net.ipv4.tcp_abort_on_overflow=1';
const COMPUTES_MS = 900;

const SET_UP =
  'Node, 20 ms away, whose event loop computes a report for 0.9 s; eight shoppers come one by one meanwhile, and six within a round trip; the kernel resets what does not fit into the queue';

const FAILING = {
  decisive: [SHORT, ABORT],
  twin: 'accept-queue-overflow-node-healthy.pcapng',
  differs: [`- ${SHORT}`, `+ ${LONG}`],
  // Those for the handshakes' last step, and those for the requests behind it.
  marks: [RESET([REFUSED, 2 * REFUSED]), ANSWERED(6 + WAITERS - REFUSED)],
  faults: (_, told) => lateFaults(told, { late: [0, 0], failed: REFUSED, fromMs: 1000 }),
};

export const NODE = [
  {
    ...FAILING,
    file: 'accept-queue-overflow-node.pcapng',
    setUp: `${SET_UP}; captured at Node`,
    wrong: `the ACK of ${REFUSED} handshakes is answered with a bare RST, and so is the request that follows at once`,
    diagnosis: `accept-queue-overflow, ${FRONT}:80 (critical): ${REFUSED} handshakes are reset at their last step, by a bare RST that answers the ACK before any request, others are taken at once. Not rst-after-request: the request had no part in it, the kernel had no connection yet. Ruled out: a packet filter (the RSTs have the server's TTL, and others of the same clients are taken). Remedy: a longer backlog, workers; tcp_abort_on_overflow off`,
    take: (lab) => take(lab, SHORT, 'front'),
  },
  {
    ...FAILING,
    file: 'accept-queue-overflow-node-client.pcapng',
    setUp: `${SET_UP}; captured at the shoppers`,
    wrong: 'the same, seen from the other end: the requests have left before the RSTs arrive',
    diagnosis: `accept-queue-overflow, ${FRONT}:80 (critical), likely: two RSTs for each, for the ACK and for the request: the bare ACK was reset too`,
    take: (lab) => take(lab, SHORT, 'client'),
  },
  {
    file: 'accept-queue-overflow-node-healthy.pcapng',
    setUp: `${SET_UP}, and the queue is as long as usual; captured at Node`,
    decisive: [LONG, ABORT],
    wrong: null,
    diagnosis: 'nothing: the requests wait for 0.9 s, acknowledged at once',
    marks: [RESET(0), ANSWERED(6 + WAITERS)],
    take: (lab) => take(lab, LONG, 'front'),
    faults: (_, told) => lateFaults(told, { late: [0, 0], fromMs: 1300 }),
  },
];

async function take(lab, backlog, at) {
  const { hosts, shoppers } = await rushNetwork(lab, { sysctl: [ABORT], line: FAR });
  lab.setting('application', [`listen ${FRONT}:80`, backlog, `reports computed for ${COMPUTES_MS} ms`].join('\n'));
  const application = await hosts.front.actor(import.meta.url, 'startReports', {
    address: FRONT,
    backlog: Number(backlog.split(' ').at(-1)),
    computesMs: COMPUTES_MS,
  });
  await hosts.front.listens(application.program, [`${FRONT}:80`]);
  await lab.capture(hosts[at], { device: 'eth0', filter: 'tcp' });
  const calm = await calmHour(shoppers);
  const report = shoppers.call('ask', once(0, '/report'));
  await pause(100);
  const busy = await fillAndRush(shoppers);
  const answers = [...calm, await report, ...busy];
  await shoppers.call('leave');
  await application.end();
  await hosts.front.allClosed();
  return answers;
}

/** Runs as an actor: a server that does nothing else while it computes. */
export function startReports({ address, backlog, computesMs }) {
  const server = createServer((request, response) => {
    if (request.url === '/report') {
      const until = Date.now() + computesMs;
      while (Date.now() < until);
    }
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 });
    response.end('{}');
  });
  return new Promise((resolve) => server.listen({ host: address, port: 80, backlog }, () => resolve(null)));
}
