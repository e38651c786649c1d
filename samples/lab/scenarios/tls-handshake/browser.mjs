/** Chromium, as it refuses the certificate of a server. */
import { startChromium } from '../../parts/chromium.mjs';
import { FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { handshakesOf } from './handshakes.mjs';
import { alerts, fins, noAlerts } from './marks.mjs';
import { certificateFolder, haproxy } from './servers.mjs';

const INTRANET = 'wiki.example';
const STRANGER = 'Example Office CA';

const NOT_TRUSTED = 'authorities of the browser: its own';
const TRUSTED = `authorities of the browser: its own and ${STRANGER}`;

const SET_UP = `HAProxy before nginx, with a certificate of ${STRANGER}. Chromium opens https://${INTRANET}/, and once more.`;

/** Gives what the browser showed of each page. */
async function visit(lab, isTrusted) {
  const network = await frontNetwork(lab);
  const authority = await lab.authority(STRANGER);
  const folder = await certificateFolder(lab, { [INTRANET]: await authority.sign([INTRANET]) });
  lab.setting('browser', isTrusted ? TRUSTED : NOT_TRUSTED);
  await haproxy(lab, network, { bind: `crt ${folder} alpn h2,http/1.1` });
  const browser = await startChromium(lab, network.client, {
    authority: isTrusted ? authority : null,
    resolve: { [INTRANET]: FRONT },
    keyLog: lab.keyLog,
  });
  const tab = await browser.openTab();
  await lab.capture(network.front, { device: 'eth0' });
  const pages = [await tab.open(`https://${INTRANET}/`)];
  await pause(500);
  pages.push(await tab.open(`https://${INTRANET}/index.html`));
  await pause(200);
  await browser.close();
  await network.front.allClosed(undefined, FRONT);
  return pages;
}

export const browserSamples = [
  {
    file: 'tls-handshake-browser.pcapng',
    setUp: SET_UP,
    decisive: [NOT_TRUSTED],
    wrong:
      'the browser does not know the authority of the certificate: it ends each of its connections with alert 46 and FIN, tries again by itself, and shows ERR_CERT_AUTHORITY_INVALID instead of the page',
    diagnosis: `tls-handshake-failure, ${FRONT}:443: every handshake for ${INTRANET} ended by the client with alert 46 certificate_unknown right after the server's Certificate, no request sent; 46 is what Chromium says of any certificate that it does not trust, and the issuer here is ${STRANGER}. Remedy: import that authority on the client, or a certificate of a public one. The ClientHello in two segments (a post-quantum key share) is answered each time, so no middlebox is at fault`,
    twin: 'tls-handshake-browser-healthy.pcapng',
    differs: [`- ${NOT_TRUSTED}`, `+ ${TRUSTED}`],
    // How many connections a browser opens and gives up is its own affair.
    marks: [alerts(46, 'certificate_unknown', [2, 10], { by: 'client' }), fins([2, 10])],
    take: (lab) => visit(lab, false),
    faults: async (capture, pages) => [
      ...pages
        .filter(({ error }) => error !== 'net::ERR_CERT_AUTHORITY_INVALID')
        .map(({ error, status }) => `the browser saw ${error ?? status}`),
      ...(await handshakesOf(capture))
        .filter(({ statuses }) => statuses.length > 0)
        .map(({ statuses }) => `answered with ${statuses}`),
    ],
  },
  {
    file: 'tls-handshake-browser-healthy.pcapng',
    setUp: SET_UP,
    decisive: [TRUSTED],
    wrong: null,
    diagnosis:
      'nothing: both pages are answered on one HTTP/2 connection; a second connection that the browser opens ahead and closes unused is no fault, nor are its bare RSTs after its own FIN',
    marks: [noAlerts(), fins([1, 6])],
    take: (lab) => visit(lab, true),
    faults: async (capture, pages) => [
      ...pages.filter(({ status }) => status !== 200).map(({ error, status }) => `the browser saw ${error ?? status}`),
      ...((await handshakesOf(capture)).some(({ statuses }) => statuses.length >= pages.length)
        ? []
        : ['no connection with an answer for each page']),
    ],
  },
];
