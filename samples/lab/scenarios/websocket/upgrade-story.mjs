/** A browser over wss and two programs over ws watch quotes through nginx, which hands the upgrade on or not. */
import { startChromium } from '../../parts/chromium.mjs';
import { BACK, FRONT, frontNetwork } from '../../parts/front.mjs';
import { startNginx } from '../../parts/servers.mjs';
import { APPLICATION, NAME, nginxBlock, startApplication, UPGRADE_LINES, watchAll } from './live-site.mjs';

const PROGRAMS = ['10.0.0.21', '10.0.0.22'];

const marks = (refused) => [
  {
    what: 'the application refuses a handshake without Upgrade (400)',
    filter: `http.response.code == 400 && ip.src == ${BACK}`,
    count: refused,
    fault: true,
    own: { response: 400, from: APPLICATION },
  },
  {
    what: 'the clients on port 80 are refused (400)',
    filter: `http.response.code == 400 && ip.src == ${FRONT} && tcp.srcport == 80`,
    count: refused === 0 ? 0 : 6,
    fault: true,
    own: { response: 400, from: `${FRONT}:80` },
  },
  {
    what: 'nginx asks the application with Sec-WebSocket-Key and without Upgrade',
    filter: `http.sec_websocket_key && !(http.request.line matches "(?i)^upgrade:") && ip.dst == ${BACK}`,
    count: refused,
    fault: true,
  },
  {
    what: 'the application switches protocols (101)',
    filter: `http.response.code == 101 && ip.src == ${BACK}`,
    count: refused === 0 ? 3 : 0,
    own: { response: 101, from: APPLICATION },
  },
];

export const samples = [
  {
    file: 'websocket-no-upgrade.pcapng',
    setUp: 'nginx before an application; a browser over wss and two programs over ws connect, three tries each',
    decisive: ['proxy_pass http://live;'],
    wrong:
      'nginx speaks HTTP/1.0 to the application and drops Upgrade and Connection: the application sees a plain GET with Sec-WebSocket-Key and answers 400, nine times; pages and /api/status are served',
    diagnosis: `websocket-upgrade-failed: ${APPLICATION} refused 9 of 9 handshakes with 400, certain. The clients sent Upgrade: websocket to ${FRONT}, the back leg lacks it: nginx dropped the hop-by-hop headers. Ruled out: wrong key or version, Origin check, wrong route. Remedy: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade`,
    twin: 'websocket-healthy.pcapng',
    differs: UPGRADE_LINES.map((line) => `+ ${line}`),
    marks: marks(9),
    take: (lab) => take(lab, { isMended: false }),
    faults: noUpgradeFaults,
  },
  {
    file: 'websocket-healthy.pcapng',
    setUp:
      'nginx hands the upgrade on; pings every second, quotes every 600 ms, alerts set by the clients, Close 1000 from each client',
    decisive: UPGRADE_LINES,
    wrong: null,
    diagnosis: 'nothing: three handshakes answered with 101, three closing handshakes with code 1000',
    marks: marks(0),
    take: (lab) => take(lab, { isMended: true }),
    faults: upgradeFaults,
  },
];

/** `isMended`: nginx has the three lines. */
async function take(lab, { isMended }) {
  const { client, front, back } = await frontNetwork(lab, { clients: PROGRAMS });
  const authority = await lab.authority();
  const files = await authority.sign([NAME]);
  const application = await startApplication(back, { heartbeatMs: 1000 });
  await startNginx(lab, front, {
    http: nginxBlock({ listens: [`${FRONT}:80`, `${FRONT}:443 ssl`], files, lines: isMended ? UPGRADE_LINES : [] }),
    endpoints: [`${FRONT}:80`, `${FRONT}:443`],
  });
  const browser = await startChromium(lab, client, { authority, resolve: { [NAME]: FRONT }, keyLog: lab.keyLog });
  const tab = await browser.openTab();
  for (const device of ['eth0', 'eth1']) await lab.capture(front, { device });
  const programs = watchAll(client, {
    viewers: PROGRAMS.map((from, index) => ({ from, origin: `http://${NAME}`, startsAfterMs: 150 * index })),
    messages: 4,
  });
  const page = await tab.open(`https://${NAME}/`);
  const watched = await tab.evaluate('window.story');
  const told = { page, watched, programs: await programs };
  await browser.close();
  await front.allClosed();
  return { ...told, seen: await application.call('seen') };
}

/** The healthy twin: everybody was connected, was sent pings, and left with 1000. */
async function upgradeFaults(capture, { page, watched, programs, seen }) {
  const upgrades = await capture.frames(`http.response.code == 101 && ip.src == ${FRONT}`);
  const isWhole =
    page.status === 200 && watched.code === 1000 && programs.every(({ codes }) => codes.join() === '1000');
  return [
    ...(isWhole ? [] : [`somebody was cut off: ${JSON.stringify({ page, watched, programs })}`]),
    ...(upgrades.length === 3 ? [] : [`${upgrades.length} upgrades seen by clients, should be 3`]),
    ...(seen.closes.join() === '1000,1000,1000' ? [] : [`the application saw the ends ${seen.closes}`]),
    ...(seen.pongs >= 3 ? [] : [`${seen.pongs} pongs`]),
  ];
}

/** Without the lines: the page is served, every WebSocket is refused as often as it is tried. */
async function noUpgradeFaults(capture, { page, watched, programs, seen }) {
  const asked = await capture.frames(`http.request.line matches "(?i)^upgrade: websocket" && ip.dst == ${FRONT}`);
  const kept = await capture.frames(`http.request.line matches "(?i)^upgrade: websocket" && ip.dst == ${BACK}`);
  const statuses = programs.flatMap((program) => program.statuses);
  return [
    ...(page.status === 200 && watched.code === 1006 && watched.tries === 3 ? [] : [JSON.stringify({ page, watched })]),
    ...(statuses.length === 6 && statuses.every((status) => status === 400) ? [] : [`statuses ${statuses}`]),
    ...(asked.length === 9 ? [] : [`clients sent Upgrade ${asked.length} times, should be 9`]),
    ...(kept.length === 0 ? [] : ['nginx handed Upgrade on']),
    ...(seen.refused.length === 9 && seen.opened === 0 ? [] : [`the application refused ${seen.refused}`]),
  ];
}
