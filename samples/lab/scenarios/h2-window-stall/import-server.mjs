/** An import service over HTTP/2 in clear: takes price lists, gives them out again. */
import { createServer } from 'node:http2';
import { setTimeout as pause } from 'node:timers/promises';

const EXPORT_BYTES = 6_000;

/**
 * Runs as an actor. `window`: the bytes that it lets a client send on a stream before it has read some;
 * `lockMs`: how long an import waits for a lock before it reads what comes.
 */
export async function startImportServer({ address, port, window, lockMs }) {
  const server = createServer({ settings: { initialWindowSize: window } });
  const seen = { imported: [] };
  server.on('session', (session) => session.on('error', () => {})); // the client is gone
  server.on('stream', async (stream, fields) => {
    stream.on('error', () => {}); // the client is gone
    const path = fields[':path'];
    if (path === '/status') return answer(stream, '{"state":"up"}');
    if (path === '/export') return answer(stream, 'sku,price\n'.repeat(EXPORT_BYTES / 10));
    await pause(lockMs);
    let bytes = 0;
    stream.on('data', (chunk) => {
      bytes += chunk.length;
    });
    stream.on('end', () => {
      seen.imported.push(bytes);
      answer(stream, JSON.stringify({ imported: bytes }));
    });
  });
  await new Promise((resolve) => server.listen(port, address, resolve));
  return { seen: () => seen };
}

function answer(stream, text) {
  stream.respond({ ':status': 200, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  stream.end(text);
}
