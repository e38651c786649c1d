/** The origin of a shop: HTTP/2 on connections that it dials itself, or, for comparison, that it accepts. */
import { readFileSync } from 'node:fs';
import { createSecureServer, createServer, performServerHandshake } from 'node:http2';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** ALPN of draft-bt-httpbis-reverse-http. */
export const ALPN = 'h2-reverse';

/**
 * Starts it. `dials`: `true` connects from `address` to `intermediary` (`{ address, port, name }`), again `redialMs`
 * after a connection was lost; `false` accepts on `address:port`. `files`: certificate, key and authority; `null`
 * is clear text. `pingMs`: how often it sends a PING, `null` never. Actor: `end` closes its connections.
 */
export async function startOrigin({ dials, address, port, intermediary, files, redialMs, pingMs }) {
  const tls = files === null ? null : tlsOptions(files);
  const sessions = new Set();
  let isEnding = false;
  const serve = (session) => {
    sessions.add(session);
    session.on('error', () => {}); // the close says it
    session.on('stream', (stream, headers) => answer(stream, headers, address));
    if (dials) session.origin('https://shop.example');
    const pings = pingMs === null ? null : setInterval(() => session.ping(() => {}), pingMs);
    session.once('close', () => {
      clearInterval(pings);
      sessions.delete(session);
      if (dials && !isEnding) setTimeout(dial, redialMs);
    });
  };
  const dial = () => dialled({ tls, address, intermediary }).then((socket) => serve(performServerHandshake(socket)));
  if (dials) await dial();
  else await accepting({ tls, address, port }, serve);
  return {
    end: () => {
      isEnding = true;
      for (const session of sessions) session.close();
    },
  };
}

function tlsOptions({ certificate, key, authority }) {
  return {
    cert: readFileSync(certificate),
    key: readFileSync(key),
    ca: readFileSync(authority),
    minVersion: 'TLSv1.3',
  };
}

function dialled({ tls, address, intermediary }) {
  return new Promise((resolve, reject) => {
    const target = { host: intermediary.address, port: intermediary.port, localAddress: address };
    const socket =
      tls === null
        ? connect(target, () => resolve(socket))
        : connectTls({ ...target, ...tls, servername: intermediary.name, ALPNProtocols: [ALPN] }, () =>
            resolve(socket),
          );
    socket.once('error', reject);
  });
}

function accepting({ tls, address, port }, serve) {
  const server = tls === null ? createServer() : createSecureServer(tls);
  server.on('session', serve);
  return new Promise((resolve) => {
    server.listen(port, address, resolve);
  });
}

/** What the shop answers: pages, JSON, an order taken, a page that takes its time, a 404. */
function answer(stream, headers, address) {
  const { ':method': method, ':path': path } = headers;
  const send = (status, type, body) => {
    stream.respond({
      ':status': status,
      'content-type': type,
      server: `shop (${address})`,
      'cache-control': 'no-store',
    });
    stream.end(body);
  };
  stream.on('error', () => {});
  if (method === 'POST') {
    let length = 0;
    stream.on('data', (piece) => {
      length += piece.length;
    });
    stream.on('end', () => send(201, 'application/json', `{"order":90215,"bytes":${length}}`));
  } else if (path === '/') send(200, 'text/html', '<!doctype html><title>Shop</title><h1>Shop</h1>');
  else if (path === '/cart') send(200, 'application/json', '{"items":[{"article":"4711","count":2}]}');
  else if (path === '/report') setTimeout(() => send(200, 'text/csv', 'article,sold\n4711,17\n'.repeat(200)), 150);
  else send(404, 'text/plain', 'no such page\n');
}
