/** HTTP/2 at a WebSocket endpoint: asked for in the manner of HTTP/1.1, which cannot work there, and properly (RFC 8441). */
import { startChromium } from '../../parts/chromium.mjs';
import { curl } from '../../parts/curl.mjs';
import { BACK, FRONT, frontNetwork } from '../../parts/front.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { pause } from '../../parts/program.mjs';
import { startHaproxy, startNginx } from '../../parts/servers.mjs';
import { APPLICATION, NAME, nginxBlock, startApplication, UPGRADE_LINES, watchAll } from './live-site.mjs';

const PROGRAMS = ['10.0.0.21', '10.0.0.22'];
const MONITOR = '10.0.0.30';
const PROBES = 5;

const probeMarks = (refused) => [
  {
    what: 'the application refuses a handshake without Upgrade (400)',
    filter: `http.response.code == 400 && ip.src == ${BACK}`,
    count: refused,
    fault: true,
    own: { response: 400, from: APPLICATION },
  },
  {
    what: 'GET with sec-websocket-key over HTTP/2, without :protocol',
    filter: `http2.headers.method == "GET" && http2.header.name == "sec-websocket-key" && !(http2.header.name == ":protocol") && ip.dst == ${FRONT}`,
    count: refused,
    fault: true,
  },
  {
    what: "nginx's SETTINGS without ENABLE_CONNECT_PROTOCOL",
    filter: `http2.type == 4 && http2.flags.ack.settings == 0 && !(http2.settings.id == 8) && ip.src == ${FRONT}`,
    count: refused,
    fault: true,
  },
  {
    what: 'the application switches protocols (101)',
    filter: `http.response.code == 101 && ip.src == ${BACK}`,
    count: PROGRAMS.length + PROBES - refused,
    own: { response: 101, from: APPLICATION },
  },
];

export const samples = [
  {
    file: 'websocket-h2.pcapng',
    setUp:
      'nginx with http2 hands upgrades on; two programs watch over wss (HTTP/1.1); a monitor probes the endpoint five times with curl, which negotiates HTTP/2',
    decisive: [`listen ${FRONT}:443 ssl http2;`, 'monitor: curl --http2'],
    wrong:
      'over HTTP/2 there is no Upgrade: curl leaves out Connection and Upgrade and sends GET with sec-websocket-key; nginx hands that on, the application answers 400 each time; the programs are answered 101',
    diagnosis: `websocket-upgrade-failed: ${APPLICATION} refused 5 of 7 handshakes with 400, all of ${MONITOR}, certain. They came over HTTP/2 as GET with sec-websocket-key and without :protocol; the SETTINGS of ${FRONT}:443 lack ENABLE_CONNECT_PROTOCOL, so RFC 8441 is not available. Ruled out: nginx drops the upgrade (HTTP/1.1 handshakes through it are answered 101). Remedy: the client has to offer http/1.1 alone in ALPN (curl --http1.1)`,
    twin: 'websocket-h2-healthy.pcapng',
    differs: ['- monitor: curl --http2', '+ monitor: curl --http1.1'],
    marks: probeMarks(PROBES),
    take: (lab) => takeProbes(lab, '--http2'),
    faults: (_, told) => probeFaults(told, 400),
  },
  {
    file: 'websocket-h2-healthy.pcapng',
    setUp: 'the monitor probes over HTTP/1.1; the endpoint sends one message and Close 1000 to each probe',
    decisive: ['monitor: curl --http1.1'],
    wrong: null,
    diagnosis: 'nothing: seven handshakes answered with 101',
    marks: probeMarks(0),
    take: (lab) => takeProbes(lab, '--http1.1'),
    faults: (_, told) => probeFaults(told, 101),
  },
  {
    file: 'websocket-h2-connect-healthy.pcapng',
    setUp:
      'HAProxy with h2 before the application; two tabs of a browser load the page and open WebSockets on the same HTTP/2 connection by extended CONNECT (RFC 8441)',
    decisive: ['option httplog', 'timeout tunnel 1h'],
    wrong: null,
    diagnosis:
      'nothing: CONNECT with :protocol websocket is answered 200, not 101; HAProxy translates it to an HTTP/1.1 upgrade with a key of its own',
    marks: [
      {
        what: 'extended CONNECT',
        filter: `http2.header.name == ":protocol" && http2.headers.method == "CONNECT" && ip.dst == ${FRONT}`,
        count: 2,
      },
      {
        what: "HAProxy's SETTINGS with ENABLE_CONNECT_PROTOCOL",
        filter: `http2.settings.id == 8 && ip.src == ${FRONT}`,
        count: 1,
      },
      {
        what: 'the application switches protocols (101)',
        filter: `http.response.code == 101 && ip.src == ${BACK}`,
        count: 2,
        own: { response: 101, from: APPLICATION },
      },
    ],
    take: takeConnect,
    faults: connectFaults,
  },
];

async function takeProbes(lab, version) {
  const { client, front, back } = await frontNetwork(lab, { clients: [...PROGRAMS, MONITOR] });
  const authority = await lab.authority();
  const files = await authority.sign([NAME]);
  const application = await startApplication(back, { heartbeatMs: 1000 });
  await startNginx(lab, front, {
    http: nginxBlock({ listens: [`${FRONT}:443 ssl http2`], files, lines: UPGRADE_LINES }),
    endpoints: [`${FRONT}:443`],
  });
  lab.setting('client', `monitor: curl ${version}`);
  for (const device of ['eth0', 'eth1']) await lab.capture(front, { device });
  const programs = watchAll(client, {
    ...{ authority, keyLog: lab.keyLog, messages: 4 },
    viewers: PROGRAMS.map((from, index) => ({
      ...{ from, secure: true, origin: `https://${NAME}`, startsAfterMs: 200 * index },
    })),
  });
  const probes = [];
  for (let probe = 0; probe < PROBES; probe += 1) {
    probes.push(await ask(client, { authority, version, keyLog: lab.keyLog }));
    await pause(400);
  }
  const told = { programs: await programs, probes };
  await front.allClosed();
  return { ...told, seen: await application.call('seen') };
}

/** What an engineer types to see whether a WebSocket endpoint answers. */
async function ask(client, { authority, version, keyLog }) {
  const fields = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Origin: https://${NAME}`,
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ];
  const { transfers } = await curl(client, [`https://${NAME}/live/status`], {
    options: [
      ...['--include', '--no-buffer', version, '--interface', MONITOR, '--cacert', authority.certificate],
      ...fields.flatMap((field) => ['--header', field]),
    ],
    ...{ keyLog, resolve: { [`${NAME}:443`]: FRONT } },
  });
  return transfers[0].status;
}

function probeFaults({ programs, probes, seen }, status) {
  const areAlike = probes.length === PROBES && probes.every((answered) => answered === status);
  const areWell = programs.every(({ codes }) => codes.join() === '1000');
  return [
    ...(areAlike ? [] : [`the probes were answered ${probes}, should be ${status}`]),
    ...(areWell ? [] : [`programs were cut off: ${JSON.stringify(programs)}`]),
    ...(seen.opened === (status === 101 ? 7 : 2)
      ? []
      : [`the application opened ${seen.opened}, refused ${seen.refused}`]),
  ];
}

const HAPROXY = (bundle) =>
  haproxyConfiguration({
    timeouts: { connect: '5s', client: '30s', server: '30s', tunnel: '1h' },
    sections: `
frontend web
    bind ${FRONT}:443 ssl crt "${bundle}" alpn h2,http/1.1
    http-request set-header X-Forwarded-Proto https
    option forwardfor
    default_backend live
backend live
    server app1 ${APPLICATION}`,
  });

async function takeConnect(lab) {
  const { client, front, back } = await frontNetwork(lab);
  const authority = await lab.authority();
  const { bundle } = await authority.sign([NAME]);
  const application = await startApplication(back, { heartbeatMs: 1000 });
  await startHaproxy(lab, front, { configuration: HAPROXY(bundle), endpoints: [`${FRONT}:443`] });
  const browser = await startChromium(lab, client, { authority, resolve: { [NAME]: FRONT }, keyLog: lab.keyLog });
  for (const device of ['eth0', 'eth1']) await lab.capture(front, { device });
  const watched = [];
  for (const tab of [await browser.openTab(), await browser.openTab()]) {
    await tab.open(`https://${NAME}/`);
    watched.push(tab.evaluate('window.story'));
  }
  const told = await Promise.all(watched);
  await browser.close();
  await front.allClosed();
  return { watched: told, seen: await application.call('seen') };
}

async function connectFaults(capture, { watched, seen }) {
  const accepted = await capture.frames(`http2.headers.status == 200 && http2.streamid && ip.src == ${FRONT}`);
  return [
    ...(watched.every(({ code }) => code === 1000) ? [] : [`tabs were cut off: ${JSON.stringify(watched)}`]),
    ...(accepted.length > 0 ? [] : ['nothing was answered 200 over HTTP/2']),
    ...(seen.closes.join() === '1000,1000' ? [] : [`the application saw the ends ${seen.closes}`]),
  ];
}
