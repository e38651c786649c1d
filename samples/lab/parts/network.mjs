/**
 * The network of a lab: hosts, which are network namespaces, and the links between them. No address
 * of it exists outside.
 *
 * A link is a veth pair, as fast as the machine and with the kernel's offloads, or a line
 * (line.py) of a stated length, which can also lose and reorder packets: the same could be had from
 * the netem queueing discipline, but few small kernels have it.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Host } from './host.mjs';
import { Program, run } from './program.mjs';

const LINE = fileURLToPath(new URL('line.py', import.meta.url));

/** Router solicitations and the like would only be noise beside the story. */
const QUIET = ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'];

/**
 * Makes the network and gives its hosts by name.
 *
 * - `hosts`: for each name `{ forwards, sysctl, names }`: whether it is a router, kernel settings as
 *   `key=value`, and what its `/etc/resolv.conf` says (`names: '10.0.0.53'`, the address of a name server).
 * - `links`: each `{ ends, line }`. `ends` has for each of two hosts `{ device, addresses, mac }`,
 *   addresses with their prefix length. `line` is `undefined` (veth) or
 *   `{ kind: 'tap' | 'tun', oneWayMicroseconds, forward, backward }`: `tap` carries Ethernet, `tun` bare IP;
 *   `forward` is what happens to packets from the first end to the second, `backward` to the others (line.py).
 * - `routes`: each `[host, ...arguments of ip route add]`.
 */
export async function createNetwork(teardown, { hosts, links, routes = [] }) {
  const made = {};
  for (const [name, host] of Object.entries(hosts)) made[name] = await addHost(teardown, name, host);
  for (const link of links) {
    if (link.line === undefined) await addVeth(made, link);
    else await addLine(teardown, made, link);
    for (const [name, { device, addresses = [] }] of Object.entries(link.ends)) {
      for (const address of addresses) await made[name].ip('addr', 'add', address, 'dev', device);
      await made[name].ip('link', 'set', device, 'up');
    }
  }
  for (const [name, ...route] of routes) await made[name].ip('route', 'add', ...route);
  return made;
}

async function addHost(teardown, name, { forwards = false, sysctl = [], names = null }) {
  const namespace = `pcapdx-${process.pid}-${name}`;
  if (names !== null) {
    const folder = `/etc/netns/${namespace}`;
    await teardown.make(
      `the name server of ${name}`,
      async () => {
        await mkdir(folder, { recursive: true });
        await writeFile(`${folder}/resolv.conf`, `nameserver ${names}\n`);
      },
      () => rm(folder, { recursive: true, force: true }),
    );
  }
  await teardown.make(
    `namespace ${namespace}`,
    () => run('ip', 'netns', 'add', namespace),
    () => run('ip', 'netns', 'delete', namespace),
  );
  const host = new Host(teardown, name, namespace);
  await host.run('sysctl', '-qw', ...QUIET, ...(forwards ? ['net.ipv4.ip_forward=1'] : []), ...sysctl);
  await host.ip('link', 'set', 'lo', 'up');
  return host;
}

async function addVeth(hosts, { ends }) {
  const [[firstName, first], [secondName, second]] = Object.entries(ends);
  const address = (mac) => (mac === undefined ? [] : ['address', mac]);
  await hosts[firstName].ip(
    ...['link', 'add', first.device, ...address(first.mac), 'type', 'veth'],
    ...['peer', 'name', second.device, ...address(second.mac), 'netns', hosts[secondName].namespace],
  );
}

async function addLine(teardown, hosts, { ends, line }) {
  const { kind, oneWayMicroseconds, forward = {}, backward = {} } = line;
  const [first, second] = Object.entries(ends).map(([name, { device, mac = null }]) => ({
    namespace: hosts[name].namespace,
    device,
    mac,
  }));
  const description = { kind, one_way_microseconds: oneWayMicroseconds, ends: [first, second], forward, backward };
  const name = `line between ${Object.keys(ends).join(' and ')}`;
  await Program.start(teardown, { name, command: ['python3', LINE, JSON.stringify(description)], ready: /^ready$/m });
}
