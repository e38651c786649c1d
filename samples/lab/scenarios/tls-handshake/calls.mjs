/** Clients that call the server with curl, each in its own way, and how a sample of their calls is taken. */
import { curl } from '../../parts/curl.mjs';
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';

export const [WEB, PARTNER_A, PARTNER_B, PARTNER_C, PARTNER_D] = [
  CLIENT,
  '10.0.0.11',
  '10.0.0.12',
  '10.0.0.13',
  '10.0.0.14',
];

const HTTP2_CLIENT = new URL('http2-client.mjs', import.meta.url).href;

/** Between a client's calls, milliseconds. */
const PACE_MS = 150;

/**
 * Takes a sample. `start(lab, network)` starts the server and gives `{ server, clients }`; each client is
 * `{ from, host, paths, calls, options }`: it calls `calls` times, asking for `paths` on one connection, with the
 * `options` of curl; or, with `http2`, as a client that speaks HTTP/2 alone and trusts `authority` (http2-client.mjs).
 *
 * Gives the server's log, and for each call `{ from, code, transfers }`.
 */
export function callsTo(start, { device = 'eth0' } = {}) {
  return async (lab) => {
    const network = await frontNetwork(lab, { clients: [PARTNER_A, PARTNER_B, PARTNER_C, PARTNER_D] });
    const { server, clients } = await start(lab, network);
    await lab.capture(network.front, { device });
    const told = await Promise.all(clients.map((client, index) => callsOf(lab, network.client, client, index * 40)));
    await network.front.allClosed(undefined, FRONT);
    return { calls: told.flat(), log: server.text };
  };
}

async function callsOf(lab, host, client, after) {
  const told = [];
  await pause(after);
  for (let call = 0; call < (client.calls ?? 1); call += 1) {
    told.push({ from: client.from, ...(await (client.http2 === true ? http2Call : curlCall)(lab, host, client)) });
    await pause(PACE_MS);
  }
  return told;
}

async function curlCall(lab, host, { from, host: name, paths, options }) {
  const urls = paths.map((path) => `https://${name}${path}`);
  const { code, transfers } = await curl(host, urls, {
    options: ['--interface', from, ...options],
    keyLog: lab.keyLog,
    resolve: { [`${name}:443`]: FRONT },
  });
  return { code, statuses: transfers.map(({ status }) => status) };
}

function http2Call(lab, host, { from, host: name, paths, authority }) {
  const input = { from, to: FRONT, name, paths, authority };
  return host.perform(HTTP2_CLIENT, 'callOverHttp2', input, { keyLog: lab.keyLog });
}
