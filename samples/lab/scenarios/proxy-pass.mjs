/**
 * Apache hands /portal/ to an application's /crm/ with ProxyPass alone: what the application says of itself in
 * Location, Content-Location and Set-Cookie reaches the clients, who can make nothing of it.
 */
import { BACK, FRONT, frontNetwork } from '../parts/front.mjs';
import { pause } from '../parts/program.mjs';
import { startApache } from '../parts/servers.mjs';
import { visitor } from '../parts/visitor.mjs';

const NAME = 'portal.example';
const APPLICATION = `${BACK}:8080`;
const APPLICATION_URL = new URL('proxy-pass/crm-application.mjs', import.meta.url).href;
const BASE_URL = 'http://crm01.corp.internal:8080/crm';
const DOMAIN = 'corp.internal';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const VISITORS = [
  { from: '10.0.0.21', agent: CHROME, version: '--http1.1' },
  { from: '10.0.0.22', agent: 'crm-sync/2.0', version: '--http1.1' },
];
/** Reads what needs no sign-in. */
const READER = { from: '10.0.0.23', agent: CHROME, version: '--http1.1' };

const MENDED = [
  `ProxyPassReverse /portal/ http://${APPLICATION}/crm/`,
  `ProxyPassReverse /portal/ ${BASE_URL}/`,
  `ProxyPassReverseCookieDomain ${DOMAIN} ${NAME}`,
  'ProxyPassReverseCookiePath /crm /portal',
];

const MODULES = ['proxy', 'proxy_http', 'ssl', 'socache_shmcb', 'headers'];

const APACHE = ({ files, lines }) => `Listen ${FRONT}:443
<VirtualHost ${FRONT}:443>
  ServerName ${NAME}
  SSLEngine on
  SSLCertificateFile "${files.certificate}"
  SSLCertificateKeyFile "${files.key}"
  RequestHeader set X-Forwarded-Proto https
  Header edit Set-Cookie ^(.*)$ "$1; Secure; HttpOnly"
  ProxyPass /portal/ http://${APPLICATION}/crm/
${lines.map((line) => `  ${line}\n`).join('')}</VirtualHost>`;

/** `isMended` decides what of the application's answers the clients see, and whether they can come back with a session. */
const marks = (isMended) => [
  {
    what: 'the application redirects to its own address',
    filter: `http.location contains "http://${APPLICATION}/crm/" && ip.src == ${BACK}`,
    count: isMended ? VISITORS.length : 2 * VISITORS.length,
    own: { response: 302, from: APPLICATION },
  },
  {
    what: 'that redirect reaches the client',
    filter: `http.location contains "http://${APPLICATION}/crm/" && ip.src == ${FRONT}`,
    count: isMended ? 0 : 2 * VISITORS.length,
    fault: true,
  },
  {
    what: `a cookie for the domain ${DOMAIN} and the path /crm reaches the client`,
    filter: `http.set_cookie contains "Domain=${DOMAIN}; Path=/crm" && ip.src == ${FRONT}`,
    count: isMended ? 0 : VISITORS.length,
    fault: true,
  },
  {
    what: 'clients try to reach the address (SYN, two seconds, no answer)',
    filter: `tcp.flags.syn == 1 && ip.dst == ${BACK} && tcp.dstport == 8080 && ip.src != 10.0.1.49`,
    // Two redirects for each, and a SYN again after a second.
    count: isMended ? 0 : 4 * VISITORS.length,
    fault: true,
  },
  {
    what: `Content-Location with ${BASE_URL} reaches the client`,
    filter: `http.response.line contains "${BASE_URL}" && ip.src == ${FRONT}`,
    count: isMended ? 0 : 1,
    fault: true,
  },
];

export const scenario = {
  name: 'proxy-pass',
  about: 'TLS ends at Apache, which maps /portal/ to /crm/ of an application. Both legs captured, TLS keys included.',
  programs: ['apache2', 'curl'],
  samples: [
    {
      file: 'proxy-pass.pcapng',
      setUp:
        'ProxyPass without its counterparts; two visitors sign in and open the customers, a third reads pages without a sign-in',
      decisive: [`ProxyPass /portal/ http://${APPLICATION}/crm/`],
      wrong: `after the sign-in the clients are sent to http://${APPLICATION}/crm/customers, where they cannot go, with a cookie for Domain=${DOMAIN}; Path=/crm, which they discard; each later request comes without a session and is redirected to the same address`,
      diagnosis: `proxy-header-leak: ${FRONT}:443 hands on 4 Location with ${APPLICATION}, a Content-Location with crm01.${DOMAIN} and 2 cookies with Domain=${DOMAIN} and Path=/crm, certain (front leg), critical: the clients sent SYN to ${APPLICATION} and got no answer, and no request of theirs carries the cookie. ${DOMAIN} does not match ${NAME}, so clients discard the cookie. Remedy in Apache: ${MENDED.join('; ')}. tls-offload-leak must not be said: the scheme is a part of the internal URL, and the cookies are Secure and HttpOnly`,
      twin: 'proxy-pass-healthy.pcapng',
      differs: MENDED.map((line) => `+ ${line}`),
      marks: marks(false),
      take: (lab) => take(lab, []),
      faults: (capture, told) => faults(capture, told, { isMended: false }),
    },
    {
      file: 'proxy-pass-healthy.pcapng',
      setUp: 'the same with ProxyPassReverse, ProxyPassReverseCookieDomain and ProxyPassReverseCookiePath',
      decisive: MENDED,
      wrong: null,
      diagnosis: `nothing, or a notice: the application still says ${APPLICATION}, crm01.${DOMAIN} and /crm on the back leg, all of it rewritten by Apache before a client sees it`,
      marks: marks(true),
      take: (lab) => take(lab, MENDED),
      faults: (capture, told) => faults(capture, told, { isMended: true }),
    },
  ],
};

async function take(lab, lines) {
  const people = [...VISITORS, READER];
  const { client, front, back } = await frontNetwork(lab, { clients: people.map(({ from }) => from) });
  // As a default route would: packets for the internal address reach the front, which forwards nothing.
  await client.ip('route', 'add', '10.0.1.0/24', 'via', FRONT);
  const authority = await lab.authority();
  const files = await authority.sign([NAME]);
  const crm = await back.actor(APPLICATION_URL, 'startCrm', {
    ...{ address: BACK, port: 8080, baseUrl: BASE_URL, domain: DOMAIN },
  });
  await startApache(lab, front, {
    ...{ modules: MODULES, configuration: APACHE({ files, lines }), endpoints: [`${FRONT}:443`] },
  });
  for (const device of ['eth0', 'eth1']) await lab.capture(front, { device });
  const site = { authority, address: FRONT, names: [NAME] };
  const [reader, ...visitors] = await Promise.all(
    [READER, ...VISITORS].map((who) => visitor(lab, client, { ...who, ...site })),
  );
  const [reading, ...visits] = await Promise.all([
    read(reader),
    ...visitors.map((person, index) => pause(200 * (index + 1)).then(() => visit(person))),
  ]);
  await client.allClosed();
  return { reading, visits, seen: await crm.call('seen') };
}

function read(person) {
  return person.get(...['', 'help', 'status'].map((page) => `https://${NAME}/portal/${page}`));
}

async function visit(person) {
  const start = await person.get(`https://${NAME}/portal/`, `https://${NAME}/portal/login`);
  await pause(200);
  const [signIn] = await person.post(`https://${NAME}/portal/login`, { user: 'anna', password: 'correct horse' });
  const [customer] = await person.get(`https://${NAME}/portal/customers/17`);
  return { start, signIn, customer };
}

/** Exit code 28 of curl: no connection in time. */
async function faults(capture, { reading, visits, seen }, { isMended }) {
  const led = visits.flatMap(({ signIn, customer }) => [signIn, customer]);
  const areStranded = led.every(({ exit, url }) => exit === 28 && url.startsWith(`http://${APPLICATION}/crm/`));
  const areWell = led.every(({ status, url }) => status === 200 && url.startsWith(`https://${NAME}/portal/`));
  const free = [...reading, ...visits.flatMap(({ start }) => start)];
  const answered = await capture.frames(
    `tcp.flags.syn == 1 && tcp.flags.ack == 1 && ip.src == ${BACK} && ip.dst != 10.0.1.49`,
  );
  return [
    ...((isMended ? areWell : areStranded) ? [] : [`the visitors were led to ${JSON.stringify(led)}`]),
    ...(free.every(({ status }) => status === 200) ? [] : [`pages without a sign-in: ${JSON.stringify(free)}`]),
    ...(seen.withSession === (isMended ? 2 * VISITORS.length : 0)
      ? []
      : [`${seen.withSession} requests with a session`]),
    ...(answered.length === 0 ? [] : ['the internal address answered a client']),
  ];
}
