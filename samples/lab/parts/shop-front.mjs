/** nginx as the front of a shop: what it forwards to, and what its log says of each request on both legs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACK, FRONT } from './front.mjs';
import { startNginx } from './servers.mjs';

/** The shop as its clients know it. */
export const SHOP = 'shop.example';

/**
 * Starts it on `10.0.0.49:80`. `upstream`: the lines of the upstream block, `proxy`: further directives of the
 * forwarding location, `http`: of all.
 */
export async function startShopFront(
  lab,
  front,
  { upstream = [`server ${BACK}:8080;`, 'keepalive 16;'], proxy = [], http = [] } = {},
) {
  const accessLog = join(await lab.folder(`nginx-${front.name}`), 'legs.log');
  const program = await startNginx(lab, front, {
    name: 'front nginx.conf',
    http: `
  log_format legs '$remote_addr "$request" $status [$upstream_addr] [$upstream_status] [$upstream_connect_time] $request_time';
${http.map((line) => `  ${line}\n`).join('')}  upstream shop {
${upstream.map((line) => `    ${line}`).join('\n')}
  }
  server {
    listen ${FRONT}:80;
    server_name ${SHOP};
    access_log ${accessLog} legs;
    location / {
      proxy_pass http://shop;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
${proxy.map((line) => `      ${line}\n`).join('')}    }
  }`,
    endpoints: [`${FRONT}:80`],
  });
  return {
    program,
    /** The access log so far, one record for each request. */
    log: async () => logOf(await readFile(accessLog, 'utf8')),
  };
}

const LINE = /^(\S+) "(\S+) (\S+) [^"]+" (\d+) \[([^\]]*)\] \[([^\]]*)\] \[([^\]]*)\] ([\d.]+)$/gm;

function logOf(text) {
  return [...text.matchAll(LINE)].map(([, client, method, path, status, addresses, statuses, connects, seconds]) => ({
    ...{ client, method, path, status: Number(status), seconds: Number(seconds) },
    /** One entry for each try: where, what came of it, and whether a connection had to be opened. */
    tries: addresses.split(', ').map((address, index) => ({
      address,
      status: Number(statuses.split(', ')[index]),
      isFresh: Number(connects.split(', ')[index]) > 0,
    })),
  }));
}
