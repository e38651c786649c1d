/**
 * A customer behind a tunnel:
 *
 *   client 198.51.100.10 ── home ══ tunnel, MTU 1400, 2 ms ══ gate ── 10.0.0.49 server
 */
import { configure } from '../../parts/commands.mjs';

export const CUSTOMER = '198.51.100.10';
export const SERVER = '10.0.0.49';
export const GATE = '10.0.0.1';
export const HOME = '198.51.100.1';

const MTU = 1400;
/** What follows a client that leaves: the other side does not hear of it all, milliseconds. */
export const AFTERMATH_MS = 1500;

/** The filter of a router at the tunnel's end: its own ICMP errors do not leave it. */
export const SILENT = 'iptables -A OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP';
/** The filter of a host that is on its guard against ICMP altogether. */
export const DEAF = 'iptables -A INPUT -p icmp -j DROP';
export const OPEN = 'iptables -A OUTPUT -p icmp --icmp-type fragmentation-needed -j ACCEPT';

/** Makes it and gives its hosts. `filters`: commands by host; `sysctl`: kernel settings of the server. */
export async function tunnelNetwork(lab, { filters = {}, sysctl = [] } = {}) {
  const hosts = await lab.network({
    hosts: { client: {}, home: { forwards: true }, gate: { forwards: true }, server: { sysctl } },
    links: [
      {
        ends: {
          client: { device: 'eth0', mac: '02:00:c6:33:64:0a', addresses: [`${CUSTOMER}/24`] },
          home: { device: 'eth0', mac: '02:00:c6:33:64:01', addresses: [`${HOME}/24`] },
        },
      },
      {
        ends: {
          home: { device: 'tunnel', addresses: ['10.255.0.1/30'] },
          gate: { device: 'tunnel', addresses: ['10.255.0.2/30'] },
        },
        line: { kind: 'tun', oneWayMicroseconds: 2000 },
      },
      {
        ends: {
          gate: { device: 'eth0', mac: '02:00:0a:00:00:01', addresses: [`${GATE}/24`] },
          server: { device: 'eth0', mac: '02:00:0a:00:00:31', addresses: [`${SERVER}/24`] },
        },
      },
    ],
    routes: [
      ['client', 'default', 'via', HOME],
      ['home', '10.0.0.0/24', 'via', '10.255.0.2'],
      ['gate', '198.51.100.0/24', 'via', '10.255.0.1'],
      ['server', 'default', 'via', GATE],
    ],
  });
  lab.setting('tunnel', `mtu ${MTU}`);
  if (sysctl.length > 0) lab.setting('kernel of the server', sysctl.join('\n'));
  for (const end of ['home', 'gate']) await hosts[end].ip('link', 'set', 'tunnel', 'mtu', String(MTU));
  for (const [name, lines] of Object.entries(filters))
    await configure(lab, hosts[name], `packet filter of the ${name}`, lines);
  return hosts;
}

/** Large segments that come again: those that do not pass. `from`: who sends them. */
export const LARGE_AGAIN = (from, count) => ({
  what: 'segment of more than 1,360 bytes, sent again',
  filter: `ip.src == ${from} && tcp.len > 1360 && tcp.len < 1461 && tcp.analysis.retransmission`,
  count,
  fault: true,
});

/** The error of the router before the tunnel. */
export const TOO_LARGE = (count) => ({
  what: 'ICMP: fragmentation needed',
  filter: 'icmp.type == 3 && icmp.code == 4',
  count,
});
