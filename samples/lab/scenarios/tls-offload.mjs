/**
 * TLS ends at HAProxy; a shop application and Apache behind it speak plain HTTP. Whether they are told that the
 * client used https decides where their redirects lead and how their cookies are marked.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACK, FRONT, frontNetwork, OTHER_BACK } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { pause } from '../parts/program.mjs';
import { startApache, startHaproxy } from '../parts/servers.mjs';
import { visitor } from '../parts/visitor.mjs';

const NAME = 'shop.example';
const APPLICATION = `${BACK}:8080`;
const DOCUMENTS = `${OTHER_BACK}:80`;
const APPLICATION_URL = new URL('tls-offload/shop-application.mjs', import.meta.url).href;

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15';

const VISITORS = [
  { from: '10.0.0.21', agent: FIREFOX },
  { from: '10.0.0.22', agent: SAFARI },
  { from: '10.0.0.23', agent: 'shop-export/1.9', version: '--http1.1' },
];

const MENDED = [
  'http-request set-header X-Forwarded-Proto https if { ssl_fc }',
  'http-response replace-header Location ^http://(.*)$ https://\\1 if { ssl_fc }',
  'http-response replace-header Set-Cookie ^(JSESSIONID=.*)$ "\\1; HttpOnly" if { ssl_fc }',
];

const HAPROXY = ({ bundle, lines }) =>
  haproxyConfiguration({
    timeouts: { connect: '5s', client: '30s', server: '30s' },
    sections: `
frontend web
    bind ${FRONT}:80
    bind ${FRONT}:443 ssl crt ${bundle} alpn h2,http/1.1
    option forwardfor
    http-request redirect scheme https code 301 unless { ssl_fc }
${lines.map((line) => `    ${line}\n`).join('')}    use_backend documents if { path_beg /docs }
    default_backend shop
backend shop
    server shop1 ${APPLICATION}
backend documents
    server apache1 ${DOCUMENTS}`,
  });

const marks = (leaks) => [
  {
    what: 'the shop redirects to http:// after the sign-in',
    filter: `http.location matches "^http://" && ip.src == ${BACK}`,
    count: leaks,
    fault: true,
  },
  {
    what: 'Apache (mod_dir) redirects to http:// for the missing slash; HAProxy mends it in the twin',
    filter: `http.location matches "^http://" && ip.src == ${OTHER_BACK}`,
    count: VISITORS.length,
    own: { response: 301, from: DOCUMENTS },
  },
  {
    what: 'a visitor leaves TLS and sends the session cookie in clear',
    filter: `http.request.method == "GET" && http.request.uri == "/account" && ip.dst == ${FRONT} && tcp.dstport == 80`,
    count: leaks,
    fault: true,
    own: { request: 'GET', target: '/account', to: `${FRONT}:80` },
  },
  {
    what: 'a visitor leaves TLS for the documents',
    filter: `http.request.uri == "/docs/manual/" && ip.dst == ${FRONT} && tcp.dstport == 80`,
    count: leaks,
    fault: true,
    own: { request: 'GET', target: '/docs/manual/', to: `${FRONT}:80` },
  },
  {
    what: 'session cookie without Secure',
    filter: `http.set_cookie matches "^JSESSIONID=[^;]" && !(http.set_cookie contains "Secure") && ip.src == ${BACK}`,
    count: leaks,
    fault: true,
  },
  {
    what: 'Content-Location with http://',
    filter: `http.response.line matches "(?i)^content-location: http://" && ip.src == ${BACK}`,
    count: leaks,
    fault: true,
  },
  {
    what: 'a visitor types http:// and is redirected to https:// (301): healthy',
    filter: `http.response.code == 301 && http.location == "https://${NAME}/" && ip.src == ${FRONT} && tcp.srcport == 80`,
    count: 1,
  },
];

export const scenario = {
  name: 'tls-offload',
  about:
    'TLS ends at HAProxy; a shop (Node) and Apache behind it speak plain HTTP. Both legs captured, TLS keys included; two of three visitors use HTTP/2.',
  programs: ['haproxy', 'apache2', 'curl'],
  samples: [
    {
      file: 'tls-offload.pcapng',
      setUp:
        'HAProxy tells the servers nothing of TLS; port 80 redirects to https; three visitors sign in, read a document and an order, fill the cart',
      decisive: [`bind ${FRONT}:443 ssl crt LAB/authority-pcapdx-lab-root/1.pem alpn h2,http/1.1`],
      wrong: `the shop answers the sign-in with Location: http://${NAME}/account and a session cookie without Secure and HttpOnly, Apache a missing slash with Location: http://${NAME}/docs/manual/: each visitor leaves TLS twice and sends the session cookie in clear`,
      diagnosis: `tls-offload-leak: ${APPLICATION} 3 redirects, 3 session cookies without Secure (and without HttpOnly), 3 Content-Location; ${DOCUMENTS} 3 redirects; certain, the front leg shows https. Supported: no request to the servers has X-Forwarded-Proto. Ruled out: header ignored, header overwritten. Session cookies went to ${FRONT}:80 in clear 6 times. Remedy: http-request set-header X-Forwarded-Proto https if { ssl_fc }, which the shop heeds; for Apache http-response replace-header Location; for HttpOnly http-response replace-header Set-Cookie`,
      twin: 'tls-offload-healthy.pcapng',
      differs: MENDED.map((line) => `+ ${line}`),
      marks: marks(VISITORS.length),
      take: (lab) => take(lab, []),
      faults: (capture, told) => faults(capture, told, { isMended: false }),
    },
    {
      file: 'tls-offload-healthy.pcapng',
      setUp: 'the same; HAProxy sends X-Forwarded-Proto, rewrites Location and adds HttpOnly',
      decisive: MENDED,
      wrong: null,
      diagnosis: `nothing: ${DOCUMENTS} still sends http:// on the back leg, rewritten by HAProxy before the client sees it (a notice at most); HttpOnly is added there too. http:// typed by a visitor and redirected to https:// is healthy, so are the relative Location of the cart and the deleted cookie`,
      marks: marks(0),
      take: (lab) => take(lab, MENDED),
      faults: (capture, told) => faults(capture, told, { isMended: true }),
    },
  ],
};

async function take(lab, lines) {
  const { client, front, back } = await frontNetwork(lab, { clients: VISITORS.map(({ from }) => from) });
  const authority = await lab.authority();
  const { bundle } = await authority.sign([NAME]);
  const shop = await back.actor(APPLICATION_URL, 'startShop', { address: BACK, port: 8080 });
  await startDocuments(lab, back);
  await startHaproxy(lab, front, {
    configuration: HAPROXY({ bundle, lines }),
    endpoints: [`${FRONT}:80`, `${FRONT}:443`],
  });
  for (const device of ['eth0', 'eth1']) await lab.capture(front, { device });
  const visits = await Promise.all(
    VISITORS.map(async (who, index) => {
      await pause(250 * index);
      return visit(await visitor(lab, client, { ...who, authority, address: FRONT, names: [NAME] }), index === 0);
    }),
  );
  await client.allClosed();
  return { visits, seen: await shop.call('seen') };
}

/** Apache with a folder of documents: asked for without its slash it redirects, with the scheme that it is asked by. */
async function startDocuments(lab, back) {
  const folder = join(await lab.folder(`apache-${back.name}`), 'documents', 'docs', 'manual');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Manual</title><h1>How to return a lamp</h1>\n');
  await startApache(lab, back, {
    modules: ['dir'],
    configuration: `Listen ${DOCUMENTS}\nDocumentRoot documents\nDirectoryIndex index.html\nUseCanonicalName Off`,
    endpoints: [DOCUMENTS],
  });
}

async function visit(person, typesHttp) {
  const site = `https://${NAME}`;
  const landing = typesHttp ? `http://${NAME}/` : `${site}/`;
  const start = await person.get(landing, `${site}/products/lamp`);
  await pause(150);
  const signIn = await person.post(`${site}/login`, { user: 'anna', password: 'correct horse' });
  await pause(150);
  const reading = await person.get(`${site}/docs/manual`, `${site}/account/orders/4711`);
  const cart = await person.post(`${site}/cart`, { item: 'lamp', count: 1 });
  const end = await person.get(`${site}/logout`);
  return { start, signIn, reading, cart, end };
}

/** A redirect through port 80 costs two more than the one that leads to https at once. */
async function faults(capture, { visits, seen }, { isMended }) {
  const transfers = visits.flatMap((steps) => Object.values(steps).flat());
  const bad = transfers.filter(({ status, exit }) => status !== 200 || exit !== 0);
  const hops = isMended ? 1 : 2;
  const followed = visits.flatMap(({ signIn, reading }) => [signIn[0].redirects, reading[0].redirects]);
  const forwarded = await capture.frames(
    `http.request.line matches "(?i)^x-forwarded-proto: https" && ip.src == 10.0.1.49`,
  );
  const inClear = await capture.frames(`http.cookie contains "JSESSIONID" && ip.dst == ${FRONT} && tcp.dstport == 80`);
  return [
    ...(bad.length === 0 ? [] : [`not answered 200: ${JSON.stringify(bad)}`]),
    ...(followed.every((count) => count === hops) ? [] : [`redirects followed: ${followed}, should be ${hops} each`]),
    ...(isMended === forwarded.length > 0 ? [] : [`X-Forwarded-Proto in ${forwarded.length} requests`]),
    ...(inClear.length === (isMended ? 0 : 2 * VISITORS.length) ? [] : [`${inClear.length} cookies in clear`]),
    ...(seen.signedIn === VISITORS.length ? [] : [`${seen.signedIn} signed in`]),
  ];
}
