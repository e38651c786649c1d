/**
 * HAProxy with a wildcard certificate routes by the name in the ClientHello. A browser reuses its
 * connection for a second name that the certificate covers, and gets the first name's site.
 */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { join } from 'node:path';
import { startChromium } from '../parts/chromium.mjs';
import { BACK, FRONT, frontNetwork, OTHER_BACK } from '../parts/front.mjs';
import { pause } from '../parts/program.mjs';
import { startHaproxy, startNginx } from '../parts/servers.mjs';

const ONE = 'serv1.shop.example';
const TWO = 'serv2.shop.example';
const PAGES = { [BACK]: 'Server one', [OTHER_BACK]: 'Server two' };

/** What the readers behind the edge ask for, one after the other. */
const ASKED = [ONE, TWO, TWO, ONE, TWO, ONE, ONE, TWO];

const BY_SNI = [
  'use_backend one if { ssl_fc_sni serv1.shop.example }',
  'use_backend two if { ssl_fc_sni serv2.shop.example }',
];
const BY_HOST = [
  'use_backend one if { req.hdr(host) -i serv1.shop.example }',
  'use_backend two if { req.hdr(host) -i serv2.shop.example }',
];
const MISDIRECTED = [
  'http-request set-var(txn.host) req.hdr(host),field(1,:),lower',
  'http-request return status 421 if { ssl_fc_has_sni } !{ ssl_fc_sni,strcmp(txn.host) eq 0 }',
];
const PRELOAD = 'Preload pages: standard';
const NO_PRELOAD = 'Preload pages: off';

const SNI_TO_HOST = [...BY_SNI.map((line) => `- ${line}`), ...BY_HOST.map((line) => `+ ${line}`)];

const SET_UP =
  'HAProxy `10.0.0.49:443` (h2) before `10.0.1.43:443` (`serv1.shop.example`) and `10.0.1.48:443` (`serv2.shop.example`), one certificate for `*.shop.example`; Chromium opens the first site, then the second. Both legs, decrypted';

export const scenario = {
  name: 'cross-sni-reuse',
  about:
    'A connection opened for one name carries requests for another. The proxy has chosen the server by the first name: a browser shows site one under the address of site two.',
  programs: ['haproxy', 'chromium', 'certutil', 'nginx', 'curl', 'dnsmasq'],
  samples: [
    {
      file: 'cross-sni-reuse.pcapng',
      setUp: SET_UP,
      decisive: BY_SNI,
      wrong:
        'The page of `serv2.shop.example` is asked for on the connection of `serv1.shop.example`, and server one answers it with 200',
      diagnosis:
        'cross-sni-reuse at `10.0.0.49:443`, critical, certain: SNI `serv1.shop.example`, authority `serv2.shop.example`; the back leg shows that 10.0.1.43 answered. Cause: routing by SNI; the wildcard certificate and the shared address explain the reuse. Remedy: `use_backend … if { req.hdr(host) -i … }`',
      twin: 'cross-sni-reuse-healthy.pcapng',
      differs: SNI_TO_HOST,
      marks: browserMarks({ hellosTwo: 0, wrongServer: [1, 9] }),
      take: (lab) => browse(lab, BY_SNI),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server one']),
    },
    {
      file: 'cross-sni-reuse-healthy.pcapng',
      setUp: 'The same, and HAProxy routes by the Host field',
      decisive: BY_HOST,
      wrong: null,
      diagnosis:
        'Harmless reuse, a notice at most: the connection is reused for the second name, and server two answers it',
      marks: browserMarks({ hellosTwo: 0, wrongServer: 0 }),
      take: (lab) => browse(lab, BY_HOST),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server two']),
    },
    {
      file: 'cross-sni-reuse-preconnect.pcapng',
      setUp: `${SET_UP}. The browser may open connections ahead of need, as browsers do unless told otherwise`,
      decisive: [...BY_SNI, PRELOAD],
      wrong:
        'The same, and harder to see: the browser does open a connection with SNI `serv2.shop.example`, and then sends the request on the older one all the same',
      diagnosis:
        'cross-sni-reuse as in `cross-sni-reuse.pcapng`: a ClientHello for the second name does not prove that its requests went there',
      twin: 'cross-sni-reuse-preconnect-healthy.pcapng',
      differs: SNI_TO_HOST,
      marks: browserMarks({ hellosTwo: [1, 3], wrongServer: [1, 9] }),
      take: (lab) => browse(lab, BY_SNI, { preconnects: true }),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server one']),
    },
    {
      file: 'cross-sni-reuse-preconnect-healthy.pcapng',
      setUp: 'The same, and HAProxy routes by the Host field',
      decisive: [...BY_HOST, PRELOAD],
      wrong: null,
      diagnosis:
        'Harmless reuse, a notice at most: server two answers for its name on the older connection, and the one opened for that name stays unused',
      marks: browserMarks({ hellosTwo: [1, 3], wrongServer: 0 }),
      take: (lab) => browse(lab, BY_HOST, { preconnects: true }),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server two']),
    },
    {
      file: 'cross-sni-reuse-421.pcapng',
      setUp: `${SET_UP}. HAProxy answers 421 where SNI and Host differ`,
      decisive: MISDIRECTED,
      wrong: 'Softly: the second page costs a 421 and a further connection; the browser then gets it',
      diagnosis:
        'cross-sni-reuse, notice: each 421 on the connection of `serv1.shop.example` is followed within milliseconds by a connection with SNI `serv2.shop.example` and a 200 for the same target: handled',
      twin: 'cross-sni-reuse-healthy.pcapng',
      differs: [...MISDIRECTED.map((line) => `- ${line}`), ...SNI_TO_HOST],
      marks: [
        ...browserMarks({ hellosTwo: [1, 3], wrongServer: 0 }),
        {
          what: '421 of HAProxy',
          filter: `http2.headers.status == 421 && ip.src == ${FRONT}`,
          count: [1, 3],
          own: { response: 421, from: FRONT },
          fault: true,
        },
      ],
      take: (lab) => browse(lab, [...MISDIRECTED, ...BY_SNI]),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server two']),
    },
    {
      file: 'cross-sni-reuse-dns.pcap',
      setUp:
        'The same with HTTP between HAProxy and the servers out of sight: only the leg to the browser is captured, with its DNS, and without keys',
      decisive: BY_SNI,
      keys: false,
      wrong: 'The same, behind TLS: the browser shows server one under the second name',
      diagnosis:
        'cross-sni-reuse, possible: DNS gave 10.0.0.49 for `serv2.shop.example` too, no ClientHello for it follows, and traffic goes on within milliseconds on the connection of `serv1.shop.example`. Not more without keys',
      twin: 'cross-sni-reuse-dns-healthy.pcap',
      differs: [
        '- a certificate for DNS:*.shop.example',
        '+ a certificate for DNS:serv1.shop.example',
        '+ a certificate for DNS:serv2.shop.example',
      ],
      marks: dnsMarks({ hellosTwo: 0 }),
      take: (lab) => browse(lab, BY_SNI, { dns: true }),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server one']),
    },
    {
      file: 'cross-sni-reuse-dns-healthy.pcap',
      setUp: 'The same with a certificate for each name: the browser opens a connection for each',
      decisive: BY_SNI,
      keys: false,
      wrong: null,
      diagnosis: 'Nothing: each name that DNS answered has a ClientHello of its own',
      marks: dnsMarks({ hellosTwo: [1, 3] }),
      take: (lab) => browse(lab, BY_SNI, { dns: true, separate: true }),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server two']),
    },
    {
      file: 'cross-sni-reuse-http1.pcapng',
      setUp:
        'HTTP/1.1: an nginx edge `10.0.0.10` keeps connections to HAProxy `10.0.0.49:443` in one pool for all names; both legs of HAProxy, decrypted',
      decisive: [...BY_SNI, 'proxy_ssl_name $host;', 'keepalive 4;'],
      wrong:
        'nginx sends requests for `serv2.shop.example` on a pooled connection with SNI `serv1.shop.example` and the other way round; the wrong server answers 200',
      diagnosis:
        'cross-sni-reuse at `10.0.0.49:443`, certain by the back leg. The client is a gateway whose pool ignores the name. Remedy: route by Host; or an upstream block for each name',
      twin: 'cross-sni-reuse-http1-healthy.pcapng',
      differs: SNI_TO_HOST,
      marks: http1Marks([1, ASKED.length]),
      take: (lab) => throughEdge(lab, BY_SNI),
      faults: (capture, told) => edgeFaults(capture, told, true),
    },
    {
      file: 'cross-sni-reuse-http1-healthy.pcapng',
      setUp: 'The same, and HAProxy routes by the Host field',
      decisive: BY_HOST,
      wrong: null,
      diagnosis: 'Nothing, or a notice: the pool mixes names, and each request is answered by its server',
      marks: http1Marks(0),
      take: (lab) => throughEdge(lab, BY_HOST),
      faults: (capture, told) => edgeFaults(capture, told, false),
    },
  ],
};

/** A browser may open a second connection to a site ahead of need, and close it unused. */
function helloMark(name, count) {
  return {
    what: `ClientHello for ${name}`,
    filter: `tls.handshake.extensions_server_name == "${name}" && ip.dst == ${FRONT}`,
    count,
    own: { hello: name, to: FRONT },
  };
}

function closeMark() {
  return {
    what: 'FIN of the browser',
    filter: `tcp.flags.fin == 1 && ip.dst == ${FRONT}`,
    count: [1, 6],
    own: { segment: 'fin', to: FRONT },
  };
}

function browserMarks({ hellosTwo, wrongServer }) {
  return [
    helloMark(ONE, [1, 3]),
    helloMark(TWO, hellosTwo),
    {
      what: `Request for ${TWO} as the browser sends it`,
      filter: `http2.headers.authority == "${TWO}" && ip.dst == ${FRONT}`,
      count: [1, 6],
      own: { request: 'GET', authority: TWO, to: FRONT },
    },
    {
      what: `Request for ${TWO} that reaches server one`,
      filter: `http2.headers.authority == "${TWO}" && ip.dst == ${BACK}`,
      count: wrongServer,
      own: { request: 'GET', authority: TWO, to: BACK },
      fault: true,
    },
    closeMark(),
  ];
}

function dnsMarks({ hellosTwo }) {
  return [
    { what: `DNS answer for ${ONE}`, filter: `dns.a == ${FRONT} && dns.qry.name == "${ONE}"`, count: 1 },
    { what: `DNS answer for ${TWO}`, filter: `dns.a == ${FRONT} && dns.qry.name == "${TWO}"`, count: 1 },
    helloMark(ONE, [1, 3]),
    { ...helloMark(TWO, hellosTwo), mended: true },
    closeMark(),
  ];
}

function http1Marks(wrongServer) {
  return [
    {
      what: `Request for ${TWO} on the leg of the edge`,
      filter: `http.host == "${TWO}" && ip.dst == ${FRONT}`,
      count: ASKED.filter((name) => name === TWO).length,
    },
    {
      what: `Request for ${TWO} that reaches server one`,
      filter: `http.host == "${TWO}" && ip.dst == ${BACK}`,
      count: wrongServer,
      own: { request: 'GET', authority: TWO, to: BACK },
      fault: true,
    },
    {
      what: 'Request that reaches server one',
      filter: `http.request && ip.dst == ${BACK}`,
      count: [1, ASKED.length],
      own: { request: 'GET', to: BACK },
    },
  ];
}

function haproxy({ certificates, routing, server }) {
  return `
global
    log stdout format raw local0
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind ${FRONT}:443 ssl crt ${certificates}/ alpn h2,http/1.1
    log global
    log-format "CLIENT_RANDOM %[ssl_fc_client_random,hex] %[ssl_fc_session_key,hex]"
${routing.map((line) => `    ${line}\n`).join('')}    default_backend one
backend one
    ${server(BACK)}
backend two
    ${server(OTHER_BACK)}
`;
}

/** A folder with a certificate for each list of names, from which HAProxy chooses by SNI. */
async function certificatesFor(lab, authority, names) {
  const folder = await lab.folder('certificates');
  for (const [index, covered] of names.entries()) {
    const { bundle } = await authority.sign(covered);
    await copyFile(bundle, join(folder, `${index}.pem`));
  }
  return folder;
}

async function browse(lab, routing, { dns = false, separate = false, preconnects = false } = {}) {
  const { client, front, back } = await frontNetwork(lab, { hosts: { client: { names: dns ? FRONT : null } } });
  lab.setting('browser', preconnects ? PRELOAD : NO_PRELOAD);
  const authority = await lab.authority();
  const names = separate ? [[ONE], [TWO]] : [['*.shop.example']];
  if (dns) {
    lab.setting('certificates', names.map(([name]) => `a certificate for DNS:${name}`).join('\n'));
    await startNameServer(front);
  }
  const site = await authority.sign([ONE, TWO]);
  await back.actor(import.meta.url, 'secureSites', { pages: PAGES, ...site }, { keyLog: lab.keyLog });
  const proxy = await startHaproxy(lab, front, {
    configuration: haproxy({
      certificates: await certificatesFor(lab, authority, names),
      routing,
      server: (address) => `server s ${address}:443 ssl verify none alpn h2`,
    }),
    endpoints: [`${FRONT}:443`],
  });
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

/** The two sites over HTTP/2 and TLS, in a Node process on the server host. */
export async function secureSites({ pages, certificate, key }) {
  const [cert, secret] = await Promise.all([readFile(certificate), readFile(key)]);
  for (const [address, title] of Object.entries(pages)) {
    const server = createSecureServer({ cert, key: secret }, (request, response) => answer(title, request, response));
    await new Promise((resolve) => server.listen(443, address, resolve));
  }
}

/** The same over HTTP/1.1 in clear. */
export async function plainSites({ pages }) {
  for (const [address, title] of Object.entries(pages)) {
    const server = createServer((request, response) => answer(title, request, response));
    await new Promise((resolve) => server.listen(80, address, resolve));
  }
}

function answer(title, { url }, response) {
  if (url === '/favicon.ico') response.writeHead(404).end();
  else
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>${title}</title><p>${title}\n`);
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

function pagesShould(told, ...wanted) {
  return told.flatMap(({ status, title, error }, index) => {
    const [rightStatus, rightTitle] = wanted[index];
    const isRight = status === rightStatus && title === rightTitle;
    return isRight ? [] : [`page ${index + 1}: ${status} "${title}" ${error}, should be ${wanted[index].join(' ')}`];
  });
}

/** nginx at the client's place; it pools its connections by the name of the upstream block alone. */
async function throughEdge(lab, routing) {
  const { client, front, back } = await frontNetwork(lab);
  const authority = await lab.authority();
  await back.actor(import.meta.url, 'plainSites', { pages: PAGES });
  const haproxyProgram = await startHaproxy(lab, front, {
    configuration: haproxy({
      certificates: await certificatesFor(lab, authority, [['*.shop.example']]),
      routing,
      server: (address) => `server s ${address}:80`,
    }),
    endpoints: [`${FRONT}:443`],
  });
  const edge = await startNginx(lab, client, {
    http: `
  upstream origin {
    server ${FRONT}:443;
    keepalive 4;
  }
  server {
    listen 127.0.0.1:80;
    location / {
      proxy_pass https://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For 198.51.100.14;
      proxy_ssl_server_name on;
      proxy_ssl_name $host;
    }
  }`,
    endpoints: ['127.0.0.1:80'],
  });
  await lab.capture(front, { device: 'any' });
  const pages = [];
  for (const name of ASKED) {
    const { stdout } = await client.outcome(['curl', '--silent', '--header', `Host: ${name}`, 'http://127.0.0.1/']);
    pages.push({ name, page: /<title>(.*)<\/title>/.exec(stdout)?.[1] ?? null });
    await pause(60);
  }
  await edge.end();
  await front.allClosed();
  const keys = haproxyProgram.text.split('\n').filter((line) => line.startsWith('CLIENT_RANDOM '));
  await writeFile(lab.keyLog, `${[...new Set(keys)].join('\n')}\n`);
  return pages;
}

const TITLES = { [ONE]: PAGES[BACK], [TWO]: PAGES[OTHER_BACK] };

async function edgeFaults(capture, told, isWrong) {
  const wrong = told.filter(({ name, page }) => page !== TITLES[name]).length;
  const hellos = await capture.frames(`tls.handshake.type == 1 && ip.dst == ${FRONT}`);
  return [
    ...(isWrong === wrong > 0 ? [] : [`${wrong} pages of the wrong site`]),
    ...(hellos.length < told.length ? [] : ['no connection was used twice']),
  ];
}
