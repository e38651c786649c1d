/** A browser looks at a shop: kept-alive connections in clear text, one HTTP/2 connection over TLS. */
import { startChromium } from '../../parts/chromium.mjs';
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { FIN } from '../../parts/tshark.mjs';
import { startSite } from './site.mjs';

export const BROWSING = [
  {
    file: 'healthy-browsing.pcapng',
    setUp: 'nginx in clear text, Chromium opens three pages with their pictures, style and script, and is closed',
    wrong: null,
    diagnosis:
      'nothing: connections that the browser opened ahead and never used, and those it closes while they are idle, are no preconnect-408, no client-abort and no keepalive-race; a 304 or 404 is an answer',
    marks: [
      {
        what: 'GET of the browser',
        filter: `http.request.method == "GET" && ip.dst == ${FRONT}`,
        count: [20, 36],
        own: { request: 'GET', to: FRONT },
      },
      {
        what: '200',
        filter: `http.response.code == 200 && ip.src == ${FRONT}`,
        count: [12, 36],
        own: { response: 200, from: FRONT },
      },
    ],
    take: (lab) => take(lab, { secure: false }),
    faults: (_, told) => faults(told),
  },
  {
    file: 'healthy-browsing-h2.pcapng',
    setUp: 'nginx with TLS and HTTP/2, the same; keys embedded',
    wrong: null,
    diagnosis:
      'nothing: one connection for all, no cross-sni-reuse (one name), no GOAWAY race; a second connection, opened at the same time and left before its handshake is over (FIN without an alert, RST for what still comes), is no tls-handshake-failure; streams that are reset after a 304 are over',
    marks: [
      {
        what: 'HEADERS with :method GET',
        filter: `http2.headers.method == "GET" && ip.dst == ${FRONT}`,
        count: [12, 36],
      },
      {
        what: 'FIN of the browser',
        filter: `${FIN} && ip.src == ${CLIENT}`,
        count: [1, 4],
        own: { segment: 'fin', from: CLIENT },
      },
    ],
    take: (lab) => take(lab, { secure: true }),
    faults: (_, told) => faults(told),
  },
];

async function take(lab, { secure }) {
  const { client, front } = await frontNetwork(lab);
  const authority = secure ? await lab.authority() : null;
  const certificate = secure ? await authority.sign(['shop.example']) : null;
  await startSite(lab, front, {
    listen: secure ? `${FRONT}:443 ssl http2` : `${FRONT}:80`,
    lines: [
      'keepalive_timeout 75s;',
      ...(secure ? [`ssl_certificate "${certificate.certificate}";`, `ssl_certificate_key "${certificate.key}";`] : []),
    ],
    endpoints: [`${FRONT}:${secure ? 443 : 80}`],
  });
  await lab.capture(front, { device: 'eth0', filter: 'tcp' });
  const browser = await startChromium(lab, client, {
    authority,
    resolve: { 'shop.example': FRONT },
    keyLog: secure ? lab.keyLog : null,
  });
  const tab = await browser.openTab();
  const told = [];
  for (const path of ['/', '/offers.html', '/basket.html', '/']) {
    told.push(await tab.open(`${secure ? 'https' : 'http'}://shop.example${path}`));
    await pause(200);
  }
  await browser.close();
  await front.allClosed();
  return told;
}

function faults(told) {
  const seen = told.map(({ status, title }) => `${status} ${title}`);
  const wanted = ['200 Shop', '200 Offers', '200 Basket', '200 Shop'];
  return seen.join() === wanted.join() ? [] : [`the browser saw ${JSON.stringify(told)}`];
}
