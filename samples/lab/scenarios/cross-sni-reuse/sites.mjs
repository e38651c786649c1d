/** The two sites behind HAProxy, each at an address of its own and known by its title. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { BACK, OTHER_BACK } from '../../parts/front.mjs';

/** The module that actor() is told. */
export const SITES = import.meta.url;

export const ONE = 'serv1.shop.example';
export const TWO = 'serv2.shop.example';
/** The title of the page at each address. */
const PAGES = { [BACK]: 'Server one', [OTHER_BACK]: 'Server two' };
/** The title of the page that belongs to each name. */
export const TITLES = { [ONE]: PAGES[BACK], [TWO]: PAGES[OTHER_BACK] };

/** The two sites over HTTP/2 and TLS, in a Node process on the server host. */
export async function secureSites({ certificate, key }) {
  const [cert, secret] = await Promise.all([readFile(certificate), readFile(key)]);
  for (const [address, title] of Object.entries(PAGES)) {
    const server = createSecureServer({ cert, key: secret }, (request, response) => answer(title, request, response));
    await new Promise((resolve) => server.listen(443, address, resolve));
  }
}

/** The same over HTTP/1.1 in clear. */
export async function plainSites() {
  for (const [address, title] of Object.entries(PAGES)) {
    const server = createServer((request, response) => answer(title, request, response));
    await new Promise((resolve) => server.listen(80, address, resolve));
  }
}

function answer(title, { url }, response) {
  if (url === '/favicon.ico') response.writeHead(404).end();
  else
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>${title}</title><p>${title}\n`);
}
