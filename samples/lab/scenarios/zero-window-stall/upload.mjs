/** An application that does not read what is uploaded to it, behind proxies that hand it on as it comes. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { curl } from '../../parts/curl.mjs';
import { BACK, FRONT, frontNetwork } from '../../parts/front.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { startHaproxy, startNginx } from '../../parts/servers.mjs';
import { APPLICATION } from '../../parts/shop.mjs';
import { CLOSED, LONG_MS, PROBED, SHORT_MS, SMALL_BUFFERS } from './buffers.mjs';

const UPLOAD_BYTES = 45_000;
/** The application reads so much of a body before it looks away. */
const FIRST_BYTES = 4000;
const UPLOADS = 1;

const PROXIES = {
  nginx: {
    name: 'nginx',
    start: (lab, host) =>
      startNginx(lab, host, {
        http: `  server {
    listen ${FRONT}:80;
    client_body_buffer_size 4k;
    location / {
      proxy_pass http://${APPLICATION};
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_set_header X-Forwarded-For $remote_addr;
    }
  }`,
        endpoints: [`${FRONT}:80`],
      }),
  },
  haproxy: {
    name: 'HAProxy',
    start: (lab, host) =>
      startHaproxy(lab, host, {
        configuration: haproxyConfiguration({
          global: ['tune.bufsize 8192'],
          timeouts: { connect: '2s', client: '10s', server: '10s' },
          sections: `
frontend web
    bind ${FRONT}:80
    option forwardfor
    default_backend shop
backend shop
    server app1 ${APPLICATION}`,
        }),
        endpoints: [`${FRONT}:80`],
      }),
  },
};

const lineOf = (pauseMs) => `looks away for ${pauseMs} ms after ${FIRST_BYTES} bytes`;

const setUpOf = (name) =>
  `${name} before an application, hands uploads on as they come; an upload of 45 kB; both legs, captured on the front on all devices`;

function pairOf(kind) {
  const { name } = PROXIES[kind];
  const accepted = {
    what: '201 from the application',
    filter: `http.response.code == 201 && ip.src == ${BACK}`,
    count: UPLOADS,
    own: { response: 201, from: BACK },
  };
  return [
    {
      file: `zero-window-stall-${kind}.pcapng`,
      setUp: setUpOf(name),
      decisive: [lineOf(LONG_MS)],
      wrong: `the application stops reading for 1.5 s in the middle of the upload: its window closes, ${name} cannot hand on what comes, and closes its own towards the client`,
      diagnosis: `zero-window-stall, ${APPLICATION} (warning, certain): its application does not read what is sent to it, window 0 for 1.5 s. The window of ${FRONT}:80 closes later and for no longer: ${name} only hands on what it meets behind it, and is not to blame. Remedy: the application, or a proxy that buffers the upload`,
      twin: `zero-window-stall-${kind}-healthy.pcapng`,
      differs: [`- ${lineOf(LONG_MS)}`, `+ ${lineOf(SHORT_MS)}`],
      marks: [PROBED(BACK, [1, 20]), CLOSED(BACK, [1, 60]), accepted],
      take: (lab) => take(lab, kind, LONG_MS),
      faults: faultsOf,
    },
    {
      file: `zero-window-stall-${kind}-healthy.pcapng`,
      setUp: setUpOf(name),
      decisive: [lineOf(SHORT_MS)],
      wrong: null,
      diagnosis:
        'nothing: windows close for less than a fifth of a second and open again, as they do wherever a reader is busy',
      marks: [PROBED(BACK, 0), CLOSED(BACK, [1, 60]), accepted],
      take: (lab) => take(lab, kind, SHORT_MS),
      faults: faultsOf,
    },
  ];
}

export const UPLOAD = Object.keys(PROXIES).flatMap(pairOf);

async function take(lab, kind, pauseMs) {
  const sysctl = SMALL_BUFFERS;
  lab.setting('buffers of all hosts', sysctl.join('\n'));
  const hosts = await frontNetwork(lab, { hosts: { client: { sysctl }, front: { sysctl }, back: { sysctl } } });
  lab.setting('application', [`listen ${APPLICATION}`, lineOf(pauseMs)].join('\n'));
  const [address, port] = APPLICATION.split(':');
  const application = await hosts.back.actor(import.meta.url, 'startStore', {
    ...{ address, port: Number(port), firstBytes: FIRST_BYTES, pauseMs },
  });
  await hosts.back.listens(application.program, [APPLICATION]);
  const proxy = await PROXIES[kind].start(lab, hosts.front);
  const body = await bodyIn(lab);
  await lab.capture(hosts.front, { device: 'any', filter: 'tcp' });
  const told = [];
  for (let upload = 0; upload < UPLOADS; upload += 1) {
    const options = ['--header', 'Host: shop.example', '--header', 'Expect:', '--data-binary', `@${body}`];
    const { transfers } = await curl(hosts.client, [`http://${FRONT}/photos`], { options });
    told.push(transfers[0]?.status ?? 0);
  }
  await hosts.client.allClosed();
  await proxy.end('SIGTERM');
  await application.end();
  await hosts.front.allClosed();
  return told;
}

/** The file that is uploaded. */
async function bodyIn(lab) {
  const file = join(await lab.folder('upload'), 'photo.bin');
  await writeFile(file, Buffer.alloc(UPLOAD_BYTES, 'photo of a teapot, '));
  return file;
}

/**
 * Runs as an actor: an application that reads a part of each body, does something else, and reads the rest.
 * A socket of its own: Node's HTTP server would go on reading for some time before it stops.
 */
export function startStore({ address, port, firstBytes, pauseMs }) {
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    let looked = false;
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece) => {
      received = Buffer.concat([received, piece]);
      const [head] = received.toString('latin1').split('\r\n\r\n', 1);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (received.length >= head.length + 4 + length) {
        socket.write('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n');
        received = Buffer.alloc(0);
      } else if (!looked && received.length >= firstBytes) {
        looked = true;
        socket.pause();
        setTimeout(() => socket.resume(), pauseMs);
      }
    });
  });
  return new Promise((resolve) => server.listen(port, address, () => resolve(null)));
}

function faultsOf(_, told) {
  return told.every((status) => status === 201) ? [] : [`statuses: ${told.join()}`];
}
