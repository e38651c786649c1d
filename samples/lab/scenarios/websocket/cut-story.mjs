/** Watchers amid their quotes whose WebSockets are cut: by the reload of the proxy, by the end of the application. */
import { BACK, FRONT, FRONT_INSIDE, frontNetwork } from '../../parts/front.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { pause } from '../../parts/program.mjs';
import { startHaproxy, startNginx } from '../../parts/servers.mjs';
import { FIN } from '../../parts/tshark.mjs';
import { APPLICATION, NAME, nginxBlock, startApplication, UPGRADE_LINES, watchAll } from './live-site.mjs';

const QUOTES_MS = 500;
const MESSAGES = 5;
/** When the proxy is reloaded, or the application ends; it is there again before anybody comes back. */
const AMID_MS = 1400;
const RETRY_MS = 1500;
const GRACE_SECONDS = 1;

const VIEWERS = [21, 22, 23, 24].map((host, index) => {
  const secure = index >= 3;
  return {
    ...{ from: `10.0.0.${host}`, secure, origin: `${secure ? 'https' : 'http'}://${NAME}` },
    ...{ startsAfterMs: 130 * index + 17 * index * index },
  };
});

const GRACE = `worker_shutdown_timeout ${GRACE_SECONDS}s;`;
const PATIENT = '# worker_shutdown_timeout: none, old workers stay until their connections end';

const switched = (count) => ({
  what: 'the application switches protocols (101), again for each viewer that was cut off',
  filter: `http.response.code == 101 && ip.src == ${BACK}`,
  count,
  own: { response: 101, from: APPLICATION },
});
const reloadMarks = (cut) => [
  {
    what: 'nginx ends a WebSocket to the application, amid its quotes',
    filter: `${FIN} && ip.src == ${FRONT_INSIDE} && tcp.dstport == 8080 && tcp.time_delta > 0.05`,
    // A quote may have come just before.
    count: cut === 0 ? 0 : [2, cut],
    fault: true,
  },
  switched(VIEWERS.length + cut),
];

const KILLED = 'application: killed (SIGKILL) amid its work, and started again at once';
const TOLD = 'application: says Close 1001 to each when it is stopped, and started again at once';
const endMarks = (cut) => [
  {
    what: 'Close frames of the application',
    filter: `websocket.opcode == 8 && ip.src == ${BACK}`,
    count: 2 * VIEWERS.length - cut,
    mended: true,
  },
  {
    what: 'FIN of the application',
    filter: `${FIN} && ip.src == ${BACK} && tcp.srcport == 8080`,
    count: [2 * VIEWERS.length, 4 * VIEWERS.length],
    own: { segment: 'fin', from: APPLICATION },
  },
  switched(2 * VIEWERS.length),
];

export const samples = [
  {
    file: 'websocket-cut-reload.pcapng',
    setUp:
      'nginx hands upgrades on; four programs (one over wss) get a quote every half a second; nginx is reloaded, and its old worker has one second to end; captured on all devices of the proxy',
    decisive: [GRACE, 'nginx: reloaded (SIGHUP)'],
    wrong:
      'a second after the reload the old worker ends all four WebSockets amid their quotes, on both legs and without a Close frame (code 1006); the programs connect again',
    diagnosis: `websocket-cut: ${FRONT} (nginx) ended 4 WebSockets at one moment, 1.3 to 2.2 s old and amid their frames, both legs itself. Supported: the end of a process, of the proxy itself; ruled out: a limit on their age (their ages differ). Remedy: a longer worker_shutdown_timeout, clients that connect again`,
    twin: 'websocket-cut-reload-healthy.pcapng',
    differs: [`- ${GRACE}`, `+ ${PATIENT}`],
    marks: reloadMarks(VIEWERS.length),
    take: (lab) => takeReload(lab, GRACE),
    faults: (_, { watched }) => codesFaults(watched, '1006,1000'),
  },
  {
    file: 'websocket-cut-reload-healthy.pcapng',
    setUp: 'the same reload, and the old worker may stay until its clients have left',
    decisive: [PATIENT, 'nginx: reloaded (SIGHUP)'],
    wrong: null,
    diagnosis: 'nothing: four WebSockets closed with code 1000',
    marks: reloadMarks(0),
    take: (lab) => takeReload(lab, PATIENT),
    faults: (_, { watched }) => codesFaults(watched, '1000'),
  },
  {
    file: 'websocket-cut-killed.pcapng',
    setUp:
      'HAProxy before the application; four programs (one over wss) get a quote every half a second when the application is killed; captured on all devices of the proxy',
    decisive: ['timeout tunnel 1h', KILLED],
    wrong:
      'the kernel ends all four WebSockets at one moment, without a Close frame, and HAProxy hands that on (code 1006); the programs connect again',
    diagnosis: `websocket-cut: ${APPLICATION} ended 4 WebSockets at one moment, amid their frames. Supported: the end of its process. Ruled out: HAProxy (the application ended them first), a limit on their age`,
    twin: 'websocket-cut-killed-healthy.pcapng',
    differs: [`- ${KILLED}`, `+ ${TOLD}`],
    marks: endMarks(VIEWERS.length),
    take: (lab) => takeEnd(lab, KILLED),
    faults: (_, { watched }) => codesFaults(watched, '1006,1000'),
  },
  {
    file: 'websocket-cut-killed-healthy.pcapng',
    setUp: 'the same, and the application takes its leave of each with a Close frame before it ends',
    decisive: ['timeout tunnel 1h', TOLD],
    wrong: null,
    diagnosis: 'nothing: four WebSockets closed with code 1001, and opened again',
    marks: endMarks(0),
    take: (lab) => takeEnd(lab, TOLD),
    faults: (_, { watched }) => codesFaults(watched, '1001,1000'),
  },
];

/** Everything but the proxy: two hosts, the application, the certificate. */
async function stage(lab) {
  const network = await frontNetwork(lab, { clients: VIEWERS.map(({ from }) => from) });
  const authority = await lab.authority();
  const { bundle, ...files } = await authority.sign([NAME]);
  const application = await startApplication(network.back, { quotesMs: QUOTES_MS });
  return { ...network, authority, files, bundle, application };
}

function watch(lab, { client, authority }) {
  return watchAll(client, {
    authority,
    keyLog: lab.keyLog,
    viewers: VIEWERS,
    messages: MESSAGES,
    tries: 2,
    retryMs: RETRY_MS,
  });
}

async function takeReload(lab, grace) {
  const { front, files, ...site } = await stage(lab);
  lab.setting('nginx', 'nginx: reloaded (SIGHUP)');
  const nginx = await startNginx(lab, front, {
    main: grace,
    http: nginxBlock({ listens: [`${FRONT}:80`, `${FRONT}:443 ssl`], files, lines: UPGRADE_LINES }),
    endpoints: [`${FRONT}:80`, `${FRONT}:443`],
  });
  await lab.capture(front, { device: 'any' });
  const watching = watch(lab, site);
  await pause(AMID_MS);
  nginx.signal('SIGHUP');
  const watched = await watching;
  await front.allClosed();
  return { watched };
}

const HAPROXY = (bundle) =>
  haproxyConfiguration({
    timeouts: { connect: '5s', client: '30s', server: '30s', tunnel: '1h' },
    sections: `
frontend web
    bind ${FRONT}:80
    bind ${FRONT}:443 ssl crt "${bundle}"
    option forwardfor
    default_backend live
backend live
    retries 8
    server app1 ${APPLICATION}`,
  });

async function takeEnd(lab, how) {
  const { front, back, bundle, application, ...site } = await stage(lab);
  lab.setting('application', how);
  await startHaproxy(lab, front, {
    configuration: HAPROXY(bundle),
    endpoints: [`${FRONT}:80`, `${FRONT}:443`],
  });
  await lab.capture(front, { device: 'any' });
  const watching = watch(lab, site);
  await pause(AMID_MS);
  if (how === TOLD) await application.call('takeLeave');
  await application.end('SIGKILL');
  await startApplication(back, { quotesMs: QUOTES_MS });
  const watched = await watching;
  await front.allClosed();
  return { watched };
}

function codesFaults(watched, codes) {
  const areAlike = watched.length === VIEWERS.length && watched.every((viewer) => viewer.codes.join() === codes);
  return areAlike ? [] : [`the ends of the viewers should be ${codes}: ${JSON.stringify(watched)}`];
}
