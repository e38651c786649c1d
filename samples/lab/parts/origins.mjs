/**
 * The same small site as four makes of servers give it, each on a port of its own: every path is answered with a
 * line of text. What they speak, and what else they are told, is up to the story.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { haproxyConfiguration } from './haproxy-configuration.mjs';
import { startApache, startHaproxy, startNginx } from './servers.mjs';

export const ORIGIN_PORTS = { nginx: 8081, haproxy: 8082, apache: 8083, node: 8084 };

/** How each is named to readers. */
export const ORIGIN_NAMES = { nginx: 'nginx', haproxy: 'HAProxy', apache: 'Apache', node: 'Node' };

/**
 * What each is told where it speaks `plain` (HTTP/1 in clear), `tls`, `proxied` and `proxiedTls` (either of them behind
 * a PROXY header), or `http2` (in clear, and nothing else). `endpoint` is its own, `files` those of its certificate.
 */
const SPEAKS = {
  nginx: {
    plain: (endpoint) => [`listen ${endpoint};`],
    tls: (endpoint, { certificate, key }) => [
      ...[`listen ${endpoint} ssl;`, `ssl_certificate ${certificate};`, `ssl_certificate_key ${key};`],
    ],
    proxied: (endpoint) => [`listen ${endpoint} proxy_protocol;`],
    proxiedTls: (endpoint, { certificate, key }) => [
      ...[`listen ${endpoint} ssl proxy_protocol;`, `ssl_certificate ${certificate};`, `ssl_certificate_key ${key};`],
    ],
    http2: (endpoint) => [`listen ${endpoint} http2;`],
  },
  haproxy: {
    plain: (endpoint) => [`bind ${endpoint}`],
    tls: (endpoint, { bundle }) => [`bind ${endpoint} ssl crt ${bundle}`],
    proxied: (endpoint) => [`bind ${endpoint} accept-proxy`],
    proxiedTls: (endpoint, { bundle }) => [`bind ${endpoint} accept-proxy ssl crt ${bundle}`],
    http2: (endpoint) => [`bind ${endpoint} proto h2`],
  },
  apache: {
    plain: (endpoint) => [`Listen ${endpoint}`],
    tls: (endpoint, { certificate, key }) => [
      ...[`Listen ${endpoint}`, 'SSLEngine on', `SSLCertificateFile ${certificate}`, `SSLCertificateKeyFile ${key}`],
    ],
    proxied: (endpoint) => [`Listen ${endpoint}`, 'RemoteIPProxyProtocol On'],
    proxiedTls: (endpoint, files) => [...SPEAKS.apache.tls(endpoint, files), 'RemoteIPProxyProtocol On'],
  },
  node: {
    plain: () => ['node:http createServer'],
    tls: () => ['node:https createServer'],
    http2: () => ['node:http2 createServer'],
  },
};

/** The lines that say what a server of this kind speaks: those by which samples differ. */
export function spokenBy(kind, protocol, address) {
  return SPEAKS[kind][protocol](`${address}:${ORIGIN_PORTS[kind]}`, {});
}

/** Modules of Apache beyond those that serve a file. */
const MODULES = { plain: [], tls: ['ssl'], proxied: ['remoteip'], proxiedTls: ['ssl', 'remoteip'] };

/**
 * Starts servers on `address` of `host`: `speaks` says which, and what each speaks (`{ nginx: 'tls', … }`); `told`
 * has further lines of their configurations: of nginx's server block, of HAProxy's frontend (`haproxy`) and global
 * section (`haproxyGlobal`), of Apache's, and options of Node's server.
 */
export async function startOrigins(lab, host, { address, speaks, told = {} }) {
  const wantsTls = Object.values(speaks).some((protocol) => /tls$/i.test(protocol));
  const files = wantsTls ? await (await lab.authority()).sign(['shop.example']) : null;
  for (const [kind, protocol] of Object.entries(speaks))
    await START[kind](lab, host, { endpoint: `${address}:${ORIGIN_PORTS[kind]}`, protocol, files, told });
}

const START = { nginx, haproxy, apache, node };

function nginx(lab, host, { endpoint, protocol, files, told }) {
  const lines = [...SPEAKS.nginx[protocol](endpoint, files), ...(told.nginx ?? [])];
  const http = `  server {
${lines.map((line) => `    ${line}\n`).join('')}    location / { return 200 "hello\\n"; }
  }`;
  return startNginx(lab, host, { name: 'origin-nginx.conf', http, endpoints: [endpoint] });
}

function haproxy(lab, host, { endpoint, protocol, files, told }) {
  const lines = [...SPEAKS.haproxy[protocol](endpoint, files), ...(told.haproxy ?? [])];
  const configuration = haproxyConfiguration({
    global: told.haproxyGlobal ?? [],
    timeouts: { connect: '2s', client: '5s', server: '5s' },
    sections: `
frontend origin
${lines.map((line) => `    ${line}\n`).join('')}    http-request return status 200 content-type text/plain string hello`,
  });
  return startHaproxy(lab, host, { name: 'origin-haproxy.cfg', configuration, endpoints: [endpoint] });
}

async function apache(lab, host, { endpoint, protocol, files, told }) {
  const site = await lab.folder('site');
  await writeFile(join(site, 'hello.txt'), 'hello\n');
  const lines = [...SPEAKS.apache[protocol](endpoint, files), `AliasMatch "^/" ${site}/hello.txt`];
  return startApache(lab, host, {
    name: 'origin-apache.conf',
    modules: ['alias', ...MODULES[protocol]],
    configuration: [...lines, ...(told.apache ?? [])].join('\n'),
    endpoints: [endpoint],
  });
}

async function node(lab, host, { endpoint, protocol, files, told }) {
  const options = told.node ?? {};
  const lines = Object.entries(options).map(([name, value]) => `${name}: ${value}`);
  lab.setting('origin-node', [...SPEAKS.node[protocol](), ...lines].join('\n'));
  const [address] = endpoint.split(':');
  const input = { address, port: ORIGIN_PORTS.node, protocol, files, options };
  await host.actor(import.meta.url, 'startNodeOrigin', input);
}

/** Runs as an actor. */
export async function startNodeOrigin({ address, port, protocol, files, options }) {
  const answer = (_, response) => response.end('hello\n');
  const server = await nodeServer(protocol, files, options, answer);
  await new Promise((resolve) => {
    server.listen(port, address, resolve);
  });
}

async function nodeServer(protocol, files, options, answer) {
  if (protocol === 'http2') return createHttp2Server(options, answer);
  if (protocol === 'plain') return createServer(options, answer);
  const [cert, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
  return createTlsServer({ ...options, cert, key }, answer);
}
