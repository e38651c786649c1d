/**
 * The network of a lab, in three network namespaces; no address of it exists outside them:
 *
 *   clients                      router                          server host
 *   10.0.0.x on wan ─ delay ─ wan, forwards, 10.0.1.1 on lan ─ eth0, 10.0.1.x
 *
 * `eth0` is one end of a veth pair with the kernel's default offloads: this is where captures are
 * taken. The two `wan` devices are TUN devices joined by delay-line.py, which gives the path
 * a round trip that can be measured (the same can be had from the netem queueing discipline, but
 * few small kernels have it). As on a real path, the client's segments reach the server with a
 * TTL that a router has lowered.
 */
import { fileURLToPath } from 'node:url';
import { Program, run } from './program.mjs';

const DELAY_LINE = fileURLToPath(new URL('delay-line.py', import.meta.url));

/** Locally administered addresses, the same in every run, so that samples differ in nothing but time. */
const SERVER_MAC = '02:00:0a:00:01:2b';
const ROUTER_MAC = '02:00:0a:00:01:01';

/** Delay in each direction: with the relay's own cost a round trip of a little over 1 ms. */
const ONE_WAY_MICROSECONDS = 450;

/** The device on the server host that captures are taken on. */
export const SERVER_DEVICE = 'eth0';

/** Makes the network and gives its namespaces. `servers` and `clients` are the addresses each side has. */
export async function createNetwork(teardown, { servers, clients }) {
  const prefix = `pcapdx-${process.pid}`;
  const names = { server: `${prefix}-server`, router: `${prefix}-router`, clients: `${prefix}-clients` };
  for (const name of Object.values(names)) await addNamespace(teardown, name);

  await ip(
    names.server,
    'link',
    'add',
    SERVER_DEVICE,
    'address',
    SERVER_MAC,
    'type',
    'veth',
    'peer',
    'name',
    'lan',
    'address',
    ROUTER_MAC,
    'netns',
    names.router,
  );
  for (const address of servers) await ip(names.server, 'addr', 'add', `${address}/24`, 'dev', SERVER_DEVICE);
  await ip(names.router, 'addr', 'add', '10.0.1.1/24', 'dev', 'lan');
  await ip(names.server, 'link', 'set', SERVER_DEVICE, 'up');
  await ip(names.router, 'link', 'set', 'lan', 'up');
  await ip(names.server, 'route', 'add', 'default', 'via', '10.0.1.1');

  await Program.start(teardown, {
    name: 'delay line',
    command: ['python3', DELAY_LINE, names.clients, names.router, String(ONE_WAY_MICROSECONDS)],
    ready: /^ready$/m,
  });
  for (const address of clients) await ip(names.clients, 'addr', 'add', `${address}/32`, 'dev', 'wan');
  for (const name of [names.clients, names.router]) await ip(name, 'link', 'set', 'wan', 'up');
  await ip(names.clients, 'route', 'add', '10.0.1.0/24', 'dev', 'wan');
  await ip(names.router, 'route', 'add', '10.0.0.0/24', 'dev', 'wan');
  await run('ip', 'netns', 'exec', names.router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  return names;
}

/** The command line that runs `command` inside a namespace, under the same process id. */
export function inside(namespace, ...command) {
  return ['ip', 'netns', 'exec', namespace, ...command];
}

/** The TCP connections of a namespace as `ss` filters them: receive queue in bytes, local and peer address:port. */
export async function connectionsIn(namespace, ...filter) {
  const listing = await run(...inside(namespace, 'ss', '-Htn', ...filter));
  return listing
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const columns = line.trim().split(/\s+/);
      const [local, peer] = columns.filter((column) => column.includes(':'));
      return { receiveQueue: Number(columns.find((column) => /^\d+$/.test(column))), local, peer };
    });
}

/** Whether something listens on address:port in a namespace. */
export async function isListening(namespace, address, port) {
  const listing = await run(...inside(namespace, 'ss', '-Hltn', 'src', address, 'and', 'sport', '=', `:${port}`));
  return listing.trim() !== '';
}

async function addNamespace(teardown, name) {
  await teardown.make(
    `namespace ${name}`,
    () => run('ip', 'netns', 'add', name),
    () => run('ip', 'netns', 'delete', name),
  );
  // Router solicitations and the like would only be noise beside the story.
  await run(
    ...inside(name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'),
  );
  await ip(name, 'link', 'set', 'lo', 'up');
}

async function ip(namespace, ...args) {
  await run('ip', '-n', namespace, ...args);
}
