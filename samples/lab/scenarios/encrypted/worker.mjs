/**
 * The shop's worker (site.mjs):
 *
 * - `GET /`: answered at once;
 * - `GET /reports/MS`: answered after so many milliseconds;
 * - `GET /export`: rows in pieces, one every few milliseconds;
 * - `POST /orders`: answered at once, but an order with `"gift":"?"` ends the process once it has been read.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';

const { address, port, certificate, key, keepAliveMs } = JSON.parse(process.argv[2]);

const PIECES = 10;
const EVERY_MS = 40;
const PAGE = `<!doctype html><title>Shop</title><h1>Shop</h1>${'<p>Tea, coffee and what belongs to it.</p>'.repeat(8)}\n`;

const server = createServer(
  { cert: readFileSync(certificate), key: readFileSync(key), keepAliveTimeout: keepAliveMs },
  (request, response) => void answer(request, response).catch((error) => response.destroy(error)),
);
server.listen(port, address);

async function answer(request, response) {
  let body = '';
  for await (const piece of request) body += piece;
  const [, first, milliseconds] = request.url.split('/');
  if (first === 'reports') await pause(Number(milliseconds));
  if (first === 'export') return exportRows(response);
  if (body.includes('"gift":"?"')) process.exit(1);
  response.writeHead(request.method === 'POST' ? 201 : 200, {
    'Content-Type': 'text/html',
    // Of a server that does not say how long it keeps a connection, no client can know.
    Connection: 'keep-alive',
  });
  response.end(PAGE);
}

async function exportRows(response) {
  const piece = Array.from({ length: 40 }, (_, row) => `${47000 + row};2024-06-03;TEA-${1000 + row};paid\n`).join('');
  response.writeHead(200, { 'Content-Type': 'text/csv', 'Content-Length': PIECES * piece.length });
  for (let sent = 0; sent < PIECES && !response.destroyed; sent += 1) {
    response.write(piece);
    await pause(EVERY_MS);
  }
  response.end();
}
