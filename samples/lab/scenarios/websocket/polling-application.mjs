/**
 * An application that its clients reach without WebSocket though the paths say so: SockJS by long polling
 * (xhr, xhr_send) and Engine.IO by `transport=polling`. Messages wait at most `holdMs` before a heartbeat goes instead.
 */
import { createServer } from 'node:http';

/** A quote for each session as often, milliseconds: some polls end with it, some with a heartbeat. */
const QUOTE_MS = 700;

export async function startPolling({ address, port, holdMs }) {
  const sessions = new Set();
  const counts = { polls: 0, heartbeats: 0 };
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(request, response, { sessions, counts, holdMs }));
  });
  server.keepAliveTimeout = 65_000;
  await new Promise((resolve) => server.listen(port, address, resolve));
  return { counts: () => counts };
}

function answer({ method, url }, response, { sessions, counts, holdMs }) {
  const send = (status, type, body) => {
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length, 'Cache-Control': 'no-store' });
    response.end(body);
  };
  const text = 'text/plain; charset=UTF-8';
  const { pathname, searchParams } = new URL(url, 'http://polling.example');
  if (pathname === '/websocket/info') {
    send(200, 'application/json', '{"websocket":false,"origins":["*:*"],"cookie_needed":false,"entropy":1428571}');
    return;
  }
  if (pathname.endsWith('/xhr_send')) {
    response.writeHead(204, { 'Content-Type': text }).end();
    return;
  }
  const isEngine = pathname === '/socket.io/';
  const session = isEngine ? searchParams.get('sid') : pathname;
  if (isEngine && session === null) {
    send(200, text, '0{"sid":"q8f3kPzL0aTn2bVdAAAB","upgrades":[],"pingInterval":25000,"pingTimeout":20000}');
    return;
  }
  if (isEngine && method === 'POST') {
    send(200, 'text/html', 'ok');
    return;
  }
  if (!isEngine && !sessions.has(session)) {
    sessions.add(session);
    send(200, text, 'o\n');
    return;
  }
  counts.polls += 1;
  const isQuote = counts.polls % 2 === 1;
  if (!isQuote) counts.heartbeats += 1;
  const quote = isEngine ? '42["quote",{"name":"ACME","bid":108.2}]' : 'a["{\\"name\\":\\"ACME\\",\\"bid\\":108.2}"]\n';
  const heartbeat = isEngine ? '2' : 'h\n';
  setTimeout(() => send(200, text, isQuote ? quote : heartbeat), isQuote ? QUOTE_MS : holdMs);
}
