/** A server that answers before the body of the request has come, and closes: what comes after meets RST. */

import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { beside } from '../parts/beside.mjs';
import { FRONT, frontNetwork } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { ORIGIN_NAMES, ORIGIN_PORTS } from '../parts/origins.mjs';
import { pause } from '../parts/program.mjs';
import { startApache, startHaproxy, startNginx } from '../parts/servers.mjs';
import { FIN } from '../parts/tshark.mjs';

const KINDS = Object.keys(ORIGIN_PORTS);
/** Each is sent so many uploads, of so many pieces of 1,280 bytes, 120 ms apart. */
const ROUNDS = 2;
const PIECES = 6;
/** Beyond this the servers refuse. */
const LIMIT_BYTES = 4096;
const PACE_MS = 60;

/** What decides how each ends: it closes at once, or reads on. Apache always does. */
const CLOSES = { nginx: 'lingering_timeout 20ms;', haproxy: null, node: 'answers at once, and destroys the request' };
const READS = {
  nginx: 'lingering_timeout 5s;',
  haproxy: 'http-request wait-for-body time 5s at-least 12k',
  node: 'reads the whole request, and answers',
};
const STATUSES = { nginx: 413, haproxy: 413, apache: 413, node: 401 };
const HASTY = KINDS.filter((kind) => kind !== 'apache');
const endpoint = (kind) => `${FRONT}:${ORIGIN_PORTS[kind]}`;

const REFUSAL = (status, count) => ({
  what: `${status}`,
  filter: `tcp.payload[9:3] == "${status}" && ip.src == ${FRONT}`,
  count,
  own: { response: status, from: FRONT },
});
const RESETS = (count) => ({
  what: 'RST of the server, behind its answer',
  filter: `tcp.flags.reset == 1 && ip.src == ${FRONT}`,
  count,
  fault: true,
  own: { segment: 'rst', from: FRONT },
});
const FINS = (count) => ({ what: 'FIN of the server', filter: `${FIN} && ip.src == ${FRONT}`, count });

const SET_UP = `${KINDS.map((kind) => ORIGIN_NAMES[kind]).join(', ')}, each on a port of its own of ${FRONT}; captured there. A client sends each ${ROUNDS} photos, in ${PIECES} pieces 120 ms apart, and looks for an answer when it has sent all (Python's http.client). Node wants to know who it is, the others take no more than 4 KB`;

export const scenario = {
  name: 'early-response-reset',
  about:
    'A server refuses an upload by its head and closes, while the body is still on its way. What comes after that is answered by RST, which takes the answer away from a client that has not read it yet.',
  programs: ['nginx', 'haproxy', 'apache2'],
  samples: [
    {
      file: 'early-response-reset.pcapng',
      setUp: SET_UP,
      decisive: [CLOSES.nginx],
      wrong:
        'nginx, HAProxy and Node answer and close: the next piece of the body is answered by RST, and the client sees a reset connection or a broken pipe, no status. Apache reads on for two seconds, and its 413 arrives',
      diagnosis: `early-response-reset of ${HASTY.map(endpoint).join(', ')} (critical, certain), and not of ${endpoint('apache')}: the answer came before the request's end, the server closed, and RST met what was still sent. Supported: the body is too large (413), or refused for another reason (401). Remedy: read on before closing (\`lingering_timeout\`, \`wait-for-body\`, \`request.resume()\`), a larger limit, or \`Expect: 100-continue\``,
      twin: 'early-response-reset-healthy.pcapng',
      differs: [
        ...[CLOSES.nginx, CLOSES.node].map((line) => `- ${line}`),
        ...[READS.nginx, READS.haproxy, READS.node].map((line) => `+ ${line}`),
      ],
      marks: [RESETS([HASTY.length * ROUNDS, 60]), REFUSAL(413, 3 * ROUNDS), FINS([ROUNDS, KINDS.length * ROUNDS])],
      take: (lab) => take(lab, CLOSES),
      faults: (_, told) => faultsOf(told, (kind, seen) => (kind === 'apache' ? seen === '413' : /Error$/.test(seen))),
    },
    {
      file: 'early-response-reset-healthy.pcapng',
      setUp: `${SET_UP}; each reads the whole upload`,
      decisive: [READS.nginx, READS.haproxy],
      wrong: null,
      diagnosis:
        'no early-response-reset: the uploads are refused all the same, nginx and Apache before they have come, but each is read to its end and the client has its answer',
      marks: [RESETS(0), REFUSAL(413, 3 * ROUNDS), REFUSAL(401, ROUNDS)],
      take: (lab) => take(lab, READS),
      faults: (_, told) => faultsOf(told, (kind, seen) => seen === `${STATUSES[kind]}`),
    },
  ],
};

async function take(lab, ends) {
  const { client, front } = await frontNetwork(lab);
  await startServers(lab, front, ends);
  await lab.capture(front, { device: 'eth0', filter: 'tcp' });
  const told = [];
  for (const kind of KINDS)
    for (let round = 1; round <= ROUNDS; round += 1) {
      const upload = [FRONT, `${ORIGIN_PORTS[kind]}`, `/photos/${round}.jpg`, `${PIECES}`];
      const seen = await client.run(
        'python3',
        beside(import.meta.url, 'early-response-reset/slow-upload.py'),
        ...upload,
      );
      told.push({ kind, seen: seen.trim() });
      await pause(PACE_MS);
    }
  await front.allClosed();
  return told;
}

async function startServers(lab, front, ends) {
  await startNginx(lab, front, {
    http: `  server {
    listen ${endpoint('nginx')};
    client_max_body_size ${LIMIT_BYTES};
    ${ends.nginx}
    location / { return 200 "stored\\n"; }
  }`,
    endpoints: [endpoint('nginx')],
  });
  const configuration = haproxyConfiguration({
    timeouts: { connect: '2s', client: '5s', server: '5s' },
    sections: `
frontend photos
    bind ${endpoint('haproxy')}
${ends.haproxy === null ? '' : `    ${ends.haproxy}\n`}    http-request deny deny_status 413 if { req.hdr_val(content-length) gt ${LIMIT_BYTES} }
    http-request return status 200`,
  });
  await startHaproxy(lab, front, { configuration, endpoints: [endpoint('haproxy')] });
  const site = await lab.folder('site');
  await writeFile(join(site, 'stored.txt'), 'stored\n');
  await startApache(lab, front, {
    modules: ['alias'],
    configuration: `Listen ${endpoint('apache')}
AliasMatch "^/" ${site}/stored.txt
LimitRequestBody ${LIMIT_BYTES}`,
    endpoints: [endpoint('apache')],
  });
  lab.setting('application', ends.node);
  const reads = ends.node === READS.node;
  await front.actor(import.meta.url, 'startApplication', { address: FRONT, port: ORIGIN_PORTS.node, reads });
}

/** `isRight`: whether what the client saw of a kind's server is as it should be. */
function faultsOf(told, isRight) {
  return told
    .filter(({ kind, seen }) => !isRight(kind, seen))
    .map(({ kind, seen }) => `of ${kind} the client saw ${seen}`);
}

/** Runs as an actor: an application that asks everybody to sign in, when it has read all or at once. */
export async function startApplication({ address, port, reads }) {
  const server = createServer((request, response) => {
    const refuse = (then) => response.writeHead(401, { 'Content-Length': 13 }).end('who are you?\n', then);
    if (reads) request.resume().once('end', () => refuse());
    else refuse(() => request.destroy());
  });
  await new Promise((resolve) => {
    server.listen(port, address, resolve);
  });
}
