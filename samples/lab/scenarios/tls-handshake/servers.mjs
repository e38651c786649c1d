/** The servers that are called: HAProxy or nginx with TLS, before an nginx that answers every path. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACK, FRONT } from '../../parts/front.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { startHaproxy, startNginx } from '../../parts/servers.mjs';

const ENDPOINT = `${FRONT}:443`;

const ORDERS = `  server {
    listen ${BACK}:80;
    default_type application/json;
    location / { return 200 '{"orders":[{"id":81734,"state":"shipped"},{"id":81735,"state":"paid"}]}\\n'; }
  }`;

/** HAProxy whose bind line ends with `bind`; `global` are lines of its global section. */
export async function haproxy(lab, { front, back }, { bind, global = [] }) {
  await startNginx(lab, back, { name: 'orders.conf', http: ORDERS, endpoints: [`${BACK}:80`] });
  const configuration = haproxyConfiguration({
    global,
    timeouts: { connect: '2s', client: '10s', server: '10s' },
    sections: `
frontend api
    bind ${ENDPOINT} ssl ${bind}
    default_backend orders
backend orders
    server orders1 ${BACK}:80`,
  });
  return startHaproxy(lab, front, { configuration, endpoints: [ENDPOINT] });
}

/** nginx; `listen` stands behind the address, `lines` in the server block. */
export async function nginx(lab, { front, back }, { listen = '', lines }) {
  await startNginx(lab, back, { name: 'orders.conf', http: ORDERS, endpoints: [`${BACK}:80`] });
  const http = `  server {
    listen ${ENDPOINT} ssl${listen};
${lines.map((line) => `    ${line}\n`).join('')}    location / { proxy_pass http://${BACK}; }
  }`;
  return startNginx(lab, front, { http, endpoints: [ENDPOINT] });
}

/** Puts certificates with their keys into a folder, as `NAME.pem` for the server's NAME, and gives the folder. */
export async function certificateFolder(lab, certificates) {
  const folder = await lab.folder('certificates');
  for (const [name, files] of Object.entries(certificates)) {
    await copyFile(files.bundle, join(folder, `${name}.pem`));
  }
  return folder;
}
