/** Viewers who send a message longer than the application takes, and are told so with the Close frame. */
import { BACK, FRONT, frontNetwork } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { startHaproxy } from '../parts/servers.mjs';
import { APPLICATION, NAME, startApplication, watchAll } from './websocket/live-site.mjs';

const TRIES = 2;
/** Fits into one segment. */
const NOTE = 'sell half of it, and tell the others; '.repeat(32);

const VIEWERS = [21, 22, 23].map((host, index) => ({
  ...{ from: `10.0.0.${host}`, origin: `http://${NAME}` },
  ...{ startsAfterMs: 130 * index + 17 * index * index },
}));

const limitOf = (bytes) => `application: takes messages of up to ${bytes} bytes`;
const LOW = 1024;
const HIGH = 65_536;

const marks = (refused) => [
  {
    what: 'Close frame of the application with code 1009',
    filter: `websocket.payload.close.status_code == 1009 && ip.src == ${BACK}`,
    count: refused,
    fault: true,
  },
  {
    what: 'the application switches protocols (101), again for each viewer that was refused',
    filter: `http.response.code == 101 && ip.src == ${BACK}`,
    count: refused === 0 ? VIEWERS.length : refused,
    own: { response: 101, from: APPLICATION },
  },
];

export const scenario = {
  name: 'websocket-close-code',
  about: 'WebSockets through HAProxy to an application on Node: both legs captured, without TLS.',
  programs: ['haproxy'],
  samples: [
    {
      file: 'websocket-close-code.pcapng',
      setUp: `HAProxy before the application; three programs set an alert with a note of ${NOTE.length} bytes, and try once more when they are refused; captured on all devices of the proxy`,
      decisive: [limitOf(LOW)],
      wrong:
        'the application closes each WebSocket with code 1009 as soon as the alert has come; HAProxy hands that on',
      diagnosis: `websocket-close-code: ${APPLICATION} closes ${TRIES * VIEWERS.length} WebSockets with code 1009 (message too big), certain, told of the application alone: HAProxy hands on what it says. Supported: a message of the client, with its size. Remedy: a higher limit, or shorter messages`,
      twin: 'websocket-close-code-healthy.pcapng',
      differs: [`- ${limitOf(LOW)}`, `+ ${limitOf(HIGH)}`],
      marks: marks(TRIES * VIEWERS.length),
      take: (lab) => take(lab, LOW),
      faults: (_, { watched }) => codesFaults(watched, '1009,1009'),
    },
    {
      file: 'websocket-close-code-healthy.pcapng',
      setUp: 'the same, and the application takes longer messages',
      decisive: [limitOf(HIGH)],
      wrong: null,
      diagnosis: 'nothing: three WebSockets closed with code 1000',
      marks: marks(0),
      take: (lab) => take(lab, HIGH),
      faults: (_, { watched }) => codesFaults(watched, '1000'),
    },
  ],
};

const HAPROXY = haproxyConfiguration({
  timeouts: { connect: '5s', client: '30s', server: '30s', tunnel: '1h' },
  sections: `
frontend web
    bind ${FRONT}:80
    option forwardfor
    option http-server-close
    default_backend live
backend live
    server app1 ${APPLICATION}`,
});

async function take(lab, maxMessageBytes) {
  const { client, front, back } = await frontNetwork(lab, { clients: VIEWERS.map(({ from }) => from) });
  lab.setting('application', limitOf(maxMessageBytes));
  await startApplication(back, { quotesMs: null, maxMessageBytes });
  await startHaproxy(lab, front, { configuration: HAPROXY, endpoints: [`${FRONT}:80`] });
  await lab.capture(front, { device: 'any' });
  const watched = await watchAll(client, { viewers: VIEWERS, messages: 1, note: NOTE, tries: TRIES });
  await front.allClosed();
  return { watched };
}

function codesFaults(watched, codes) {
  const areAlike = watched.length === VIEWERS.length && watched.every((viewer) => viewer.codes.join() === codes);
  return areAlike ? [] : [`the ends of the viewers should be ${codes}: ${JSON.stringify(watched)}`];
}
