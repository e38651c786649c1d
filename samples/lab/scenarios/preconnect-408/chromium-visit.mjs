/** The same with Chromium itself: a page names two more hosts to connect to ahead of need. */

import { startChromium } from '../../parts/chromium.mjs';
import { FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { connectionsOf } from './connections.mjs';
import { haproxy, MEDIA, SHOP, STATIC } from './front-servers.mjs';

/** How long the reader looks at the page, milliseconds: longer than 2 s of patience, shorter than 10 s. */
const READING_MS = 2800;

/** Takes the visit to a shop whose HAProxy has `patience`. */
export async function chromiumVisit(lab, { patience }) {
  const network = await frontNetwork(lab);
  await haproxy(lab, network, { patience });
  const resolve = Object.fromEntries([SHOP, STATIC, MEDIA].map((name) => [name, FRONT]));
  const browser = await startChromium(lab, network.client, { authority: null, resolve, keyLog: null });
  const tab = await browser.openTab();
  await lab.capture(network.front, { device: 'eth0' });
  const page = await tab.open(`http://${SHOP}/catalogue.html`);
  await pause(READING_MS);
  const image = await tab.evaluate(`fetch('http://${STATIC}/assets/logo.svg').then(({ status }) => status, String)`);
  await pause(400);
  await browser.close();
  await network.front.allClosed(undefined, FRONT);
  return { page, image };
}

/** What the reader saw was right all the same; `timedOut` connections got a 408, and `retried` requests were sent twice. */
export function chromiumFaults({ timedOut, retried }) {
  return async (capture, { page, image }) => {
    const all = [...(await connectionsOf(capture)).values()];
    const late = all.filter(({ statuses }) => statuses[0]?.code === 408);
    const lost = late.filter(({ requests, resets }) => requests.length > 0 && resets.length > 0);
    const closedUnused = all.filter(({ requests, closes }) => requests.length === 0 && closes[0]?.from === 'client');
    return [
      ...(page.status === 200 && image === 200 ? [] : [`the browser saw ${page.status} and ${image}`]),
      ...(late.length === timedOut ? [] : [`${late.length} connections got a 408`]),
      ...(lost.length === retried ? [] : [`${lost.length} requests on a connection with a 408`]),
      ...(timedOut > 0 || closedUnused.length > 0 ? [] : ['the browser closed no unused connection']),
    ];
  };
}
