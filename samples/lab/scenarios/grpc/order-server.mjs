/** A gRPC server as its libraries make one: HTTP/2 in clear by prior knowledge, a status in the trailers of each call. */
import { createServer } from 'node:http2';
import { setTimeout as pause } from 'node:timers/promises';

const OK = 0;
const NOT_FOUND = 5;
const UNAVAILABLE = 14;
/** The length that stands before each message: a flag, and four bytes. */
const PREFIX_BYTES = 5;

/** Runs as an actor. `Reprice` takes `repriceMs`, all else is answered at once. */
export async function startOrderServer({ address, port, repriceMs }) {
  const server = createServer();
  const sessions = new Set();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => {}); // the client is gone
  });
  server.on('stream', async (stream, fields) => {
    stream.on('error', () => {}); // the client is gone
    stream.resume();
    const method = fields[':path'].split('/').at(-1);
    if (method === 'Reprice') await pause(repriceMs);
    if (stream.destroyed) return;
    if (method === 'Lost') fail(stream, NOT_FOUND, 'no such order');
    else if (method === 'Stock') fail(stream, UNAVAILABLE, 'the warehouse counts its stock');
    else answer(stream, JSON.stringify({ method, state: 'open' }));
  });
  await new Promise((resolve) => server.listen(port, address, resolve));
  return {
    /** As its handler of SIGTERM does: GOAWAY on each connection, no new ones; what is under way goes on. */
    async drain() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const session of sessions) session.close();
      await closed;
    },
  };
}

function answer(stream, text) {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': OK }));
  const message = Buffer.alloc(PREFIX_BYTES + Buffer.byteLength(text));
  message.writeUInt32BE(Buffer.byteLength(text), 1);
  message.write(text, PREFIX_BYTES);
  stream.end(message);
}

/** Head and trailers in one ("Trailers-Only"). */
function fail(stream, status, words) {
  const fields = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': status, 'grpc-message': words };
  stream.respond(fields, { endStream: true });
}
