/** A front that hands requests on to four servers behind it, and a client that asks for each of them. */
import { curl } from '../../parts/curl.mjs';
import { BACK, FRONT, frontNetwork } from '../../parts/front.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { ORIGIN_PORTS, startOrigins } from '../../parts/origins.mjs';
import { pause } from '../../parts/program.mjs';
import { startHaproxy, startNginx } from '../../parts/servers.mjs';

/** Each server is asked so often. */
export const ROUNDS = 2;
export const SHOP = 'shop.example';
const RESOLVED = Object.fromEntries(Object.values(ORIGIN_PORTS).map((port) => [`${SHOP}:${port}`, FRONT]));
/** Between requests, milliseconds. */
const PACE_MS = 60;

/** `address:port` of each server. */
export const at = (kind) => `${BACK}:${ORIGIN_PORTS[kind]}`;

/** nginx that hands `/KIND/…` on to each kind's server by `scheme`. */
export const nginxFront = (kinds, scheme) => (lab, front) =>
  startNginx(lab, front, {
    name: 'front.conf',
    http: `  server {
    listen ${FRONT}:80;
${kinds.map((kind) => `    ${handedOn(kind, scheme)}\n`).join('')}  }`,
    endpoints: [`${FRONT}:80`],
  });

/** Its line for one of them. */
export const handedOn = (kind, scheme) => `location /${kind}/ { proxy_pass ${scheme}://${at(kind)}/; }`;

/** HAProxy that hands `/NAME/…` on to the server of that name: `servers` has its line by name. */
export const haproxyFront = (servers) => (lab, front) =>
  startHaproxy(lab, front, {
    name: 'front.cfg',
    configuration: haproxyConfiguration({
      timeouts: { connect: '2s', client: '5s', server: '5s' },
      defaults: ['retries 0'],
      sections: `
frontend web
    bind ${FRONT}:80
    use_backend %[path,field(2,/)]
${Object.entries(servers)
  .map(([name, line]) => `backend ${name}\n    ${line}\n`)
  .join('')}`,
    }),
    endpoints: [`${FRONT}:80`],
  });

/** HAProxy that passes the bytes of each kind's port on to its server: `servers` has its line by kind. */
export const passingFront = (servers) => (lab, front) => {
  const endpoints = Object.keys(servers).map((kind) => `${FRONT}:${ORIGIN_PORTS[kind]}`);
  return startHaproxy(lab, front, {
    name: 'front.cfg',
    configuration: haproxyConfiguration({
      timeouts: { connect: '2s', client: '5s', server: '5s' },
      defaults: ['mode tcp', 'option tcplog'],
      sections: Object.entries(servers)
        .map(([kind, line], at) => `listen ${kind}\n    bind ${endpoints[at]}\n    ${line}\n`)
        .join(''),
    }),
    endpoints,
  });
};

/** The line of HAProxy's configuration for a kind's server. */
export const serverLine = (kind, options = '') => `server ${kind} ${at(kind)}${options}`;

/**
 * Takes a sample: `speaks` says what the servers speak, `front` starts the front; the client asks for each of `names`,
 * {@link ROUNDS} times: for `/NAME/hello.txt`, or what `urlOf` gives, with the `options` of curl. `beside(lab, network)` happens once before. Gives the statuses by name,
 * and what was told beside.
 */
export function story({ speaks, front, names, beside = async () => ({}), urlOf = byPath, options = [] }) {
  return async (lab) => {
    const network = await frontNetwork(lab);
    await startOrigins(lab, network.back, { address: BACK, speaks });
    await front(lab, network.front);
    await lab.capture(network.front, { device: 'any', filter: 'tcp' });
    const statuses = { ...(await beside(lab, network)) };
    for (let round = 0; round < ROUNDS; round += 1)
      for (const name of names) {
        const all = ['--header', `Host: ${SHOP}`, ...options];
        const { transfers } = await curl(network.client, [urlOf(name)], { options: all, resolve: RESOLVED });
        statuses[name] = [...(statuses[name] ?? []), transfers[0].status];
        await pause(PACE_MS);
      }
    await network.client.allClosed();
    await network.front.allClosed(undefined, FRONT);
    return statuses;
  };
}

function byPath(name) {
  return `http://${FRONT}/${name}/hello.txt`;
}

/** Each kind's port of the front, in TLS. */
export function byPort(kind) {
  return `https://${SHOP}:${ORIGIN_PORTS[kind]}/hello.txt`;
}

/**
 * A probe on the front that asks each server itself, not by way of the proxy, {@link ROUNDS} times: the statuses as
 * `probe KIND`. `options` of curl are how it speaks, and recorded.
 */
export const probe =
  (kinds, scheme, options) =>
  async (lab, { front }) => {
    lab.setting('probe', probeLine(scheme, options));
    const statuses = {};
    for (let round = 0; round < ROUNDS; round += 1)
      for (const kind of kinds) {
        const told = await curl(front, [`${scheme}://${at(kind)}/health`], { options });
        const name = `probe ${kind}`;
        statuses[name] = [...(statuses[name] ?? []), told.transfers[0].status];
        await pause(PACE_MS);
      }
    return statuses;
  };

export const probeLine = (scheme, options) => ['probe: curl', ...options, `${scheme}://SERVER/health`].join(' ');

/** Sentences on what was answered, where it is not the status that `expected` has by name. */
export function statusFaults(statuses, expected) {
  return Object.entries(expected)
    .filter(([name, status]) => statuses[name]?.some((seen) => seen !== status) ?? true)
    .map(([name, status]) => `${name} was answered ${statuses[name]}, not ${status}`);
}
