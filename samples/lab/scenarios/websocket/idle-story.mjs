/** Watchers to whom nothing is said for a while, through an nginx with a read time-out; with and without pings. */
import { BACK, FRONT, FRONT_INSIDE, frontNetwork } from '../../parts/front.mjs';
import { startNginx } from '../../parts/servers.mjs';
import { FIN } from '../../parts/tshark.mjs';
import { APPLICATION, NAME, nginxBlock, startApplication, UPGRADE_LINES, watchAll } from './live-site.mjs';

const TIMEOUT_SECONDS = 5;
const HEARTBEAT_MS = 2500;
/** Longer than the time-out: without pings everybody is cut off. */
const STAYS_MS = 7000;

const VIEWERS = [21, 22, 23, 24, 25, 26].map((host, index) => {
  const secure = index >= 4;
  return {
    ...{ from: `10.0.0.${host}`, secure, origin: `${secure ? 'https' : 'http'}://${NAME}` },
    ...{ startsAfterMs: 170 * index, alerts: 1 + (index % 3) },
  };
});

const marks = (cut) => [
  {
    what: `nginx ends a WebSocket to the application with FIN after ${TIMEOUT_SECONDS} s without a frame`,
    filter: `${FIN} && ip.src == ${FRONT_INSIDE} && tcp.time_delta > ${TIMEOUT_SECONDS - 0.5}`,
    count: cut,
    fault: true,
  },
  {
    what: 'and the same to the client',
    // To wss clients close_notify goes first, and the FIN with it or right behind.
    filter: `ip.src == ${FRONT} && tcp.time_delta > ${TIMEOUT_SECONDS - 0.5} && (tcp.flags.fin == 1 || tls.alert_message.desc == 0)`,
    count: cut,
    fault: true,
  },
  {
    what: 'the application switches protocols (101), again for each viewer that was cut off',
    filter: `http.response.code == 101 && ip.src == ${BACK}`,
    count: VIEWERS.length + cut,
    own: { response: 101, from: APPLICATION },
  },
];

export const samples = [
  {
    file: 'websocket-idle.pcapng',
    setUp:
      'nginx hands upgrades on and waits 5 s for a frame; six programs (two over wss) subscribe, set alerts and then only wait; captured on all devices of the proxy',
    decisive: [`proxy_read_timeout ${TIMEOUT_SECONDS}s;`, 'application: no pings'],
    wrong:
      'nothing is sent for 5 s: nginx ends all six WebSockets on both legs, with FIN and without a Close frame (code 1006); the programs connect again after 400 ms',
    diagnosis: `websocket-idle-close: ${FRONT} (nginx) cut 6 WebSockets to ${APPLICATION} 5.0 s after the last frame, both legs at once, no Close frame, certain. Supported: proxy_read_timeout of 5 s; ruled out: the application or the clients closed (nginx sent FIN first on both legs), a restart (six different moments, one idle time), unanswered pings (there are none). Remedy: ping at least every 2.5 s, or a longer proxy_read_timeout`,
    twin: 'websocket-idle-healthy.pcapng',
    differs: ['- application: no pings', `+ application: pings every ${HEARTBEAT_MS} ms`],
    marks: marks(VIEWERS.length),
    take: (lab) => take(lab, null),
    faults: (_, told) => faults(told, { isCut: true }),
  },
  {
    file: 'websocket-idle-healthy.pcapng',
    setUp: 'the same with pings at half the time-out; the programs leave with Close 1000 after 7 s without a message',
    decisive: [`proxy_read_timeout ${TIMEOUT_SECONDS}s;`, `application: pings every ${HEARTBEAT_MS} ms`],
    wrong: null,
    diagnosis: 'nothing: six WebSockets closed with code 1000; pings keep them alive between messages',
    marks: marks(0),
    take: (lab) => take(lab, HEARTBEAT_MS),
    faults: (_, told) => faults(told, { isCut: false }),
  },
];

async function take(lab, heartbeatMs) {
  const { client, front, back } = await frontNetwork(lab, { clients: VIEWERS.map(({ from }) => from) });
  const authority = await lab.authority();
  const files = await authority.sign([NAME]);
  lab.setting(
    'application',
    heartbeatMs === null ? 'application: no pings' : `application: pings every ${heartbeatMs} ms`,
  );
  const application = await startApplication(back, { heartbeatMs, quotesMs: null });
  const nginx = await startNginx(lab, front, {
    http: nginxBlock({
      ...{ listens: [`${FRONT}:80`, `${FRONT}:443 ssl`], files },
      lines: [...UPGRADE_LINES, `proxy_read_timeout ${TIMEOUT_SECONDS}s;`],
    }),
    endpoints: [`${FRONT}:80`, `${FRONT}:443`],
  });
  await lab.capture(front, { device: 'any' });
  const watched = await watchAll(client, {
    ...{ authority, keyLog: lab.keyLog, viewers: VIEWERS, messages: 1, staysMs: STAYS_MS, tries: 2 },
  });
  await front.allClosed();
  const timeouts = [...nginx.text.matchAll(/timed out.*while proxying upgraded connection/g)].length;
  return { watched, timeouts, seen: await application.call('seen') };
}

function faults({ watched, timeouts, seen }, { isCut }) {
  const codes = isCut ? '1006,1000' : '1000';
  const cut = isCut ? VIEWERS.length : 0;
  const isAlike = watched.length === VIEWERS.length && watched.every((viewer) => viewer.codes.join() === codes);
  return [
    ...(isAlike ? [] : [`the ends of the viewers should be ${codes}: ${JSON.stringify(watched)}`]),
    ...(timeouts === cut ? [] : [`nginx logged ${timeouts} time-outs, should be ${cut}`]),
    ...(seen.closes.filter((code) => code === 1006).length === cut
      ? []
      : [`the application saw the ends ${seen.closes}`]),
    ...(isCut || watched.every(({ pings }) => pings >= 2) ? [] : ['somebody got fewer than two pings']),
  ];
}
