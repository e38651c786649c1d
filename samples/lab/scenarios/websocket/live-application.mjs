/**
 * The application of the WebSocket samples: live quotes. A page, its script, a status over plain HTTP,
 * and WebSockets at /live (subscribe, quotes) and /live/status (one message, then it closes).
 */
import { createServer } from 'node:http';
import { acceptWebSocket, handshakeFault } from '../../parts/websocket.mjs';

const PAGE = `<!doctype html><html lang="en"><title>Live quotes</title><h1>Live quotes</h1><p id="state">connecting</p>
<script src="/assets/live.js"></script></html>
`;

/** Connects again as pages do, twice, after half a second and after one. */
const SCRIPT = `let tries = 0;
const seen = [];
window.story = new Promise((told) => {
  function connect() {
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/live');
    socket.onopen = () => {
      document.getElementById('state').textContent = 'connected';
      socket.send(JSON.stringify({ subscribe: ['ACME', 'GLOBEX'] }));
    };
    socket.onmessage = ({ data }) => {
      seen.push(JSON.parse(data));
      if (seen.length === 5) socket.close(1000, 'page left');
    };
    socket.onclose = ({ code }) => {
      tries += 1;
      if (code === 1000 || tries === 3) told({ code, tries, messages: seen.length });
      else setTimeout(connect, 500 * tries);
    };
  }
  connect();
});
`;

const DOCUMENTS = {
  '/': ['text/html; charset=utf-8', PAGE],
  '/assets/live.js': ['text/javascript', SCRIPT],
  '/api/status': ['application/json', '{"status":"up","instruments":412}\n'],
};

/**
 * Starts it. `heartbeatMs`: it pings each WebSocket as often (`null`: never). `quotesMs`: a subscriber gets a
 * quote as often (`null`: only the snapshot). `origins`: the Origins it accepts (`null`: all). `maxMessageBytes`: it
 * closes with code 1009 upon a longer one (`null`: never).
 */
export async function startApplication({
  address,
  port,
  heartbeatMs = null,
  quotesMs = 600,
  origins = null,
  maxMessageBytes = null,
}) {
  const seen = { refused: [], opened: 0, closes: [], pongs: 0 };
  const peers = new Set();
  const server = createServer((request, response) => {
    const isHandshake = request.headers['sec-websocket-key'] !== undefined;
    if (isHandshake) refuse(seen, request, response);
    else serve(request, response);
  });
  server.keepAliveTimeout = 65_000;
  server.on('upgrade', (request, socket) => {
    const fault = handshakeFault(request);
    const isForeign = origins !== null && !origins.includes(request.headers.origin);
    if (fault !== null || isForeign) {
      seen.refused.push(fault ?? `Origin ${request.headers.origin}`);
      socket.end(plain(isForeign ? '403 Forbidden' : '400 Bad Request', `${fault ?? 'origin not allowed'}\n`));
      return;
    }
    seen.opened += 1;
    const peer = acceptWebSocket(request, socket);
    peers.add(peer);
    peer.closed.then(() => peers.delete(peer));
    converse(request, peer, { heartbeatMs, quotesMs, maxMessageBytes, seen });
  });
  await new Promise((resolve) => server.listen(port, address, resolve));
  return {
    seen: () => seen,
    /** Says Close 1001 to all, and waits until they are gone. */
    async takeLeave() {
      server.close();
      for (const peer of peers) peer.close(1001);
      await Promise.all([...peers].map(({ closed }) => closed));
    },
  };
}

function refuse(seen, request, response) {
  const fault = handshakeFault(request);
  seen.refused.push(fault);
  const body = `{"status":400,"error":"Bad Request","message":"Handshake failed: ${fault}","path":"${request.url}"}\n`;
  response.writeHead(400, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}

function serve({ url }, response) {
  const [type, body] = DOCUMENTS[url] ?? ['text/plain', 'not found\n'];
  response.writeHead(DOCUMENTS[url] === undefined ? 404 : 200, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-cache',
  });
  response.end(body);
}

function plain(status, body) {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

function converse({ url }, peer, { heartbeatMs, quotesMs, maxMessageBytes, seen }) {
  const timers = heartbeatMs === null ? [] : [setInterval(() => peer.ping(), heartbeatMs)];
  peer.closed.then((code) => {
    seen.closes.push(code);
    seen.pongs += peer.pongs;
    for (const timer of timers) clearInterval(timer);
  });
  if (url === '/live/status') {
    peer.send('{"status":"up"}');
    peer.close(1000, { andHangUp: true });
    return;
  }
  peer.onText = (text) => {
    if (maxMessageBytes !== null && Buffer.byteLength(text) > maxMessageBytes) {
      peer.close(1009);
      return;
    }
    const asked = JSON.parse(text);
    if (asked.subscribe === undefined) {
      peer.send(JSON.stringify({ ...asked, done: true }));
      return;
    }
    peer.send(JSON.stringify({ snapshot: asked.subscribe.map((name) => quoteOf(name, 0)) }));
    if (quotesMs === null) return;
    let count = 0;
    timers.push(
      setInterval(() => {
        count += 1;
        peer.send(JSON.stringify({ quotes: asked.subscribe.map((name) => quoteOf(name, count)) }));
      }, quotesMs),
    );
  };
}

/** Prices move; they need not be random for that. */
function quoteOf(name, count) {
  return { name, bid: 104.2 + name.length + count / 8, ask: 104.3 + name.length + count / 8 };
}
