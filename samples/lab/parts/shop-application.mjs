/**
 * The shop's application: Node's HTTP server in worker processes under a primary, as a process manager runs it.
 *
 *     const application = await startShopApplication(lab, back, { endpoint: `${BACK}:8080` });
 *     await application.call('killWorkerThatSends', '/export/orders.csv', 3);   // SIGKILL, as by the kernel when memory is short
 *
 * What it answers: shop-worker.mjs.
 */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { beside } from './beside.mjs';
import { pause } from './program.mjs';

/** A worker that is starting, or that sends what it is to be killed at, is there within this time. */
const PATIENCE_MS = 10_000;

/**
 * Starts it on `endpoint` and returns once it answers. `settings`: options of the worker, recorded with the
 * sample under `name` (`null`: not recorded, as it is when the same application is started again).
 */
export async function startShopApplication(lab, host, { endpoint, workers = 1, settings = {}, name = 'application' }) {
  const lines = [
    `listen ${endpoint}`,
    `workers ${workers}`,
    ...Object.entries(settings).map(([key, value]) => `${key} ${value}`),
  ];
  if (name !== null) lab.setting(name, lines.join('\n'));
  const application = await host.actor(import.meta.url, 'startPrimary', { endpoint, workers, settings });
  await host.listens(application.program, [endpoint]);
  return application;
}

/** Runs as an actor: the primary. */
export async function startPrimary({ endpoint, workers, settings }) {
  const [address, port] = endpoint.split(':');
  cluster.setupPrimary({
    exec: beside(import.meta.url, 'shop-worker.mjs'),
    args: [JSON.stringify({ address, port: Number(port), settings })],
  });
  const sending = new Map();
  cluster.on('message', (worker, { sends, pieces }) => {
    if (sends !== undefined) sending.set(sends, { worker, pieces });
  });
  const start = () => once(cluster.fork(), 'listening');
  for (let index = 0; index < workers; index += 1) await start();
  return {
    /** Kills the worker that is sending `path` once it has sent so many `pieces` of it; another takes its place. */
    async killWorkerThatSends(path, pieces) {
      const deadline = Date.now() + PATIENCE_MS;
      while ((sending.get(path)?.pieces ?? 0) < pieces) {
        if (Date.now() > deadline) throw new Error(`nobody sends ${pieces} pieces of ${path}`);
        await pause(2);
      }
      const { worker } = sending.get(path);
      sending.delete(path);
      worker.process.kill('SIGKILL');
      await Promise.all([once(worker, 'exit'), start()]);
    },
    /** What `/health` is answered from now on, whatever else is. */
    async tellHealth(status) {
      const workers = Object.values(cluster.workers);
      await Promise.all(
        workers.map((worker) => {
          worker.send({ health: status });
          return once(worker, 'message');
        }),
      );
    },
    /** Replaces the workers: the new ones answer before the old ones end, which finish what they have begun. */
    async reload() {
      const old = Object.values(cluster.workers);
      for (const _ of old) await start();
      await Promise.all(
        old.map((worker) => {
          worker.send({ drain: true });
          return once(worker, 'exit');
        }),
      );
    },
  };
}
