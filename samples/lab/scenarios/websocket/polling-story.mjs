/** What looks like WebSocket by its paths and is long polling, and nothing is wrong with it. */
import { BACK, FRONT, frontNetwork } from '../../parts/front.mjs';
import { startNginx } from '../../parts/servers.mjs';
import { NAME, nginxBlock } from './live-site.mjs';

const APPLICATION_URL = new URL('polling-application.mjs', import.meta.url).href;
const CLIENTS_URL = new URL('polling-clients.mjs', import.meta.url).href;

const HOLD_MS = 1200;
const POLLS = 3;
const PAGES = [
  { from: '10.0.0.21', kind: 'sockjs' },
  { from: '10.0.0.22', kind: 'sockjs' },
  { from: '10.0.0.23', kind: 'engine' },
];

export const samples = [
  {
    file: 'websocket-polling-healthy.pcap',
    setUp:
      'SockJS (/websocket/…/xhr, xhr_send) and Engine.IO (transport=polling) through nginx as it comes, captured on the side of the clients',
    decisive: ['proxy_pass http://live;'],
    wrong: null,
    diagnosis:
      'nothing: paths with websocket and socket.io in them, but no request has Sec-WebSocket-Key; polls that take 0.7 to 1.2 s wait for a message, they are not slow',
    marks: [
      {
        what: 'xhr_send is answered 204',
        filter: `http.response.code == 204 && ip.src == ${FRONT}`,
        count: 2,
        own: { response: 204, from: FRONT },
      },
      {
        what: 'polls that waited for 0.6 s or longer',
        filter: `http.response.code == 200 && http.time > 0.6 && ip.src == ${FRONT}`,
        count: PAGES.length * POLLS + 1,
      },
    ],
    take,
    faults: (_, { statuses }) => {
      const strange = statuses.flat().filter((status) => status !== 200 && status !== 204);
      return strange.length === 0 ? [] : [`answered ${strange}`];
    },
  },
];

async function take(lab) {
  const { client, front, back } = await frontNetwork(lab, { clients: PAGES.map(({ from }) => from) });
  await back.actor(APPLICATION_URL, 'startPolling', { address: BACK, port: 8080, holdMs: HOLD_MS });
  await startNginx(lab, front, {
    http: nginxBlock({ listens: [`${FRONT}:80`], lines: [] }),
    endpoints: [`${FRONT}:80`],
  });
  await lab.capture(front, { device: 'eth0' });
  const statuses = await client.perform(
    CLIENTS_URL,
    'pollAll',
    { to: { address: FRONT, name: NAME }, pages: PAGES, polls: POLLS },
    { patienceMs: 20_000 },
  );
  await front.allClosed();
  return { statuses };
}
