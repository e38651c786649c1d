/** An application that speaks HTTP/2 over TLS itself, and what it does when it is told to stop. */
import { readFile } from 'node:fs/promises';
import { createSecureServer } from 'node:http2';
import { setTimeout as pause } from 'node:timers/promises';

/** Runs as an actor. Reports take `reportMs`, everything else is answered at once. */
export async function startReportServer({ address, certificate, key, reportMs }) {
  const server = createSecureServer({ cert: await readFile(certificate), key: await readFile(key) });
  const sessions = new Set();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => {}); // the client is gone
  });
  server.on('stream', async (stream, fields) => {
    stream.on('error', () => {}); // the client is gone
    stream.resume();
    const path = fields[':path'];
    if (path.startsWith('/reports/')) await pause(reportMs);
    if (stream.destroyed) return;
    const text = JSON.stringify({ path, turnover: 1_284_530 });
    stream.respond({ ':status': 200, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    stream.end(text);
  });
  await new Promise((resolve) => server.listen(443, address, resolve));
  let closed;
  return {
    /** As its handler of SIGTERM does: GOAWAY on each connection, no new ones; what is under way goes on. */
    drain() {
      closed = new Promise((resolve) => server.close(resolve));
      for (const session of sessions) session.close();
    },
    /** Waits until everything under way is done. */
    async drained() {
      await closed;
    },
  };
}
