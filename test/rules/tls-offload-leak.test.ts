import type { Connection } from '../../src/facts/connection.js';
import { tlsOffloadLeak } from '../../src/rules/tls-offload-leak.js';
import { tlsFacts } from '../findings/connections.js';
import { answer, type ConnectionOptions, connection, fieldsOf, get, handshake } from './facts.js';
import { testRule } from './test-rule.js';

const LEAK = { location: 'http://shop.example/account' };
const SAFE = { location: 'https://shop.example/account' };
const HTTPS = { 'x-forwarded-proto': 'https' };

interface Asked {
  readonly request?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly authority?: string;
}

/** One request on the leg behind, and an answer with these fields. */
function behind(
  response: Readonly<Record<string, string>>,
  { request = {}, status = 302, authority = 'shop.example' }: Asked = {},
  options: ConnectionOptions = {},
): Connection {
  return connection(
    [
      ...handshake(),
      get(1133, '/signin', { fields: fieldsOf(request), authority }),
      answer(3600, status, 300, { fields: fieldsOf(response) }),
    ],
    options,
  );
}

/** The leg in front, which is TLS: begun before, answered after. */
function inFront(
  response: Readonly<Record<string, string>>,
  target = '/signin',
  request: Readonly<Record<string, string>> = {},
): Connection {
  const facts = connection(
    [
      ...handshake(),
      get(1000, target, { authority: 'shop.example', fields: fieldsOf(request) }),
      answer(5000, 302, 300, { fields: fieldsOf(response) }),
    ],
    { stream: 1, firstPacket: 101, server: '10.0.0.49', serverPort: 443, client: '203.0.113.7' },
  );
  return { ...facts, tls: tlsFacts() };
}

const ONE = { subject: '10.0.1.43:80', occurrences: 1 } as const;
const OWN = { subject: '10.0.0.49:443', occurrences: 1, severity: 'warning', confidence: 'certain' } as const;

testRule(tlsOffloadLeak, {
  fires: [
    {
      name: 'the shop redirects to http after the sign-in',
      capture: 'samples/tls-offload.pcapng',
      findings: 2,
      titled: '10.0.1.43:8080',
      subject: '10.0.1.43:8080',
      occurrences: 6,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'header-not-sent': 'supported', 'header-ignored': 'ruled-out', 'header-overwritten': 'ruled-out' },
      marks: ['session cookie without Secure', 'Content-Location with http://'],
    },
    {
      name: 'Apache redirects to http for a missing slash',
      capture: 'samples/tls-offload.pcapng',
      findings: 2,
      titled: '10.0.1.48:80',
      subject: '10.0.1.48:80',
      occurrences: 3,
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'header-not-sent': 'supported' },
      marks: ['Apache (mod_dir) redirects to http:// for the missing slash; HAProxy mends it in the twin'],
    },
    {
      ...ONE,
      name: 'both legs show it',
      facts: [behind(LEAK), inFront(LEAK)],
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'header-not-sent': 'supported', 'header-ignored': 'ruled-out' },
      packets: [4, 5],
    },
    {
      ...ONE,
      name: 'the leg in front has another prefix before the path',
      facts: [behind(LEAK), inFront(LEAK, '/portal/signin')],
      severity: 'warning',
      confidence: 'certain',
    },
    {
      ...ONE,
      name: 'the proxy asks as another program, and says for whom',
      facts: [
        behind(LEAK, { request: { 'user-agent': 'Proxy', 'x-forwarded-for': '203.0.113.7' } }),
        inFront(LEAK, '/signin', { 'user-agent': 'Firefox' }),
      ],
      severity: 'warning',
      confidence: 'certain',
    },
    {
      ...ONE,
      name: 'the proxy says https, and nobody heeds it; the leg in front not captured',
      facts: behind(LEAK, { request: HTTPS }),
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'header-ignored': 'supported', 'header-not-sent': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the proxy says http to a server whose client came by TLS',
      facts: [behind(LEAK, { request: { forwarded: 'for=192.0.2.1;proto=http' } }), inFront(LEAK)],
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'header-overwritten': 'supported', 'header-not-sent': 'ruled-out' },
    },
    {
      name: 'a server that speaks TLS itself',
      facts: inFront({ refresh: '0; url=http://shop.example/' }),
      ...OWN,
      verdicts: { 'header-not-sent': 'open', 'header-ignored': 'open' },
    },
    {
      name: 'a client asks a plain site for the same path while a server of TLS answers it',
      facts: [behind(LEAK, {}, { client: '203.0.113.7' }), inFront(LEAK)],
      ...OWN,
    },
    {
      name: 'somebody asks the plain port of the same host for it meanwhile',
      facts: [
        behind(LEAK, { request: { 'user-agent': 'curl/8' } }, { server: '10.0.0.49' }),
        inFront(LEAK, '/signin', { 'user-agent': 'Firefox' }),
      ],
      ...OWN,
    },
    {
      ...ONE,
      name: 'a session cookie without Secure, and nothing else',
      facts: behind(
        { 'set-cookie': 'JSESSIONID=…; Path=/; HttpOnly' },
        { request: { 'x-forwarded-ssl': 'on' }, status: 200 },
      ),
      severity: 'notice',
      confidence: 'likely',
    },
  ],
  silent: [
    {
      name: 'HAProxy tells the shop and mends what Apache says',
      lookAlike: 'rewritten-in-front',
      capture: 'samples/tls-offload-healthy.pcapng',
    },
    { name: 'the internal URL of a proxy’s server', lookAlike: 'other-site', capture: 'samples/proxy-pass.pcapng' },
    { name: 'http is redirected to https', capture: 'samples/redirect-loop-healthy.pcapng' },
    { name: 'the proxy in front mends it', facts: [behind(LEAK, { request: HTTPS }), inFront(SAFE)] },
    { name: 'a plain site redirects within itself', lookAlike: 'plain-front', facts: behind(LEAK) },
    {
      name: 'a relative Location',
      lookAlike: 'relative-location',
      facts: behind({ location: '/account' }, { request: HTTPS }),
    },
    {
      name: 'a cookie is deleted',
      lookAlike: 'cookie-deletion',
      facts: behind({ 'set-cookie': 'JSESSIONID=…; Max-Age=0; Path=/' }, { request: HTTPS }),
    },
    {
      name: 'the port of the server behind',
      lookAlike: 'other-port',
      facts: behind({ location: 'http://shop.example:8080/account' }, { request: HTTPS }),
    },
    {
      name: 'a load balancer asks after the server’s health',
      lookAlike: 'health-check',
      facts: behind(LEAK, { request: { ...HTTPS, 'user-agent': 'ELB-HealthChecker/2.0' } }),
    },
  ],
  cannotTell: [
    { name: 'the host is not known', facts: behind(LEAK, { request: HTTPS, authority: '…' }) },
    { name: 'there is no answer', facts: connection([...handshake(), get(1133, '/', { fields: fieldsOf(HTTPS) })]) },
  ],
});
