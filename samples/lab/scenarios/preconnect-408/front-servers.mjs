/** The servers that lose their patience: one shop, behind or on each of them. `patience` is the line that says when. */

import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { BACK, FRONT } from '../../parts/front.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { startApache, startHaproxy, startNginx } from '../../parts/servers.mjs';

export const SHOP = 'shop.example';
/** Hosts of which the catalogue says that something will soon be needed from them. */
export const STATIC = 'static.shop.example';
export const MEDIA = 'media.shop.example';

const PAGE = (title) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="stylesheet" href="/assets/shop.css"></head>
<body><h1>${title}</h1><img src="/assets/logo.svg" alt=""><p>Free delivery from 40 euros.</p></body></html>
`;

const PRECONNECTS = [STATIC, MEDIA].map((host) => `<link rel="preconnect" href="http://${host}" crossorigin>`).join('');

/** The shop: every path and what lies there. */
const DOCUMENTS = {
  'index.html': PAGE('Shop'),
  'catalogue.html': PAGE('Catalogue').replace('<link', `${PRECONNECTS}<link`),
  'basket.html': PAGE('Your basket'),
  'assets/shop.css': 'body { font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 60rem }\n',
  'assets/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>\n',
  'api/stock.json': '{"B-14":{"4006381333931":0,"4005808219780":12}}\n',
};

async function documents(lab) {
  const folder = await lab.folder('shop');
  for (const [path, text] of Object.entries(DOCUMENTS)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

function shopSite(folder, { address, lines }) {
  return `  server {
    listen ${address}:80;
    server_name ${SHOP} ${STATIC} ${MEDIA};
    root ${folder};
    add_header Access-Control-Allow-Origin *;
${lines.map((line) => `    ${line}\n`).join('')}    location = /api/shelves { return 200 "noted\\n"; }
  }`;
}

async function shopBehind(lab, back) {
  const http = shopSite(await documents(lab), { address: BACK, lines: [] });
  await startNginx(lab, back, { name: 'shop.conf', http, endpoints: [`${BACK}:80`] });
}

/** HAProxy before nginx, which has the shop. `bind`: what stands behind the address. */
export async function haproxy(lab, { front, back }, { patience, port = 80, bind = '' }) {
  await shopBehind(lab, back);
  const configuration = haproxyConfiguration({
    timeouts: { connect: '2s', client: '30s', server: '30s', 'http-keep-alive': '15s' },
    defaults: patience,
    sections: `
frontend web
    bind ${FRONT}:${port}${bind}
    default_backend shop
backend shop
    server shop1 ${BACK}:80`,
  });
  return startHaproxy(lab, front, { configuration, endpoints: [`${FRONT}:${port}`] });
}

/** The same with TLS for the clients; `authority` signs the shop's certificate. */
export async function haproxyTls(lab, network, { authority, ...how }) {
  const { bundle } = await authority.sign([SHOP]);
  return haproxy(lab, network, { ...how, port: 443, bind: ` ssl crt ${bundle} alpn http/1.1` });
}

export async function nginx(lab, { front }, { patience }) {
  const http = shopSite(await documents(lab), { address: FRONT, lines: patience });
  return startNginx(lab, front, { http, endpoints: [`${FRONT}:80`] });
}

/** Apache before the same nginx. */
export async function apache(lab, { front, back }, { patience }) {
  await shopBehind(lab, back);
  const configuration = `Listen ${FRONT}:80
AcceptFilter http none
KeepAliveTimeout 15
${patience.join('\n')}
ProxyPreserveHost On
ProxyPass / http://${BACK}/`;
  const modules = ['reqtimeout', 'proxy', 'proxy_http'];
  return startApache(lab, front, { modules, configuration, endpoints: [`${FRONT}:80`] });
}

/** Node's own HTTP server with the options that stand in `patience`. */
export async function node(lab, { front }, { patience }) {
  lab.setting(
    'server.mjs',
    ['createServer({', '  keepAliveTimeout: 15_000,', ...patience.map((line) => `  ${line}`), '}, shop)'].join('\n'),
  );
  const options = Object.fromEntries(
    patience.map((line) => {
      const [name, value] = line.replace(',', '').split(': ');
      return [name, Number(value.replaceAll('_', ''))];
    }),
  );
  const actor = await front.actor(import.meta.url, 'serveShop', {
    ...options,
    keepAliveTimeout: 15_000,
    address: FRONT,
  });
  return actor.program;
}

/** The shop as a Node server (an actor). */
export async function serveShop({ address, ...options }) {
  const server = createServer(options, (request, response) => {
    const path = request.url === '/' ? 'index.html' : request.url.slice(1);
    const text = path === 'api/shelves' ? 'noted\n' : DOCUMENTS[path];
    request.resume();
    response.statusCode = text === undefined ? 404 : 200;
    response.end(text ?? 'no such page\n');
  });
  await new Promise((resolve) => server.listen(80, address, resolve));
  return null;
}
