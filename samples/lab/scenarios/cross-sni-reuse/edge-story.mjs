/** A gateway that keeps its connections to HAProxy in one pool for all names. */
import { writeFile } from 'node:fs/promises';
import { FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { startNginx } from '../../parts/servers.mjs';
import { startProxy } from './proxy.mjs';
import { ONE, SITES, TITLES, TWO } from './sites.mjs';

/** What the readers behind the edge ask for, one after the other. */
export const ASKED = [ONE, TWO, TWO, ONE, TWO, ONE, ONE, TWO];

/** nginx at the client's place; it pools its connections by the name of the upstream block alone. */
export async function throughEdge(lab, routing) {
  const { client, front, back } = await frontNetwork(lab);
  const authority = await lab.authority();
  await back.actor(SITES, 'plainSites');
  const server = (address) => `server s ${address}:80`;
  const proxy = await startProxy(lab, front, { authority, names: [['*.shop.example']], routing, server });
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
  const keys = proxy.text.split('\n').filter((line) => line.startsWith('CLIENT_RANDOM '));
  await writeFile(lab.keyLog, `${[...new Set(keys)].join('\n')}\n`);
  return pages;
}

/** What is wrong: pages of the wrong site where there should be none, or none though `isWrong`. */
export async function edgeFaults(capture, told, isWrong) {
  const wrong = told.filter(({ name, page }) => page !== TITLES[name]).length;
  const hellos = await capture.frames(`tls.handshake.type == 1 && ip.dst == ${FRONT}`);
  return [
    ...(isWrong === wrong > 0 ? [] : [`${wrong} pages of the wrong site`]),
    ...(hellos.length < told.length ? [] : ['no connection was used twice']),
  ];
}
