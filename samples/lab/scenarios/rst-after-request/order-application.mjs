/**
 * An application on Node's http server that can be made to stand still.
 *
 * It answers at once, until its only thread makes a synchronous call that does not come back (in life: a
 * file on a dead network share, a lock, an endless loop). Meanwhile the kernel goes on accepting
 * connections and requests for it, and nobody reads them.
 */
import { readSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { until } from '../../parts/program.mjs';

const ORDERS = [
  { id: 1001, state: 'paid' },
  { id: 1002, state: 'packed' },
  { id: 1003, state: 'sent' },
];

export async function startOrderApplication(host, { address, port }) {
  const actor = await host.actor(import.meta.url, 'orderApplication', { address, port });
  const connected = ['state', 'connected', 'exclude', 'time-wait', 'src', address];
  return {
    /** Makes its thread stand still. */
    async block() {
      actor.program.signal('SIGUSR2');
      await actor.program.said(/^blocked$/m);
    },
    /** Lets its thread go on. */
    release: () => actor.program.tell(''),
    kill: () => actor.end('SIGKILL'),
    /** Waits until exactly so many connections to it are left. */
    left: (count) =>
      until(`${count} connections`, async () =>
        (await host.connections(...connected)).length === count ? true : null,
      ),
    /** Waits until the kernel holds unread bytes for it on so many connections, accepted or not. */
    unread: (count) =>
      until(`unread requests on ${count} connections`, async () => {
        const connections = await host.connections('state', 'established', 'src', address);
        return connections.filter(({ receiveQueue }) => receiveQueue > 0).length === count ? true : null;
      }),
  };
}

/** The actor. SIGUSR2 blocks it until a line is written to its standard input; it prints `blocked`. */
export function orderApplication({ address, port }) {
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(request, response));
  });
  // Longer than the load balancer's 60 s, as its manual asks.
  server.keepAliveTimeout = 65_000;
  process.on('SIGUSR2', () => {
    writeSync(1, 'blocked\n');
    readSync(0, Buffer.alloc(1));
  });
  return new Promise((resolve) => server.listen(port, address, () => resolve(null)));
}

function answer({ method, url }, response) {
  response.setHeader('Content-Type', 'application/json');
  if (method === 'POST') {
    response.writeHead(201, { Location: '/orders/1004' }).end('{"id":1004}');
  } else if (url === '/orders') {
    response.write('['); // in pieces, so that it goes out chunked
    response.end(`${ORDERS.map((order) => JSON.stringify(order)).join()}]`);
  } else {
    const order = ORDERS.find(({ id }) => url === `/orders/${id}`);
    response.writeHead(order === undefined ? 404 : 200).end(JSON.stringify(order ?? {}));
  }
}
