/**
 * A job that works through the orders of the night in one process: while it reckons, nobody reads its sockets, so
 * that it does not learn of the FIN that the kernel has long received, and writes to the dead connection.
 */
import { Agent, request } from 'node:http';
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { startNginx } from '../../parts/servers.mjs';

/** How long the job reckons after each batch, milliseconds; nothing else runs meanwhile. */
const RECKONING_MS = [300, 450, 1400, 250, 500, 1600, 350, 1300, 400];

export async function staleOrders(lab, { keepAlive }) {
  const { client, front } = await frontNetwork(lab);
  await startNginx(lab, front, {
    http: `
  server {
    listen ${FRONT}:80;
    server_name erp.example;
    ${keepAlive}
    default_type application/json;
    location /batches { return 202 '{"state":"queued"}\n'; }
  }`,
    endpoints: [`${FRONT}:80`],
  });
  lab.setting('job', `reckons after each batch, ms: ${RECKONING_MS.join(' ')}`);
  await lab.capture(front, { device: 'eth0' });
  const told = await client.perform(import.meta.url, 'workThrough', {
    from: CLIENT,
    to: FRONT,
    reckoningMs: RECKONING_MS,
  });
  await front.allClosed();
  return told;
}

/** Runs as an actor: posts a batch, reckons, posts the next. A failed one is reported, not sent again. */
export async function workThrough({ from, to, reckoningMs }) {
  const agent = new Agent({ keepAlive: true, localAddress: from });
  const statuses = [];
  for (const [index, milliseconds] of reckoningMs.entries()) {
    statuses.push(await post({ from, to, agent, batch: index + 1 }));
    await pause(5); // the connection is the pool's again
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  }
  statuses.push(await post({ from, to, agent, batch: reckoningMs.length + 1 }));
  agent.destroy();
  return { statuses };
}

function post({ from, to, agent, batch }) {
  const body = JSON.stringify({ batch, orders: Array.from({ length: 8 }, (_, index) => 47000 + batch * 8 + index) });
  const headers = {
    Host: 'erp.example',
    'User-Agent': 'night-job/2.3',
    'Content-Type': 'application/json',
    'Content-Length': body.length,
  };
  return new Promise((resolve) => {
    const asked = request({ host: to, port: 80, localAddress: from, agent, method: 'POST', path: '/batches', headers });
    asked.on('error', (error) => resolve(error.code));
    asked.on('response', (response) => response.resume().on('close', () => resolve(response.statusCode)));
    asked.end(body);
  });
}
