/**
 * An application that answers on https alone: whatever did not come that way, as far as X-Forwarded-Proto
 * tells, it redirects to the same address with https. Its health check is excepted.
 */
import { createServer } from 'node:http';

export async function startApplication({ address, port }) {
  const seen = { redirected: 0, served: 0 };
  const server = createServer(({ url, headers }, response) => {
    const isHttps = headers['x-forwarded-proto'] === 'https';
    if (!isHttps && url !== '/healthz') {
      seen.redirected += 1;
      response.writeHead(302, { Location: `https://${headers.host}${url}`, 'Content-Length': 0 }).end();
      return;
    }
    seen.served += 1;
    const isPage = url === '/' || url.startsWith('/dashboard');
    const body = isPage
      ? '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Dashboard</title><h1>Dashboard</h1></html>\n'
      : '{"status":"ok"}\n';
    response.writeHead(200, {
      'Content-Type': isPage ? 'text/html; charset=utf-8' : 'application/json',
      'Content-Length': body.length,
      ...(isPage ? { 'Set-Cookie': 'session=9f2c41d7a80b; Path=/; Secure; HttpOnly; SameSite=Lax' } : {}),
    });
    response.end(body);
  });
  server.keepAliveTimeout = 65_000;
  await new Promise((resolve) => server.listen(port, address, resolve));
  return { seen: () => seen };
}
