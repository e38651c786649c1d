import type { Connection } from '../../src/facts/connection.js';
import { proxyHeaderLeak } from '../../src/rules/proxy-header-leak.js';
import { tlsFacts } from '../findings/connections.js';
import { answer, type ConnectionOptions, connection, fieldsOf, get, handshake } from './facts.js';
import { testRule } from './test-rule.js';

const FORWARDED = { 'x-forwarded-for': '203.0.113.7' };
const LEAK = { location: 'http://crm01.corp.internal/crm/home' };

interface Asked {
  readonly authority?: string;
  readonly request?: Readonly<Record<string, string>>;
  readonly target?: string;
}

/** One request to a server, and an answer with these fields. */
function asked(
  response: Readonly<Record<string, string>>,
  { authority = 'portal.example', request = {}, target = '/crm/login' }: Asked = {},
  options: ConnectionOptions = {},
): Connection {
  return connection(
    [
      ...handshake(),
      get(1133, target, { authority, fields: fieldsOf(request) }),
      answer(3600, 302, 300, { fields: fieldsOf(response) }),
    ],
    options,
  );
}

/** The leg in front, which is TLS. */
function inFront(response: Readonly<Record<string, string>>): Connection {
  const facts = connection(
    [
      ...handshake(),
      get(1000, '/portal/login', { authority: 'portal.example' }),
      answer(5000, 302, 300, { fields: fieldsOf(response) }),
    ],
    { stream: 1, firstPacket: 101, server: '10.0.0.49', serverPort: 443, client: '203.0.113.7' },
  );
  return { ...facts, tls: tlsFacts() };
}

/** Somebody's SYN that nobody answers. */
function inVain(server: string, serverPort: number): Connection {
  return connection([{ at: 0, is: 'syn' }], {
    stream: 9,
    firstPacket: 301,
    beginsAt: 100_000,
    client: '203.0.113.7',
    server,
    serverPort,
  });
}

const FRONT = { subject: '10.0.0.49:443', occurrences: 1 } as const;

testRule(proxyHeaderLeak, {
  fires: [
    {
      name: 'Apache without ProxyPassReverse',
      capture: 'samples/proxy-pass.pcapng',
      subject: '10.0.0.49:443',
      occurrences: 5,
      severity: 'critical',
      confidence: 'certain',
      verdicts: {
        'not-rewritten': 'supported',
        'host-not-handed-on': 'supported',
        'cookie-scope': 'supported',
        'own-port': 'ruled-out',
      },
      marks: [
        'that redirect reaches the client',
        'a cookie for the domain corp.internal and the path /crm reaches the client',
        'clients try to reach the address (SYN, two seconds, no answer)',
        'Content-Location with http://crm01.corp.internal:8080/crm reaches the client',
      ],
    },
    {
      ...FRONT,
      name: 'both legs show the inner name',
      facts: [asked(LEAK, { authority: 'crm01.corp.internal' }), inFront(LEAK)],
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'not-rewritten': 'supported', 'host-not-handed-on': 'supported', 'cookie-scope': 'ruled-out' },
      packets: [104, 105],
    },
    {
      ...FRONT,
      name: 'the server is asked by the public name, and says its own all the same',
      facts: [asked(LEAK, { request: FORWARDED }), inFront(LEAK)],
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'host-not-handed-on': 'ruled-out' },
    },
    {
      ...FRONT,
      name: 'the client goes there in vain',
      facts: [inFront({ location: 'http://10.0.1.43:8080/home' }), inVain('10.0.1.43', 8080)],
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'not-rewritten': 'open' },
      packets: [301],
    },
    {
      ...FRONT,
      name: 'a server names its own address',
      facts: inFront({ location: 'http://10.0.0.49/home' }),
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'not-rewritten': 'ruled-out' },
    },
    {
      ...FRONT,
      name: 'the port of the server behind',
      facts: [
        asked({ location: 'http://portal.example:8080/home' }, { request: FORWARDED }, { serverPort: 8080 }),
        inFront({ location: 'http://portal.example:8080/home' }),
      ],
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'own-port': 'supported' },
    },
    {
      ...FRONT,
      name: 'a cookie for another domain, and the path of the server',
      facts: [
        asked({ 'set-cookie': 'JSESSIONID=…; Domain=corp.internal; Path=/crm' }, { authority: 'crm01.corp.internal' }),
        inFront({ 'set-cookie': 'JSESSIONID=…; Domain=corp.internal; Path=/crm' }),
      ],
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'cookie-scope': 'supported' },
    },
    {
      name: 'behind a proxy, its leg in front not captured',
      facts: asked(LEAK, { request: FORWARDED }),
      subject: '10.0.1.43:80',
      occurrences: 1,
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'not-rewritten': 'open', 'host-not-handed-on': 'ruled-out' },
    },
  ],
  silent: [
    {
      name: 'Apache with ProxyPassReverse',
      lookAlike: 'rewritten-in-front',
      capture: 'samples/proxy-pass-healthy.pcapng',
    },
    { name: 'http instead of https is another fault', capture: 'samples/tls-offload.pcapng' },
    {
      name: 'the proxy mends it',
      facts: [asked(LEAK, { request: FORWARDED }), inFront({ location: 'https://portal.example/portal/home' })],
    },
    {
      name: 'a server is asked by its inner name',
      lookAlike: 'asked-by-that-name',
      facts: asked(LEAK, { authority: 'crm01.corp.internal' }),
    },
    {
      name: 'from one inner host to another',
      lookAlike: 'inner-client',
      facts: asked({ location: 'http://sso.corp.internal/login' }, { authority: 'crm01.corp.internal' }),
    },
    {
      name: 'a login elsewhere',
      lookAlike: 'public-host',
      facts: inFront({ location: 'https://login.example/authorize' }),
    },
    {
      name: 'another service of the host',
      lookAlike: 'another-service',
      facts: [
        asked({ location: 'http://portal.example:9443/admin' }, { request: FORWARDED }),
        inFront({ location: 'http://portal.example:9443/admin' }),
      ],
    },
    {
      name: 'a health check is sent to the inner name',
      lookAlike: 'health-check',
      facts: asked(LEAK, { request: { ...FORWARDED, 'user-agent': 'kube-probe/1.29' } }),
    },
    {
      name: 'a cookie for the parent domain',
      facts: inFront({ 'set-cookie': 'sid=…; Domain=.portal.example; Path=/portal' }),
    },
  ],
  cannotTell: [
    {
      name: 'a snap length cut the request, which may have been forwarded',
      facts: (() => {
        const facts = inFront(LEAK);
        const exchanges = facts.exchanges.map((exchange) => ({
          ...exchange,
          request: exchange.request === null ? null : { ...exchange.request, lostBytes: 160 },
        }));
        return { ...facts, exchanges };
      })(),
    },
    { name: 'what was asked for is not known', facts: asked(LEAK, { authority: '…', request: FORWARDED }) },
    {
      name: 'there is no request',
      facts: connection([...handshake(), answer(2000, 302, 300, { fields: fieldsOf(LEAK) })]),
    },
  ],
});
