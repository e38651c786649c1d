/** Puts security-agent.py inline on the server host. */
import { fileURLToPath } from 'node:url';
import { inside, SERVER_DEVICE } from './network.mjs';
import { Program, run } from './program.mjs';

const AGENT = fileURLToPath(new URL('security-agent.py', import.meta.url));
const QUEUE = '43';

/**
 * Segments with data for the site pass the agent before TCP sees them. What the agent writes on
 * `inject0` comes out of `inject1`, where traffic control turns it round into the reception of the
 * server's device. `inject1` has that device's link-layer address, or the kernel would hold the
 * frames to be for another host.
 */
export async function startSecurityAgent(teardown, { namespace, site }) {
  const host = (...command) => run(...inside(namespace, ...command));
  const [{ address: mac }] = JSON.parse(await host('ip', '-json', 'link', 'show', SERVER_DEVICE));
  await host('ip', 'link', 'add', 'inject0', 'type', 'veth', 'peer', 'name', 'inject1', 'address', mac);
  await host('ip', 'link', 'set', 'inject0', 'up');
  await host('ip', 'link', 'set', 'inject1', 'up');
  await host('tc', 'qdisc', 'add', 'dev', 'inject1', 'clsact');
  const turnRound = ['action', 'mirred', 'ingress', 'redirect', 'dev', SERVER_DEVICE];
  await host(
    'tc',
    'filter',
    'add',
    'dev',
    'inject1',
    'ingress',
    'protocol',
    'all',
    'u32',
    'match',
    'u32',
    '0',
    '0',
    ...turnRound,
  );

  const program = await Program.start(teardown, {
    name: 'security agent',
    command: inside(namespace, 'python3', AGENT, QUEUE, 'inject0', SERVER_DEVICE),
    ready: /^ready$/m,
  });
  const withData = ['-p', 'tcp', '-d', site.address, '--dport', String(site.port), '--tcp-flags', 'PSH', 'PSH'];
  await host('iptables', '-A', 'INPUT', ...withData, '-j', 'NFQUEUE', '--queue-num', QUEUE);
  return {
    /** What it did: viewers put on its block list, and requests reset. */
    log: () => ({
      listed: [...program.text.matchAll(/^listed (\S+)$/gm)].map((match) => match[1]),
      reset: [...program.text.matchAll(/^reset (\S+) (\S+)$/gm)].map((match) => match[1]),
    }),
  };
}
