/** An application that wants https and is not told that it has it: it redirects for ever, and clients give up. */
import { startChromium } from '../parts/chromium.mjs';
import { curl } from '../parts/curl.mjs';
import { BACK, FRONT, frontNetwork } from '../parts/front.mjs';
import { pause } from '../parts/program.mjs';
import { startNginx } from '../parts/servers.mjs';
import { visitor } from '../parts/visitor.mjs';

const NAME = 'dash.example';
const APPLICATION = `${BACK}:8080`;
const APPLICATION_URL = new URL('redirect-loop/https-only-application.mjs', import.meta.url).href;
const VISITOR = '10.0.0.21';
const MONITOR = '10.0.0.30';
const CHECKS = 3;

/** Chromium gives up at the 20th redirect; curl follows ten, the one to https among them, and is given another. */
const LOOPED = 20 + 10;
const MENDED = 'proxy_set_header X-Forwarded-Proto $scheme;';

const NGINX = ({ files, lines }) => `  upstream dashboard {
    server ${APPLICATION};
    keepalive 8;
  }
  server {
    listen ${FRONT}:80;
    server_name ${NAME};
    return 301 https://$host$request_uri;
  }
  server {
    listen ${FRONT}:443 ssl http2;
    server_name ${NAME};
    ssl_certificate "${files.certificate}";
    ssl_certificate_key "${files.key}";
    location / {
      proxy_pass http://dashboard;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
${lines.map((line) => `      ${line}\n`).join('')}    }
  }`;

const marks = (looped) => [
  {
    what: 'the application redirects to the https URL that was asked for',
    filter: `http.response.code == 302 && ip.src == ${BACK}`,
    count: looped,
    fault: true,
    own: { response: 302, from: APPLICATION },
  },
  {
    what: 'nginx hands it to a client that is on https already',
    filter: `(http.response.code == 302 || http2.headers.status == 302) && ip.src == ${FRONT}`,
    // Several answers of HTTP/2 never share a packet here: each is followed before the next is asked for.
    count: looped,
    fault: true,
  },
  {
    what: 'a visitor types http:// and is redirected once (301): healthy',
    filter: `http.response.code == 301 && ip.src == ${FRONT}`,
    count: 1,
    own: { response: 301, from: `${FRONT}:80` },
  },
];

export const scenario = {
  name: 'redirect-loop',
  about:
    'TLS ends at nginx (HTTP/2); an application that insists on https stands behind it. Both legs captured, TLS keys included.',
  programs: ['nginx', 'chromium', 'certutil', 'curl'],
  samples: [
    {
      file: 'redirect-loop.pcapng',
      setUp:
        'nginx does not tell the scheme; a browser opens the dashboard, another visitor types http://; a monitor asks for /healthz three times',
      decisive: ['return 301 https://$host$request_uri;', 'proxy_pass http://dashboard;'],
      wrong: `the application takes every request for http and answers 302 with Location: https://${NAME}/…, the very URL that was asked for: Chromium gives up at the 20th redirect (ERR_TOO_MANY_REDIRECTS), curl after ten; /healthz is answered 200`,
      diagnosis: `redirect-loop: ${APPLICATION} answered 30 of 33 requests with a redirect to the URL asked for, two clients, certain, critical. Supported: no request to it has X-Forwarded-Proto, while the front leg is https. Ruled out: header ignored or overwritten, a loop through http (port 80 was asked once). Remedy: ${MENDED.replace(';', '')} in nginx`,
      twin: 'redirect-loop-healthy.pcapng',
      differs: [`+ ${MENDED}`],
      marks: marks(LOOPED),
      take: (lab) => take(lab, []),
      faults: (_, told) => faults(told, { isLooping: true }),
    },
    {
      file: 'redirect-loop-healthy.pcapng',
      setUp: 'the same; nginx sends X-Forwarded-Proto',
      decisive: [MENDED],
      wrong: null,
      diagnosis:
        'nothing: one redirect from http:// to https:// on port 80 is healthy; the session cookie is Secure and HttpOnly',
      marks: marks(0),
      take: (lab) => take(lab, [MENDED]),
      faults: (_, told) => faults(told, { isLooping: false }),
    },
  ],
};

async function take(lab, lines) {
  const { client, front, back } = await frontNetwork(lab, { clients: [VISITOR, MONITOR] });
  const authority = await lab.authority();
  const files = await authority.sign([NAME]);
  const application = await back.actor(APPLICATION_URL, 'startApplication', { address: BACK, port: 8080 });
  await startNginx(lab, front, { http: NGINX({ files, lines }), endpoints: [`${FRONT}:80`, `${FRONT}:443`] });
  const site = { authority, address: FRONT, names: [NAME] };
  const browser = await startChromium(lab, client, {
    ...{ authority, resolve: { [NAME]: FRONT }, keyLog: lab.keyLog },
    flags: ['--disable-auto-reload'], // the page of the error would try again after a second
  });
  const tab = await browser.openTab();
  const typing = await visitor(lab, client, { from: VISITOR, agent: 'curl/7.88.1', ...site });
  for (const device of ['eth0', 'eth1']) await lab.capture(front, { device });
  const checks = check(client, { lab, authority });
  const page = await tab.open(`https://${NAME}/dashboard`);
  const [typed] = await typing.get(`http://${NAME}/`);
  const told = { page, typed, checks: await checks };
  await browser.close();
  await client.allClosed();
  return { ...told, seen: await application.call('seen') };
}

async function check(client, { lab, authority }) {
  const statuses = [];
  for (let count = 0; count < CHECKS; count += 1) {
    const { transfers } = await curl(client, [`https://${NAME}/healthz`], {
      options: ['--interface', MONITOR, '--cacert', authority.certificate, '--user-agent', 'uptime-check/2.1'],
      ...{ keyLog: lab.keyLog, resolve: { [`${NAME}:443`]: FRONT } },
    });
    statuses.push(transfers[0].status);
    await pause(500);
  }
  return statuses;
}

/** Exit code 47 of curl: too many redirects. */
function faults({ page, typed, checks, seen }, { isLooping }) {
  const isTold = isLooping
    ? page.error === 'net::ERR_TOO_MANY_REDIRECTS' && typed.exit === 47
    : page.status === 200 && page.title === 'Dashboard' && typed.status === 200 && typed.redirects === 1;
  return [
    ...(isTold ? [] : [`visitors saw ${JSON.stringify({ page, typed })}`]),
    ...(checks.join() === '200,200,200' ? [] : [`/healthz was answered ${checks}`]),
    ...(seen.redirected === (isLooping ? LOOPED : 0) ? [] : [`the application redirected ${seen.redirected} times`]),
  ];
}
