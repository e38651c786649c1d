/** Puts security-agent.py inline on the server host. */
import { beside } from '../../parts/beside.mjs';

const AGENT = beside(import.meta.url, 'security-agent.py');
const DEVICE = 'eth0';
const QUEUE = '43';

/**
 * Segments with data for the site pass the agent before TCP sees them. What the agent writes on
 * `inject0` comes out of `inject1`, where traffic control turns it round into the reception of the
 * server's device. `inject1` has that device's link-layer address, or the kernel would hold the
 * frames to be for another host.
 */
export async function startSecurityAgent(lab, host, site) {
  const [{ address: mac }] = JSON.parse(await host.run('ip', '-json', 'link', 'show', DEVICE));
  await host.ip('link', 'add', 'inject0', 'type', 'veth', 'peer', 'name', 'inject1', 'address', mac);
  await host.ip('link', 'set', 'inject0', 'up');
  await host.ip('link', 'set', 'inject1', 'up');
  const turnRound = ['action', 'mirred', 'ingress', 'redirect', 'dev', DEVICE];
  await host.run('tc', 'qdisc', 'add', 'dev', 'inject1', 'clsact');
  await host.run(
    ...['tc', 'filter', 'add', 'dev', 'inject1', 'ingress', 'protocol', 'all'],
    ...['u32', 'match', 'u32', '0', '0', ...turnRound],
  );
  const program = await host.start({
    name: 'security agent',
    command: ['python3', AGENT, QUEUE, 'inject0', DEVICE],
    ready: /^ready$/m,
  });
  const rule =
    `iptables -A INPUT -p tcp -d ${site.address} --dport ${site.port} ` +
    `--tcp-flags PSH PSH -j NFQUEUE --queue-num ${QUEUE}`;
  await host.run(...rule.split(' '));
  lab.setting('security agent', rule);
  return {
    /** What it did: viewers put on its block list, and requests reset. */
    log: () => ({
      listed: [...program.text.matchAll(/^listed (\S+)$/gm)].map((match) => match[1]),
      reset: [...program.text.matchAll(/^reset (\S+) (\S+)$/gm)].map((match) => match[1]),
    }),
  };
}
