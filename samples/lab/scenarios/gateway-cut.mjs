/** An application server that ends connections in place of answers over FastCGI. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { curl } from '../parts/curl.mjs';
import { BACK, FRONT, frontNetwork } from '../parts/front.mjs';
import { pause } from '../parts/program.mjs';
import { startNginx, startPhpFpm } from '../parts/servers.mjs';

const POOL = `${BACK}:9000`;
const WEB = `${FRONT}:80`;

const KILLED = 'memory: the kernel kills each child of PHP-FPM that makes an export (SIGKILL)';
const ENOUGH = 'memory: enough for the exports too';

/** What the shop asks for, in order. */
const PATHS = ['/orders', '/export', '/orders', '/export', '/orders', '/orders'];
const EXPORTS = PATHS.filter((path) => path === '/export').length;
const PAUSE_MS = 150;

/** `kills`: an export ends as the kernel ends it for want of memory. */
const scriptOf = (kills) => `<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
${kills ? "if ($path === '/export') posix_kill(getmypid(), 9);" : ''}
header('Content-Type: application/json');
echo json_encode(['path' => $path, 'rows' => str_repeat('x', 200)]);
`;

const RESETS = (count) => ({
  what: 'RST of PHP-FPM',
  filter: `tcp.flags.reset == 1 && ip.src == ${BACK} && tcp.srcport == 9000`,
  count,
  fault: true,
  own: { segment: 'rst', from: POOL },
});
const ERRORS = (count) => ({
  what: '502 from the front',
  filter: 'http.response.code == 502',
  count,
  fault: true,
  own: { response: 502, from: WEB },
});

const SET_UP = 'nginx before PHP-FPM, FastCGI on the leg behind; both legs, captured on the front on all devices';

export const scenario = {
  name: 'gateway-cut',
  about:
    'A web server asks an application server over FastCGI, which is not read beyond its first bytes; the process that has the request is killed, and its kernel resets the connection.',
  programs: ['nginx', 'php-fpm8.2', 'curl'],
  samples: [
    {
      file: 'gateway-cut-php-fpm.pcapng',
      setUp: SET_UP,
      decisive: [KILLED],
      wrong:
        'Both exports are met by RST of the application server a few milliseconds after nginx had sent them; nginx answers 502 at once, the orders in between 200',
      diagnosis: `gateway-cut: ${POOL} ends two connections in place of an answer over FastCGI, though it had the requests, and nginx tells its clients 502 (critical, certain). Supported: the process that had them ended; others are served. Ruled out: a time limit, a race for an idle connection. Remedy: PHP-FPM’s log ("child exited on signal 9"), less memory or fewer children`,
      twin: 'gateway-cut-php-fpm-healthy.pcapng',
      differs: [`- ${KILLED}`, `+ ${ENOUGH}`],
      marks: [RESETS(EXPORTS), ERRORS(EXPORTS)],
      take: (lab) => take(lab, { kills: true }),
      faults: (_, { statuses }) => faultsOf(statuses, 502),
    },
    {
      file: 'gateway-cut-php-fpm-healthy.pcapng',
      setUp: SET_UP,
      decisive: [ENOUGH],
      wrong: null,
      diagnosis: 'nothing: PHP-FPM ends each connection, behind its answer',
      marks: [RESETS(0), ERRORS(0)],
      take: (lab) => take(lab, { kills: false }),
      faults: (_, { statuses }) => faultsOf(statuses, 200),
    },
  ],
};

async function take(lab, { kills }) {
  lab.setting('memory', kills ? KILLED : ENOUGH);
  const { client, front, back } = await frontNetwork(lab);
  const folder = await lab.folder('shop');
  await mkdir(folder, { recursive: true });
  const script = join(folder, 'index.php');
  await writeFile(script, scriptOf(kills));
  await startPhpFpm(lab, back, {
    pool: `listen = ${POOL}\npm = static\npm.max_children = 2`,
    endpoints: [POOL],
  });
  await startNginx(lab, front, {
    http: `
  server {
    listen ${WEB};
    location / {
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME ${script};
      fastcgi_pass ${POOL};
    }
  }`,
    endpoints: [WEB],
  });
  await lab.capture(front, { device: 'any', filter: 'tcp' });
  const statuses = [];
  for (const path of PATHS) {
    const { transfers } = await curl(client, [`http://${WEB}${path}`]);
    statuses.push(transfers[0]?.status ?? 0);
    await pause(PAUSE_MS);
  }
  return { statuses };
}

function faultsOf(statuses, ofExports) {
  const expected = PATHS.map((path) => (path === '/export' ? ofExports : 200));
  return String(statuses) === String(expected) ? [] : [`statuses were ${statuses.join(', ')}`];
}
