/** A WebSocket endpoint that accepts handshakes from pages of its own site alone. */
import { BACK, FRONT, frontNetwork } from '../../parts/front.mjs';
import { startNginx } from '../../parts/servers.mjs';
import { APPLICATION, NAME, nginxBlock, startApplication, UPGRADE_LINES, watchAll } from './live-site.mjs';

const OWN = `http://${NAME}`;
const PARTNER = 'http://portal.partner.example';

const VIEWERS = [OWN, OWN, PARTNER, OWN].map((origin, index) => ({
  ...{ from: `10.0.0.${21 + index}`, origin, startsAfterMs: 180 * index },
  agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
}));

const marks = (refused) => [
  {
    what: 'the application refuses a handshake (403)',
    filter: `http.response.code == 403 && ip.src == ${BACK}`,
    count: refused,
    fault: true,
    own: { response: 403, from: APPLICATION },
  },
  {
    what: 'the client is refused (403)',
    filter: `http.response.code == 403 && ip.src == ${FRONT}`,
    count: refused,
    fault: true,
    own: { response: 403, from: FRONT },
  },
  {
    what: 'the application switches protocols (101)',
    filter: `http.response.code == 101 && ip.src == ${BACK}`,
    count: refused === 0 ? 4 : 3,
    own: { response: 101, from: APPLICATION },
  },
];

const LINE = (origins) => `application: allowed origins ${origins.join(' ')}`;

export const samples = [
  {
    file: 'websocket-origin.pcap',
    setUp:
      'four viewers through an nginx that hands upgrades on; one is a page of a partner that embeds the quotes; captured on all devices of the proxy',
    decisive: [LINE([OWN])],
    wrong:
      "the application checks Origin and answers 403 to the partner's page, three tries; the others are answered 101",
    diagnosis: `websocket-upgrade-failed: ${APPLICATION} refused 3 of 6 handshakes with 403, certain for the fact, likely for the cause: each has the Origin ${PARTNER}, no accepted one has; Host is ${NAME}. Ruled out: dropped Upgrade (all handshakes reach the application whole), wrong path (the same one is answered 101). Remedy: allow that Origin in the application (Spring: setAllowedOrigins)`,
    twin: 'websocket-origin-healthy.pcap',
    differs: [`- ${LINE([OWN])}`, `+ ${LINE([OWN, PARTNER])}`],
    marks: marks(3),
    take: (lab) => take(lab, [OWN]),
    faults: (_, told) => faults(told, '403,403,403'),
  },
  {
    file: 'websocket-origin-healthy.pcap',
    setUp: "the same; the partner's Origin is allowed",
    decisive: [LINE([OWN, PARTNER])],
    wrong: null,
    diagnosis: 'nothing: a handshake with a foreign Origin that is answered 101 is no fault',
    marks: marks(0),
    take: (lab) => take(lab, [OWN, PARTNER]),
    faults: (_, told) => faults(told, '101'),
  },
];

async function take(lab, origins) {
  const { client, front, back } = await frontNetwork(lab, { clients: VIEWERS.map(({ from }) => from) });
  lab.setting('application', LINE(origins));
  const application = await startApplication(back, { heartbeatMs: 1000, origins });
  await startNginx(lab, front, {
    http: nginxBlock({ listens: [`${FRONT}:80`], lines: UPGRADE_LINES }),
    endpoints: [`${FRONT}:80`],
  });
  await lab.capture(front, { device: 'any' });
  const watched = await watchAll(client, { viewers: VIEWERS, messages: 2 });
  await front.allClosed();
  return { watched, seen: await application.call('seen') };
}

function faults({ watched, seen }, partner) {
  const isRight = watched.every(
    ({ statuses }, index) => statuses.join() === (VIEWERS[index].origin === PARTNER ? partner : '101'),
  );
  const areAsOwn = seen.refused.every((why) => why === `Origin ${PARTNER}`);
  return [
    ...(isRight ? [] : [`the handshakes were answered ${JSON.stringify(watched)}`]),
    ...(areAsOwn ? [] : [`the application refused for ${seen.refused}`]),
  ];
}
