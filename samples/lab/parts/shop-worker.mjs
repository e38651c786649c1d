/**
 * One worker of the shop's application (shop-application.mjs):
 *
 * - `GET /`, `GET /api/products`, `POST /api/orders`, `POST /api/carts`: answered at once;
 * - `GET /export/*.csv`, `GET /export/*.ndjson`: rows in pieces, with a Content-Length and chunked;
 * - `GET` and `POST /reports/*`: answered after `report-ms`;
 * - `GET /health`: with the status that the primary was told;
 * - `GET /events`: server-sent events for some seconds; `GET /notifications`: a long poll that ends with 204.
 */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const { address, port, settings } = JSON.parse(process.argv[2]);

/** An export: so many pieces of so many rows, one every few milliseconds. The primary is told of each, so that the story can go on from there. */
const EXPORT = { pieces: 6, rowsPerPiece: 24, everyMs: 40 };
const EVENTS = { count: 7, everyMs: 1000 };
const LONG_POLL_MS = 4000;

const HTML = '<!doctype html><title>Shop</title><h1>Shop</h1><p>Tea, coffee and what belongs to it.</p>\n';
const PRODUCTS = JSON.stringify([
  { sku: 'TEA-0041', name: 'Darjeeling first flush', cents: 1490 },
  { sku: 'COF-0007', name: 'Espresso, whole beans', cents: 1890 },
]);

let orders = 47110;

const server = createServer((request, response) => {
  answer(request, response).catch((error) => response.destroy(error));
});
server.keepAliveTimeout = settings['keep-alive-ms'] ?? 75_000;
server.listen(port, address);

let isDraining = false;
let health = 200;
process.on('message', ({ drain, health: told }) => {
  if (told !== undefined) {
    health = told;
    process.send({ health });
  }
  if (!drain) return;
  isDraining = true;
  server.close(() => process.exit()); // idle connections at once, the others with their response
});

async function answer(request, response) {
  for await (const _ of request); // the body is read whole before anything is answered
  const { pathname } = new URL(request.url, 'http://shop.example');
  response.setHeader('X-Request-Id', `${process.pid.toString(16)}-${(orders % 9973).toString(16)}`);
  if (pathname === '/') return send(response, 200, 'text/html; charset=utf-8', HTML);
  if (pathname === '/api/products') return send(response, 200, 'application/json', PRODUCTS);
  if (pathname === '/health') return send(response, health, 'application/json', '{}');
  if (pathname.startsWith('/reports/')) return report(response, pathname);
  if (request.method === 'POST') return order(response);
  if (pathname.startsWith('/export/')) return exportOrders(request, response, pathname);
  if (pathname === '/events') return events(response);
  if (pathname === '/notifications') return longPoll(response);
  return send(response, 404, 'application/json', '{"error":"not found"}');
}

function send(response, status, type, text) {
  if (isDraining) response.setHeader('Connection', 'close');
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function order(response) {
  orders += 1;
  send(response, 201, 'application/json', JSON.stringify({ order: orders, state: 'accepted' }));
}

async function exportOrders(request, response, path) {
  const rowOf = path.endsWith('.csv') ? csvRow : jsonRow;
  const pieces = Array.from({ length: EXPORT.pieces }, (_, piece) =>
    Array.from({ length: EXPORT.rowsPerPiece }, (_, row) => rowOf(piece * EXPORT.rowsPerPiece + row)).join(''),
  );
  const length = pieces.join('').length;
  response.writeHead(200, {
    'Content-Type': path.endsWith('.csv') ? 'text/csv' : 'application/x-ndjson',
    'Content-Disposition': `attachment; filename="${path.split('/').at(-1)}"`,
    ...(path.endsWith('.csv') ? { 'Content-Length': length } : {}),
  });
  if (request.method === 'HEAD') return response.end();
  for (const [index, piece] of pieces.entries()) {
    if (response.destroyed) return;
    response.write(piece);
    process.send({ sends: path, pieces: index + 1 });
    await pause(EXPORT.everyMs);
  }
  response.end();
}

function csvRow(index) {
  return `${47000 + index};2024-06-${String((index % 28) + 1).padStart(2, '0')};TEA-${1000 + index};${(index * 37) % 100};paid\n`;
}

function jsonRow(index) {
  return `${JSON.stringify({ order: 47000 + index, sku: `TEA-${1000 + index}`, count: (index * 37) % 100 })}\n`;
}

async function report(response, path) {
  await pause(settings['report-ms'] ?? 0);
  send(response, 200, 'application/json', JSON.stringify({ report: path.split('/').at(-1), turnover: 1_284_530 }));
}

async function events(response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  for (let index = 0; index < EVENTS.count && !response.destroyed; index += 1) {
    response.write(`event: stock\ndata: {"sku":"TEA-0041","left":${40 - index}}\n\n`);
    await pause(EVENTS.everyMs);
  }
  response.end();
}

async function longPoll(response) {
  await pause(LONG_POLL_MS);
  response.writeHead(204);
  response.end();
}
