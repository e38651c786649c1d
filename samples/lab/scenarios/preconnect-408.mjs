/**
 * Connections that a browser opens ahead of need and does not use, or uses too slowly, and what servers
 * make of them when their patience ends: a 408 that nobody asked for, or silence.
 */
import { connect } from 'node:net';
import { CLIENT, frontNetwork, FRONT } from '../parts/front.mjs';
import { pause } from '../parts/program.mjs';
import { startHaproxy } from '../parts/servers.mjs';

const HAPROXY = (line) => `
global
    log stdout format raw local0
defaults
    mode http
    log global
    option httplog
    timeout connect 5s
    timeout client 20s
    timeout server 20s
    timeout http-request 2s
${line === undefined ? '' : `    ${line}\n`}
frontend web
    bind ${FRONT}:80
    http-request return status 200 content-type text/plain string "hello"
`;

const MARKS = (idle, half) => [
  {
    what: '408 on a connection without a request',
    filter: 'http.response.code == 408',
    count: idle + half,
    fault: true,
    own: { response: 408, from: FRONT },
  },
];

export const scenario = {
  name: 'preconnect-408',
  about: 'A browser preconnects; the server answers the idle connection with 408, or closes it in silence.',
  programs: ['haproxy'],
  samples: [
    {
      file: 'preconnect-408-haproxy.pcapng',
      setUp: 'HAProxy before nothing; a client preconnects three times, uses one of them',
      decisive: ['timeout http-request 2s'],
      wrong: 'HAProxy sends 408 on the idle ones',
      diagnosis: 'preconnect-408',
      twin: 'preconnect-408-healthy.pcapng',
      differs: ['+ option http-ignore-probes'],
      marks: MARKS(2, 0),
      take: (lab) => take(lab, undefined),
    },
    {
      file: 'preconnect-408-healthy.pcapng',
      setUp: 'the same',
      decisive: ['option http-ignore-probes'],
      wrong: null,
      diagnosis: 'nothing',
      marks: MARKS(0, 0),
      take: (lab) => take(lab, 'option http-ignore-probes'),
    },
  ],
};

async function take(lab, line) {
  const { client, front } = await frontNetwork(lab);
  await startHaproxy(lab, front, { configuration: HAPROXY(line), endpoints: [`${FRONT}:80`] });
  await lab.capture(front, { device: 'eth0' });
  const told = await client.perform(import.meta.url, 'preconnect', { from: CLIENT, to: FRONT });
  await front.allClosed();
  return told;
}

/** Opens three connections as a browser does ahead of need, and uses the first alone. */
export async function preconnect({ from, to }) {
  const sockets = [0, 1, 2].map(() => connect({ host: to, port: 80, localAddress: from }));
  const received = sockets.map((socket) => text(socket));
  await pause(300);
  sockets[0].write('GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n');
  return Promise.all(received);
}

function text(socket) {
  return new Promise((resolve, reject) => {
    let all = '';
    socket.setEncoding('latin1').on('data', (piece) => {
      all += piece;
    });
    socket.once('error', reject).once('close', () => resolve(all));
  });
}
