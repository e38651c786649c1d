/** The intermediary: takes the public's requests and hands them on over the connections that there are to origins. */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createSecureServer } from 'node:http2';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { ALPN } from './origin.mjs';

const NAME = 'edge1.cdn.example';
/** Of one hop only (RFC 9110, 7.6.1), or said otherwise in HTTP/2. */
const NOT_FORWARDED = new Set([
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
]);

/**
 * Starts it: the public at `front`, and origins either dialling in at `inside` (`{ address, port }`) or, where
 * `origins` are named (`host:port`), dialled. `files`: certificate, key and authority; `null` is clear text.
 * `idleMs`: how long a connection to an origin may carry nothing before it is closed; `null` for ever.
 * Actor: `origins` is the number of connections to them.
 */
export async function startIntermediary({ front, inside, origins, files, idleMs }) {
  const tls = files === null ? null : { cert: readFileSync(files.certificate), key: readFileSync(files.key) };
  const authority = files === null ? null : readFileSync(files.authority);
  const sessions = [];
  const use = (session) => {
    sessions.push(session);
    session.on('error', () => {}); // the close says it
    session.once('close', () => sessions.splice(sessions.indexOf(session), 1));
    if (idleMs !== null) closeWhenIdle(session, idleMs);
  };
  if (origins === null) await accepting({ inside, tls, authority }, use);
  else for (const origin of origins) use(await dialled(origin, { tls, authority }));
  let turn = 0;
  const handle = (request, response) => {
    turn += 1;
    const session = sessions[turn % sessions.length];
    if (session === undefined) {
      response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1', via: `1.1 ${NAME}` });
      response.end('no origin is connected\n');
    } else forward(session, { request, response, scheme: tls === null ? 'http' : 'https' });
  };
  const server = tls === null ? createHttpServer(handle) : createSecureServer({ ...tls, allowHTTP1: true }, handle);
  await listening(server, front);
  return { origins: () => sessions.length };
}

function listening(server, { address, port }) {
  return new Promise((resolve) => {
    server.listen(port, address, resolve);
  });
}

/** The TCP and TLS server is the HTTP/2 client: it sends the preface as soon as a connection is there. */
function accepting({ inside, tls, authority }, use) {
  const take = (socket) => use(connect('https://shop.example', { createConnection: () => socket }));
  const server =
    tls === null
      ? createServer(take)
      : createTlsServer(
          { ...tls, ca: authority, requestCert: true, rejectUnauthorized: true, ALPNProtocols: [ALPN] },
          take,
        );
  return listening(server, inside);
}

function dialled(origin, { tls, authority }) {
  const scheme = tls === null ? 'http' : 'https';
  return new Promise((resolve, reject) => {
    // The certificate is the origin's, and names it.
    const options = tls === null ? {} : { ...tls, ca: authority, servername: 'origin.shop.example' };
    const session = connect(`${scheme}://${origin}`, options, () => resolve(session));
    session.once('error', reject);
  });
}

function closeWhenIdle(session, idleMs) {
  let timer;
  const wind = () => {
    clearTimeout(timer);
    timer = setTimeout(() => session.close(), idleMs);
  };
  wind();
  session.on('ping', wind).on('used', wind);
  session.once('close', () => clearTimeout(timer));
}

function forward(session, { request, response, scheme }) {
  const headers = Object.entries(request.headers).filter(([name]) => !name.startsWith(':') && !NOT_FORWARDED.has(name));
  const stream = session.request({
    ':method': request.method,
    ':scheme': scheme,
    ':authority': request.headers[':authority'] ?? request.headers.host,
    ':path': request.url,
    ...Object.fromEntries(headers),
    'x-forwarded-for': request.socket.remoteAddress,
    'x-forwarded-proto': scheme,
    via: `${request.httpVersion} ${NAME}`,
  });
  session.emit('used');
  request.pipe(stream);
  stream.once('response', (answer) => {
    const { ':status': status, ...rest } = answer;
    response.writeHead(status, { ...rest, via: `2 ${NAME}` });
    stream.pipe(response);
  });
  stream.once('close', () => session.emit('used'));
  stream.once('error', () => {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
}
