/**
 * The network of these samples: a server host behind a router, clients behind a line of 450 µs.
 *
 *   clients 10.0.0.x wan ── line (bare IP) ── wan router 10.0.1.1 lan ── eth0 server 10.0.1.x
 *
 * As on a real path, the clients' segments reach the server with a TTL that a router has lowered.
 * `eth0` has the kernel's default offloads: checksums of what it sends are unfinished in the capture,
 * and what it sends may be larger than the MTU.
 */
const ONE_WAY_MICROSECONDS = 450;

/** `servers` and `clients` are the addresses each side has. */
export function hostNetwork(lab, { servers, clients }) {
  return lab.network({
    hosts: { server: {}, router: { forwards: true }, clients: {} },
    links: [
      {
        ends: {
          server: {
            device: 'eth0',
            mac: '02:00:0a:00:01:2b',
            addresses: servers.map((address) => `${address}/24`),
          },
          router: { device: 'lan', mac: '02:00:0a:00:01:01', addresses: ['10.0.1.1/24'] },
        },
      },
      {
        ends: {
          clients: { device: 'wan', addresses: clients.map((address) => `${address}/32`) },
          router: { device: 'wan' },
        },
        line: { kind: 'tun', oneWayMicroseconds: ONE_WAY_MICROSECONDS },
      },
    ],
    routes: [
      ['server', 'default', 'via', '10.0.1.1'],
      ['clients', '10.0.1.0/24', 'dev', 'wan'],
      ['router', '10.0.0.0/24', 'dev', 'wan'],
    ],
  });
}
