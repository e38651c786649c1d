/**
 * A shop that speaks HTTP/1.1 over TLS 1.3 itself: a worker under a primary that starts another when it ends.
 *
 *     const site = await startSite(front, { endpoint: `${FRONT}:443`, authority, name: 'shop.example' });
 *     await site.call('kill');          // the worker, as the kernel does when memory is short
 */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { beside } from '../../parts/beside.mjs';

/** Starts it and returns once it answers. */
export async function startSite(host, { endpoint, authority, name, keepAliveMs = 75_000 }) {
  const { certificate, key } = await authority.sign([name]);
  const site = await host.actor(import.meta.url, 'startPrimary', { endpoint, certificate, key, keepAliveMs });
  await host.listens(site.program, [endpoint]);
  return site;
}

/** Runs as an actor. */
export async function startPrimary({ endpoint, certificate, key, keepAliveMs }) {
  const [address, port] = endpoint.split(':');
  cluster.setupPrimary({
    exec: beside(import.meta.url, 'worker.mjs'),
    args: [JSON.stringify({ address, port: Number(port), certificate, key, keepAliveMs })],
  });
  let worker = null;
  const start = () => {
    worker = cluster.fork();
    return once(worker, 'listening');
  };
  let started = start();
  cluster.on('exit', () => {
    started = start();
  });
  await started;
  const signal = (name) => worker.process.kill(name);
  return {
    async kill() {
      const ended = once(worker, 'exit');
      signal('SIGKILL');
      await ended;
      await started;
    },
    /** A worker answers, where the one before ended by itself some milliseconds ago. */
    isBack: async () => void (await started),
    standStill: () => void signal('SIGSTOP'),
    goOn: () => void signal('SIGCONT'),
  };
}
