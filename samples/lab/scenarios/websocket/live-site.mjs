/** The site of the WebSocket samples: nginx or HAProxy at the front, the application behind it, programs that watch. */
import { BACK, FRONT } from '../../parts/front.mjs';

export const NAME = 'live.example';
const PORT = 8080;
export const APPLICATION = `${BACK}:${PORT}`;

const APPLICATION_URL = new URL('live-application.mjs', import.meta.url).href;
const VIEWERS_URL = new URL('viewers.mjs', import.meta.url).href;

/** Starts the application on its host; `how` as in live-application.mjs. */
export function startApplication(back, how) {
  return back.actor(APPLICATION_URL, 'startApplication', { address: BACK, port: PORT, ...how });
}

/** Lets programs watch through the front; `how` as in viewers.mjs, `authority` for those that are `secure`. */
export function watchAll(client, { authority = null, keyLog = null, ...how }) {
  const to = { address: FRONT, name: NAME, authority: authority?.certificate ?? null };
  return client.perform(VIEWERS_URL, 'watchAll', { to, ...how }, { keyLog, patienceMs: 20_000 });
}

/** What nginx needs to hand an upgrade on. */
export const UPGRADE_LINES = [
  'proxy_http_version 1.1;',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection $connection_upgrade;',
];

/** The http block: `listens` (whole directives), the certificate's files or `null`, and `lines` of the location. */
export function nginxBlock({ listens, files = null, lines }) {
  return `  map $http_upgrade $connection_upgrade {
    default upgrade;
    '' close;
  }
  upstream live { server ${BACK}:${PORT}; }
  server {
${listens.map((listen) => `    listen ${listen};`).join('\n')}
    server_name ${NAME};
${files === null ? '' : `    ssl_certificate "${files.certificate}";\n    ssl_certificate_key "${files.key}";\n`}    location / {
      proxy_pass http://live;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
${lines.map((line) => `      ${line}\n`).join('')}    }
  }`;
}
