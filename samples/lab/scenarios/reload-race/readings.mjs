/**
 * A collector that sends readings over a pool of four connections, a few at a time and several times a second, while
 * the web server is reloaded: its old worker closes every connection at the moment, in the midst of that work.
 */
import { Agent, request } from 'node:http';
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { startNginx } from '../../parts/servers.mjs';

const POOL = 4;
/** Readings sent at once, one round after the other: connections carry different numbers of them. */
const ROUNDS = [4, 2, 3, 1, 4];
const BETWEEN_MS = 250;
/** How long the collector is at work on the next readings, and when within that the server is reloaded. */
const WORK_MS = 200;
const RELOAD_MS = 40;

/** `looks`: whether the collector reads its sockets while it works. */
export async function collect(lab, { looks }) {
  const { client, front } = await frontNetwork(lab);
  lab.setting('nginx', 'nginx: reloaded (SIGHUP)');
  const nginx = await startNginx(lab, front, {
    http: `
  server {
    listen ${FRONT}:80;
    server_name meters.example;
    keepalive_timeout 75s;
    default_type application/json;
    location /readings { return 202 '{"state":"taken"}\n'; }
  }`,
    endpoints: [`${FRONT}:80`],
  });
  await lab.capture(front, { device: 'eth0' });
  const collector = await client.actor(import.meta.url, 'startCollector', { from: CLIENT, to: FRONT });
  for (const count of ROUNDS) {
    await collector.call('send', count);
    if (count !== ROUNDS.at(-1)) await pause(BETWEEN_MS);
  }
  const working = collector.call(looks ? 'workAndLook' : 'work', WORK_MS, POOL);
  await pause(RELOAD_MS);
  nginx.signal('SIGHUP');
  await working;
  await pause(BETWEEN_MS);
  await collector.call('send', POOL);
  const statuses = await collector.call('finish');
  await collector.end();
  await front.allClosed();
  return { statuses };
}

/** Runs as an actor. A reading that fails is reported, not sent again. */
export function startCollector({ from, to }) {
  const agent = new Agent({ keepAlive: true, localAddress: from, maxSockets: POOL });
  const statuses = [];
  let readings = 0;
  const send = async (count) => {
    const numbers = Array.from({ length: count }, () => (readings += 1));
    statuses.push(...(await Promise.all(numbers.map((reading) => post({ from, to, agent, reading })))));
    // The connections are the pool's again.
    await pause(5);
  };
  return {
    send,
    async work(milliseconds, count) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
      await send(count);
    },
    async workAndLook(milliseconds, count) {
      await pause(milliseconds);
      await send(count);
    },
    finish() {
      agent.destroy();
      return statuses;
    },
  };
}

function post({ from, to, agent, reading }) {
  const body = JSON.stringify({ reading, meter: 4100 + (reading % 7), litres: 120 + reading * 3 });
  const headers = {
    Host: 'meters.example',
    'User-Agent': 'collector/1.9',
    'Content-Type': 'application/json',
    'Content-Length': body.length,
  };
  return new Promise((resolve) => {
    const asked = request({
      ...{ host: to, port: 80, localAddress: from, agent },
      ...{ method: 'POST', path: `/readings/${reading}`, headers },
    });
    asked.on('error', (error) => resolve(error.code));
    asked.on('response', (response) => response.resume().on('close', () => resolve(response.statusCode)));
    asked.end(body);
  });
}
