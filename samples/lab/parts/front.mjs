/**
 * The network most scenarios happen in: a client a millisecond away from a front (proxy or server), and
 * an application server behind it on the front's own second device.
 *
 *   client 10.0.0.10 eth0 ── line, 450 µs ── eth0 10.0.0.49 front 10.0.1.49 eth1 ── eth0 10.0.1.43, .48 back
 *
 * Captures are taken on the front: `eth0` is the leg to the client, `eth1` the one to the application.
 */
export const CLIENT = '10.0.0.10';
export const FRONT = '10.0.0.49';
/** The front as the application server sees it. */
export const FRONT_INSIDE = '10.0.1.49';
/** The two addresses of the application server. */
export const BACK = '10.0.1.43';
export const OTHER_BACK = '10.0.1.48';

/** Round trip between client and front: twice this, and the cost of the relay. */
const ONE_WAY_MICROSECONDS = 450;

/**
 * Makes it and gives its hosts `client`, `front` and `back`. `clients`: further addresses of the client;
 * `line`: what befalls packets between client and front (network.mjs); `backLine`: a line in place of the
 * veth pair between front and back, for applications that are not in the next rack; `hosts`: settings of
 * hosts by name.
 */
export async function frontNetwork(lab, { clients = [], line = {}, backLine, hosts = {} } = {}) {
  return lab.network({
    hosts: { client: { ...hosts.client }, front: { ...hosts.front }, back: { ...hosts.back } },
    links: [
      {
        ends: {
          client: {
            device: 'eth0',
            mac: '02:00:0a:00:00:0a',
            addresses: [CLIENT, ...clients].map((address) => `${address}/24`),
          },
          front: { device: 'eth0', mac: '02:00:0a:00:00:31', addresses: [`${FRONT}/24`] },
        },
        line: { kind: 'tap', oneWayMicroseconds: ONE_WAY_MICROSECONDS, ...line },
      },
      {
        ends: {
          front: { device: 'eth1', mac: '02:00:0a:00:01:31', addresses: [`${FRONT_INSIDE}/24`] },
          back: { device: 'eth0', mac: '02:00:0a:00:01:2b', addresses: [`${BACK}/24`, `${OTHER_BACK}/24`] },
        },
        line: backLine,
      },
    ],
  });
}
