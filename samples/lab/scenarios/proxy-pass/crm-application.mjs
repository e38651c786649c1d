/**
 * A CRM that does not know it stands behind a proxy: it lives at /crm on its own host, redirects to the Host it
 * was asked by, names its documents by its configured base URL, and binds its cookie to its own domain and path.
 */
import { createServer } from 'node:http';

const PAGES = { '/': 'CRM', '/login': 'Sign in', '/help': 'Help', '/status': 'Status' };

/** `baseUrl`: as an administrator would set it, ends in /crm; `domain`: of the cookie. */
export async function startCrm({ address, port, baseUrl, domain }) {
  const seen = { signedIn: 0, withSession: 0 };
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(request, response, { baseUrl, domain, seen }));
  });
  server.keepAliveTimeout = 65_000;
  await new Promise((resolve) => server.listen(port, address, resolve));
  return { seen: () => seen };
}

function answer({ method, url, headers }, response, { baseUrl, domain, seen }) {
  const path = url.replace(/^\/crm/, '');
  const own = `http://${headers.host}/crm`;
  const hasSession = /CRMSESSIONID=\w+/.test(headers.cookie ?? '');
  if (hasSession) seen.withSession += 1;
  if (method === 'POST' && path === '/login') {
    seen.signedIn += 1;
    const cookie = `CRMSESSIONID=4f1b${seen.signedIn}9ac27de0; Domain=${domain}; Path=/crm`;
    response.writeHead(302, { Location: `${own}/customers`, 'Set-Cookie': cookie, 'Content-Length': 0 }).end();
  } else if (path.startsWith('/customers')) {
    if (hasSession) page(response, 'Customers', { 'Content-Location': `${baseUrl}${path}.html` });
    else response.writeHead(302, { Location: `${own}/login`, 'Content-Length': 0 }).end();
  } else if (PAGES[path] !== undefined) {
    page(response, PAGES[path], path === '/help' ? { 'Content-Location': `${baseUrl}/help.html` } : {});
  } else {
    response.writeHead(404, { 'Content-Type': 'text/plain', 'Content-Length': 10 }).end('not found\n');
  }
}

function page(response, title, fields) {
  const body = `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1></html>\n`;
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': body.length, ...fields });
  response.end(body);
}
