/** A browser that opens the first site, then the second. */
import { startChromium } from '../../parts/chromium.mjs';
import { FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { startProxy } from './proxy.mjs';
import { ONE, SITES, TWO } from './sites.mjs';

export const PRELOAD = 'Preload pages: standard';
const NO_PRELOAD = 'Preload pages: off';

/**
 * Gives what the browser showed of each page. `routing`: lines of HAProxy's frontend; `dns`: the browser asks a name
 * server; `separate`: a certificate for each name; `preconnects`: the browser may open connections ahead of need.
 */
export async function browse(lab, routing, { dns = false, separate = false, preconnects = false } = {}) {
  const { client, front, back } = await frontNetwork(lab, { hosts: { client: { names: dns ? FRONT : null } } });
  lab.setting('browser', preconnects ? PRELOAD : NO_PRELOAD);
  const authority = await lab.authority();
  const names = separate ? [[ONE], [TWO]] : [['*.shop.example']];
  if (dns) {
    lab.setting('certificates', names.map(([name]) => `a certificate for DNS:${name}`).join('\n'));
    await startNameServer(front);
  }
  const site = await authority.sign([ONE, TWO]);
  await back.actor(SITES, 'secureSites', site, { keyLog: lab.keyLog });
  const server = (address) => `server s ${address}:443 ssl verify none alpn h2`;
  const proxy = await startProxy(lab, front, { authority, names, routing, server });
  await lab.capture(front, { device: dns ? 'eth0' : 'any', filter: 'tcp or udp port 53' });
  const browser = await startChromium(lab, client, {
    authority,
    resolve: dns ? null : { [ONE]: FRONT, [TWO]: FRONT },
    keyLog: lab.keyLog,
    preconnects,
  });
  const told = [];
  for (const name of [ONE, TWO]) {
    const tab = await browser.openTab();
    told.push(await tab.open(`https://${name}/`));
    await pause(400);
  }
  await browser.close();
  await proxy.end(); // and with it the connections that it keeps to the servers
  await front.allClosed();
  return told;
}

/** dnsmasq on the front, which knows the two names. */
async function startNameServer(front) {
  const program = await front.start({
    name: 'dnsmasq',
    command: [
      ...['dnsmasq', '--keep-in-foreground', '--no-resolv', '--no-hosts', '--conf-file=/dev/null', '--user=root'],
      ...['--pid-file=', `--listen-address=${FRONT}`, '--bind-interfaces', '--local=/example/', '--log-facility=-'],
      ...[ONE, TWO].map((name) => `--host-record=${name},${FRONT}`),
    ],
  });
  await program.said(/started/);
}

/** What is wrong with the pages: `wanted` has the status and the title of each. */
export function pagesShould(told, ...wanted) {
  return told.flatMap(({ status, title, error }, index) => {
    const [rightStatus, rightTitle] = wanted[index];
    const isRight = status === rightStatus && title === rightTitle;
    return isRight ? [] : [`page ${index + 1}: ${status} "${title}" ${error}, should be ${wanted[index].join(' ')}`];
  });
}
