/**
 * A shop that speaks plain HTTP and builds absolute URLs from what it knows of the request: Host, and the scheme
 * that X-Forwarded-Proto tells or else its own. Its session cookie is Secure when that scheme is https.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

const PAGES = {
  '/': 'Shop',
  '/login': 'Sign in',
  '/cart': 'Your cart',
  '/products/lamp': 'Lamp',
};

export async function startShop({ address, port }) {
  const sessions = new Set();
  const seen = { signedIn: 0, schemes: {} };
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(request, response, { sessions, seen }));
  });
  server.keepAliveTimeout = 65_000;
  await new Promise((resolve) => server.listen(port, address, resolve));
  return { seen: () => seen };
}

function answer({ method, url, headers }, response, { sessions, seen }) {
  const scheme = headers['x-forwarded-proto'] ?? 'http';
  const site = `${scheme}://${headers.host}`;
  seen.schemes[scheme] = (seen.schemes[scheme] ?? 0) + 1;
  const session = /JSESSIONID=(\w+)/.exec(headers.cookie ?? '')?.[1];
  if (method === 'POST' && url === '/login') {
    const fresh = randomBytes(16).toString('hex').toUpperCase();
    sessions.add(fresh);
    seen.signedIn += 1;
    const cookie = `JSESSIONID=${fresh}; Path=/${scheme === 'https' ? '; Secure' : ''}`;
    redirect(response, 302, `${site}/account`, { 'Set-Cookie': cookie });
  } else if (method === 'POST' && url === '/cart') {
    redirect(response, 303, '/cart', {});
  } else if (url === '/logout') {
    sessions.delete(session);
    const cookie = `JSESSIONID=; Path=/; Max-Age=0${scheme === 'https' ? '; Secure' : ''}`;
    redirect(response, 302, '/', { 'Set-Cookie': cookie });
  } else if (url.startsWith('/account')) {
    if (!sessions.has(session)) redirect(response, 302, `${site}/login`, {});
    else if (url === '/account') page(response, 'Your account', {});
    else page(response, 'Your order', { 'Content-Location': `${site}${url}.html` });
  } else if (PAGES[url] !== undefined) {
    page(response, PAGES[url], {});
  } else {
    response.writeHead(404, { 'Content-Type': 'text/plain', 'Content-Length': 10 }).end('not found\n');
  }
}

function redirect(response, status, location, fields) {
  response.writeHead(status, { Location: location, 'Content-Length': 0, ...fields }).end();
}

function page(response, title, fields) {
  const body = `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1></html>\n`;
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': body.length, ...fields });
  response.end(body);
}
