/**
 * A program: an application on Node's http server.
 *
 *     node order-server.mjs ADDRESS PORT
 *
 * It answers at once. On SIGUSR2 its only thread makes a synchronous call that does not come back
 * (in life: a file on a dead network share, a lock, an endless loop) until a line is
 * written to its standard input. Meanwhile the kernel goes on accepting connections and requests
 * for it, and nobody reads them. Prints `ready` and `blocked`.
 */
import { readSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';

const [address, port] = process.argv.slice(2);

const ORDERS = [
  { id: 1001, state: 'paid' },
  { id: 1002, state: 'packed' },
  { id: 1003, state: 'sent' },
];

const server = createServer((request, response) => {
  request.resume().once('end', () => answer(request, response));
});
// Longer than the load balancer's 60 s, as its manual asks.
server.keepAliveTimeout = 65_000;

process.on('SIGUSR2', () => {
  writeSync(1, 'blocked\n');
  readSync(0, Buffer.alloc(1));
});

server.listen(Number(port), address, () => writeSync(1, 'ready\n'));

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
