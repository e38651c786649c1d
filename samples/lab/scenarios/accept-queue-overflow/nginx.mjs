/** nginx whose only worker stands still, as it does at a slow disk, while shoppers come all at once. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FRONT } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { startNginx } from '../../parts/servers.mjs';
import {
  ANSWERED,
  calmHour,
  FAR,
  FILL,
  fillAndRush,
  lateFaults,
  REFUSED,
  REQUEST_AGAIN,
  rushNetwork,
  WAITERS,
} from './rush.mjs';

const SHORT = `listen ${FRONT}:80 backlog=${FILL};`;
const LONG = `listen ${FRONT}:80 backlog=511;`;
const STILL_MS = 900;
/** Whoever waited in the queue is answered by then. */
const LATE_MS = 950;

const SET_UP =
  'nginx, 20 ms away, whose worker stands still for 0.9 s (SIGSTOP); eight shoppers come one by one, and six within a round trip; captured at nginx';

export const NGINX = [
  {
    file: 'accept-queue-overflow-nginx.pcapng',
    setUp: SET_UP,
    decisive: [SHORT],
    wrong: `all SYNs are answered, but the last step of ${REFUSED} handshakes finds the queue full: their requests are not acknowledged, and come again until the worker goes on`,
    diagnosis: `accept-queue-overflow, ${FRONT}:80: ${REFUSED} handshakes of whose ACK and request the server takes no notice until they come again, with other handshakes taken at once; certain, as captured at the server: the requests did arrive, and a kernel acknowledges what an accepted connection brings. Ruled out: loss on the way. Remedy: a longer backlog`,
    twin: 'accept-queue-overflow-nginx-healthy.pcapng',
    differs: [`- ${SHORT}`, `+ ${LONG}`],
    marks: [REQUEST_AGAIN([REFUSED, 30]), ANSWERED(5 + WAITERS)],
    take: (lab) => take(lab, SHORT),
    faults: (_, told) => lateFaults(told, { late: [REFUSED, REFUSED], fromMs: LATE_MS }),
  },
  {
    file: 'accept-queue-overflow-nginx-healthy.pcapng',
    setUp: `${SET_UP}, whose queue is as long as usual`,
    decisive: [LONG],
    wrong: null,
    diagnosis:
      'nothing: the server stands still for 0.9 s, all requests are acknowledged at once and answered afterwards',
    marks: [REQUEST_AGAIN(0), ANSWERED(5 + WAITERS)],
    take: (lab) => take(lab, LONG),
    faults: (_, told) => lateFaults(told, { late: [0, 0], fromMs: LATE_MS }),
  },
];

async function take(lab, listen) {
  const { hosts, shoppers } = await rushNetwork(lab, { line: FAR });
  const root = await lab.folder('site');
  await writeFile(join(root, 'index.html'), '<!doctype html><title>Shop</title><h1>Shop</h1>\n');
  const nginx = await startNginx(lab, hosts.front, {
    http: `  server {\n    ${listen}\n    root ${root};\n  }`,
    endpoints: [`${FRONT}:80`],
  });
  await lab.capture(hosts.front, { device: 'eth0', filter: 'tcp' });
  const calm = await calmHour(shoppers);
  const [worker] = (await hosts.front.run('pgrep', '-P', await masterOf(nginx, hosts.front), 'nginx'))
    .trim()
    .split('\n');
  await hosts.front.run('kill', '-STOP', worker);
  const busy = fillAndRush(shoppers);
  await pause(STILL_MS);
  await hosts.front.run('kill', '-CONT', worker);
  const answers = [...calm, ...(await busy)];
  await shoppers.call('leave');
  await nginx.end('SIGQUIT');
  await hosts.front.allClosed();
  return answers;
}

/** The process id that nginx wrote down. */
async function masterOf(nginx, host) {
  if (!nginx.running) throw new Error('nginx ended early');
  const listing = await host.run('ss', '-Hltnp', 'sport', '=', ':80');
  const ids = [...listing.matchAll(/pid=(\d+)/g)].map(([, id]) => Number(id));
  return String(Math.min(...ids));
}
