/** A client that does not read its answer for a while. */
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { startNginx } from '../../parts/servers.mjs';
import { CLOSED, LONG_MS, PROBED, SHORT_MS, SMALL_BUFFERS } from './buffers.mjs';

const DOWNLOAD_BYTES = 45_000;
const FIRST_BYTES = 6000;

const REQUEST = 'GET /prices.csv HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n';

const lineOf = (pauseMs) => `client: looks away for ${pauseMs} ms after ${FIRST_BYTES} bytes`;

const SET_UP = 'nginx, a download of 45 kB, and one that is read without a pause; captured at';

const marks = (probed) => [
  PROBED(CLIENT, probed),
  CLOSED(CLIENT, [1, 60]),
  {
    what: 'first packet of an answer, 200',
    filter: `ip.src == ${FRONT} && tcp contains "HTTP/1.1 200 OK"`,
    count: 2,
    own: { response: 200, from: FRONT },
  },
];

const STALLED = {
  decisive: [lineOf(LONG_MS)],
  wrong: 'the client stops reading for 1.5 s: its window closes, and nginx waits',
  diagnosis: `zero-window-stall, ${FRONT}:80 (notice, certain): a client does not read its answer for 1.5 s. Not the server: it sends whatever the window takes; no slow-response, no truncated-response`,
  twin: 'zero-window-stall-download-healthy.pcapng',
  differs: [`- ${lineOf(LONG_MS)}`, `+ ${lineOf(SHORT_MS)}`],
  marks: marks([1, 10]),
  faults: faultsOf,
};

export const DOWNLOAD = [
  {
    ...STALLED,
    file: 'zero-window-stall-download.pcapng',
    setUp: `${SET_UP} nginx`,
    take: (lab) => take(lab, LONG_MS, 'front'),
  },
  {
    ...STALLED,
    file: 'zero-window-stall-download-client.pcapng',
    setUp: `${SET_UP} the client`,
    take: (lab) => take(lab, LONG_MS, 'client'),
  },
  {
    file: 'zero-window-stall-download-healthy.pcapng',
    setUp: `${SET_UP} nginx`,
    decisive: [lineOf(SHORT_MS)],
    wrong: null,
    diagnosis: 'nothing: the window closes for less than a fifth of a second, and opens again',
    marks: marks(0),
    take: (lab) => take(lab, SHORT_MS, 'front'),
    faults: faultsOf,
  },
];

async function take(lab, pauseMs, at) {
  const sysctl = SMALL_BUFFERS;
  lab.setting('buffers of all hosts', sysctl.join('\n'));
  lab.setting('client', lineOf(pauseMs));
  const hosts = await frontNetwork(lab, { hosts: { client: { sysctl }, front: { sysctl } } });
  const root = await lab.folder('site');
  await writeFile(join(root, 'prices.csv'), 'tea;coffee;cocoa\n'.repeat(9999).slice(0, DOWNLOAD_BYTES));
  const nginx = await startNginx(lab, hosts.front, {
    http: `  server {\n    listen ${FRONT}:80;\n    root ${root};\n  }`,
    endpoints: [`${FRONT}:80`],
  });
  await lab.capture(hosts[at], { device: 'eth0', filter: 'tcp' });
  const told = [];
  for (const each of [0, pauseMs])
    told.push(
      await hosts.client.perform(import.meta.url, 'download', { to: FRONT, firstBytes: FIRST_BYTES, pauseMs: each }),
    );
  await nginx.end('SIGQUIT');
  await hosts.front.allClosed();
  return told;
}

/** Runs as an actor: reads a part of the answer, looks away, and reads the rest. Gives the number of its bytes. */
export function download({ to, firstBytes, pauseMs }) {
  return new Promise((resolve, reject) => {
    const socket = connect(80, to, () => socket.write(REQUEST));
    let bytes = 0;
    let body = 0;
    let looked = pauseMs === 0;
    socket.on('error', reject);
    socket.on('data', (piece) => {
      if (bytes === 0) body -= piece.indexOf('\r\n\r\n') + 4;
      bytes += piece.length;
      body += piece.length;
      if (looked || bytes < firstBytes) return;
      looked = true;
      socket.pause();
      setTimeout(() => socket.resume(), pauseMs);
    });
    socket.on('end', () => resolve(body));
  });
}

function faultsOf(_, told) {
  return told.every((bytes) => bytes === DOWNLOAD_BYTES) ? [] : [`bytes read: ${told.join()}`];
}
