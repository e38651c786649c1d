import type { BeginningKind } from '../../src/facts/beginning.js';
import type { Connection } from '../../src/facts/connection.js';
import { protocolMismatch } from '../../src/rules/protocol-mismatch.js';
import { clientHelloFacts, tlsFacts } from '../findings/connections.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  fieldsOf,
  finBy,
  get,
  handshake,
  healthy,
  refused,
  rstBy,
  type Step,
} from './facts.js';
import { calls } from './protocol-mismatch/calls.js';
import { testRule } from './test-rule.js';

const nth = (at: number): ConnectionOptions => ({
  stream: at,
  clientPort: 40_000 + at,
  firstPacket: 1 + at * 10,
  beginsAt: at * 10_000,
});
const SPOKEN: readonly Step[] = [
  ...handshake(),
  { at: 1200, is: 'data', from: 'client', bytes: 517 },
  { at: 1500, is: 'data', from: 'server', bytes: 100 },
  finBy('server', 1600),
];

/** A connection whose sides begin so. */
function begun(client: BeginningKind, server: BeginningKind | null, at = 0, steps = SPOKEN): Connection {
  const facts = connection(steps, nth(at));
  const [packet, atNs] = [facts.firstPacket + 3, facts.startNs + 1_200_000];
  return {
    ...facts,
    protocol: 'unknown',
    beginnings: {
      client: { kind: client, packet, atNs },
      server: server === null ? null : { kind: server, packet: packet + 1, atNs: atNs + 300_000 },
    },
  };
}

/** One plain request, answered 400. */
const badRequest = (at: number): Connection =>
  connection([...handshake(), get(1133), answer(1500, 400), finBy('server', 1600)], nth(at));

/** Somebody speaks TLS with the same port. */
function spokenTls(at: number): Connection {
  const hello = { packet: 1 + at * 10 + 4, atNs: at * 10_000_000, version: 'TLS 1.3', cipherSuite: null, alpn: null };
  return { ...healthy(nth(at)), protocol: 'tls', exchanges: [], tls: tlsFacts({ serverHello: hello }) };
}

/** One plain request, answered 400 in words that ask for TLS. */
function demanding(
  at: number,
  asked: 'keep-alive' | 'close',
  answered: 'keep-alive' | 'close',
  options: ConnectionOptions = {},
): Connection {
  const fields = (value: string) => [{ name: 'connection', value }];
  const facts = connection(
    [
      ...handshake(),
      get(1133, '/', { fields: fields(asked) }),
      answer(1500, 400, 500, { fields: fields(answered) }),
      finBy('server', 1600),
    ],
    { ...nth(at), ...options },
  );
  const [packet, atNs] = [facts.firstPacket + 3, facts.startNs + 1_133_000];
  return {
    ...facts,
    beginnings: {
      client: { kind: 'http-request', packet, atNs },
      server: { kind: 'tls-demand', packet: packet + 1, atNs: atNs + 367_000 },
    },
  };
}

/** Somebody's ClientHello is refused by an alert: TLS is spoken there. */
function refusedHello(at: number): Connection {
  const alert = { packet: 1 + at * 10 + 4, atNs: at * 10_000_000, level: 'fatal', description: 80 } as const;
  return {
    ...healthy(nth(at)),
    protocol: 'tls',
    exchanges: [],
    tls: tlsFacts({
      clientHello: clientHelloFacts({}),
      alerts: [{ ...alert, from: 'server', basis: 'clear', name: 'internal_error' }],
    }),
  };
}

/** One plain request, on which the server hangs up. */
const hungUp = (at: number): Connection => connection([...handshake(), get(1133), finBy('server', 1300)], nth(at));

/** The preface of HTTP/2, on which the server hangs up. */
const hungUpOnPreface = (at: number, by: 'fin' | 'rst' = 'fin'): Connection => {
  const end = by === 'fin' ? finBy('server', 1300) : rstBy('server', 1300);
  const steps = [...handshake(), { at: 1200, is: 'data', from: 'client', bytes: 64 } as const, end];
  return { ...begun('h2-preface', null, at, steps), protocol: 'h2' };
};

/** A request over uwsgi, which is answered in HTTP in any case. */
function overUwsgi(status: number, fields: Readonly<Record<string, string>> = {}): Connection {
  const asked = { at: 1200, is: 'data', from: 'client', bytes: 340 } as const;
  const answered = answer(1500, status, 740, { fields: fieldsOf(fields) });
  return begun('uwsgi', 'http-response', 0, [...handshake(), asked, answered, finBy('server', 1600)]);
}

/** A ClientHello, on which the server hangs up. */
const hungUpOnHello = (at: number): Connection => {
  const facts = connection(
    [...handshake(), { at: 1200, is: 'data', from: 'client', bytes: 517 }, finBy('server', 1300)],
    nth(at),
  );
  const [firstPacket, atNs] = [facts.firstPacket + 3, facts.startNs + 1_200_000];
  return {
    ...facts,
    protocol: 'tls',
    tls: tlsFacts({ clientHello: clientHelloFacts({ firstPacket, lastPacket: firstPacket, atNs }) }),
  };
};

/** Calls through the proxy 10.0.1.43: what it answers, and what it had from behind; `null`: an answer in gRPC. */
function handedOn(front: readonly [number, string], back: readonly [number, string] | null): Connection[] {
  const [status, type] = front;
  const behind = back === null ? { grpcStatus: 0 } : { status: back[0], type: back[1] };
  return [
    calls([{ status, type, answeredAt: 9000 }], nth(0)),
    {
      ...calls([{ ...behind, answeredAt: 5000, askedAt: 3000 }], {
        ...nth(1),
        beginsAt: 0,
        client: '10.0.1.43',
        server: '10.0.2.9',
        serverPort: 8080,
      }),
    },
  ];
}

/** A connection of the server's own, or of another host, that is refused at `at` microseconds. */
const unmet = (stream: number, at: number, client = '10.0.1.43'): Connection =>
  refused({ ...nth(stream), beginsAt: at, client, server: '10.0.2.9' });

/** A ClientHello that is acknowledged and waits for an answer until the client closes, `waited` microseconds later. */
const waitsOnHello = (
  at: number,
  waited: number,
  acknowledged = true,
  furtherSteps: readonly Step[] = [],
): Connection => {
  const facts = connection(
    [
      ...handshake(),
      { at: 1200, is: 'data', from: 'client', bytes: 517 },
      ...furtherSteps.filter(({ at }) => at < 1200 + waited),
      finBy('client', 1200 + waited),
      ...furtherSteps.filter(({ at }) => at > 1200 + waited),
    ],
    { ...nth(at), serverFacts: { highestAcknowledged: acknowledged ? 518 : 1 } },
  );
  const [firstPacket, atNs] = [facts.firstPacket + 3, facts.startNs + 1_200_000];
  return {
    ...facts,
    protocol: 'tls',
    tls: tlsFacts({ clientHello: clientHelloFacts({ firstPacket, lastPacket: firstPacket, atNs }) }),
  };
};

/** One plain request, answered by the way to another place. */
const sendingTo = (value: string, at: number): Connection =>
  connection(
    [
      ...handshake(),
      get(1133),
      answer(1500, 301, 300, { fields: [{ name: 'location', value }] }),
      finBy('server', 1600),
    ],
    nth(at),
  );

const from = (address: string, facts: Connection): Connection => ({
  ...facts,
  client: { ...facts.client, endpoint: { ...facts.client.endpoint, address } },
});

/** 400 to what is no request. */
const noRequest = (at: number): Connection => {
  const facts = badRequest(at);
  return { ...facts, exchanges: facts.exchanges.map((one) => ({ ...one, request: null })) };
};

/** Somebody is answered behind a PROXY header. */
const proxied = (at: number): Connection => ({
  ...healthy(nth(at)),
  beginnings: begun('proxy-header', 'http-response', at).beginnings,
});

const ONE = { subject: '10.0.1.43:80', occurrences: 1, severity: 'warning', confidence: 'certain' } as const;

/** A finding of one of the servers that a sample asks twice. */
const inSample = (name: string, titled: string, findings: number) => ({
  name: `${name}, ${titled}`,
  capture: `samples/protocol-mismatch-${name}.pcapng`,
  titled,
  subject: titled,
  findings,
  occurrences: 2,
  severity: 'critical' as const,
});
const [NGINX, HAPROXY, APACHE, NODE] = [
  '10.0.1.43:8081',
  '10.0.1.43:8082',
  '10.0.1.43:8083',
  '10.0.1.43:8084',
] as const;
const SAYS_400 = ['400 of a server behind it, in clear'];
const HANGS_UP = ['FIN or RST of a server behind it that has sent no byte'];

testRule(protocolMismatch, {
  fires: [
    ...[NGINX, HAPROXY, APACHE, NODE].map((server) => ({
      ...inSample('tls-to-plain', server, 4),
      confidence: 'certain' as const,
      verdicts: { 'tls-to-plain': 'supported' } as const,
      marks: SAYS_400,
    })),
    ...[NGINX, APACHE].map((server) => ({
      ...inSample('plain-to-tls', server, 4),
      confidence: 'certain' as const,
      verdicts: { 'plain-to-tls': 'supported' } as const,
      marks: SAYS_400,
    })),
    ...[HAPROXY, NODE].map((server) => ({
      ...inSample('plain-to-tls', server, 4),
      confidence: 'likely' as const,
      verdicts: { 'plain-to-tls': 'supported' } as const,
      marks: HANGS_UP,
    })),
    ...[NGINX, HAPROXY, APACHE, NODE].map((server) => ({
      ...inSample('proxy-header', server, 4),
      confidence: 'certain' as const,
      verdicts: { 'proxy-header-unexpected': 'supported' } as const,
      marks: SAYS_400,
    })),
    ...['proxy-header-missing', 'proxy-header-missing-tls'].flatMap((name) =>
      [NGINX, HAPROXY, APACHE].map((server) => ({
        ...inSample(name, server, 3),
        confidence: 'likely' as const,
        verdicts: { 'proxy-header-missing': 'supported' } as const,
        marks: HANGS_UP,
      })),
    ),
    ...[NGINX, APACHE, NODE].map((server) => ({
      ...inSample('http2-to-http1', server, 3),
      confidence: 'certain' as const,
      verdicts: { 'http2-to-http1': 'supported' } as const,
      marks: SAYS_400,
    })),
    ...[NGINX, NODE].map((server) => ({
      ...inSample('http1-to-http2', server, 3),
      confidence: 'certain' as const,
      verdicts: { 'http1-to-http2': 'supported' } as const,
    })),
    {
      ...inSample('http1-to-http2', HAPROXY, 3),
      confidence: 'likely',
      verdicts: { 'http1-to-http2': 'supported' },
      marks: HANGS_UP,
    },
    {
      ...ONE,
      name: 'TLS to a plain port, twice',
      facts: [begun('tls-handshake', 'http-response'), begun('tls-handshake', 'http-response', 1)],
      occurrences: 2,
      severity: 'critical',
      verdicts: { 'tls-to-plain': 'supported', 'plain-to-tls': 'ruled-out', 'proxy-header-unexpected': 'ruled-out' },
      packets: [4, 5],
    },
    {
      ...ONE,
      name: 'the same of a scanner, which says three other things that are no request',
      facts: [
        ...[0, 1].map((at) => begun('tls-handshake', 'http-response', at)),
        ...[2, 3, 4].map((at) => noRequest(at)),
      ],
      occurrences: 2,
      severity: 'notice',
    },
    {
      ...ONE,
      name: 'two other things are no scan',
      facts: [...[0, 1].map((at) => begun('tls-handshake', 'http-response', at)), ...[2, 3].map((at) => noRequest(at))],
      occurrences: 2,
      severity: 'critical',
    },
    {
      ...ONE,
      name: 'a single one among a hundred',
      facts: [begun('tls-handshake', 'http-response'), ...Array.from({ length: 100 }, (_, at) => healthy(nth(at + 1)))],
      severity: 'notice',
    },
    {
      ...ONE,
      name: 'five clients once each, among a hundred',
      facts: [
        ...[0, 1, 2, 3, 4].map((at) => from(`203.0.113.${at}`, begun('tls-handshake', 'http-response', at))),
        ...Array.from({ length: 100 }, (_, at) => healthy(nth(at + 5))),
      ],
      occurrences: 5,
      severity: 'notice',
    },
    {
      ...ONE,
      name: 'one client twice, among a hundred',
      facts: [
        ...[0, 1].map((at) => begun('tls-handshake', 'http-response', at)),
        ...Array.from({ length: 100 }, (_, at) => healthy(nth(at + 2))),
      ],
      occurrences: 2,
      severity: 'critical',
    },
    {
      ...ONE,
      name: 'plain HTTP to TLS, answered by an alert',
      facts: begun('http-request', 'tls-alert'),
      verdicts: { 'plain-to-tls': 'supported', 'tls-to-plain': 'ruled-out', 'http2-to-http1': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'plain HTTP to TLS, answered 400 in clear',
      facts: [badRequest(0), spokenTls(1)],
      verdicts: { 'plain-to-tls': 'supported' },
    },
    {
      ...ONE,
      name: 'plain HTTP to TLS, answered 400 in words that ask for it',
      facts: demanding(0, 'keep-alive', 'close'),
      verdicts: { 'plain-to-tls': 'supported', 'http1-to-http2': 'ruled-out', 'proxy-header-missing': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the same, asked to close, as nginx asks: a proxy that hands the words on would close, too',
      facts: demanding(0, 'close', 'close'),
      confidence: 'likely',
      verdicts: { 'plain-to-tls': 'supported' },
    },
    {
      ...ONE,
      name: 'the same of a server behind a proxy that hands it on: told where it is said first',
      facts: [
        demanding(0, 'close', 'close'),
        demanding(1, 'close', 'close', {
          ...{ client: '10.0.1.43', server: '10.0.2.9', serverPort: 8443 },
          beginsAt: 0,
        }),
      ],
      subject: '10.0.2.9:8443',
      confidence: 'likely',
      verdicts: { 'plain-to-tls': 'supported' },
    },
    {
      ...ONE,
      name: 'the same, asked to close, by a server that speaks TLS with others',
      facts: [demanding(0, 'close', 'close'), spokenTls(1)],
      verdicts: { 'plain-to-tls': 'supported' },
    },
    {
      ...ONE,
      name: 'plain HTTP to a server that was seen to refuse handshakes of others by an alert: TLS is spoken there',
      facts: [badRequest(0), refusedHello(1)],
      verdicts: { 'plain-to-tls': 'supported' },
    },
    {
      ...ONE,
      name: 'plain HTTP to TLS, hung up on without an alert, as OpenSSL does',
      facts: [hungUp(0), hungUp(1), spokenTls(2)],
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'plain-to-tls': 'supported', 'proxy-header-missing': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the preface of HTTP/2 refused in clear by a server that speaks TLS with others, as nginx does',
      facts: [begun('h2-preface', 'http-response'), spokenTls(1)],
      verdicts: { 'plain-to-tls': 'supported', 'http2-to-http1': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'HTTP/1 to HTTP/2, hung up on',
      facts: [hungUp(0), { ...healthy(nth(1)), protocol: 'h2' }],
      confidence: 'likely',
      verdicts: { 'http1-to-http2': 'supported', 'http2-to-http1': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'no PROXY header where all others send one',
      facts: [hungUp(0), proxied(1)],
      confidence: 'likely',
      verdicts: { 'proxy-header-missing': 'supported', 'plain-to-tls': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'TLS to a plain port that hangs up on it',
      facts: [hungUpOnHello(0), healthy(nth(1))],
      confidence: 'likely',
      verdicts: { 'tls-to-plain': 'supported', 'proxy-header-missing': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the same, while somebody else asks a port that is closed',
      facts: [hungUpOnHello(0), healthy(nth(1)), unmet(2, 1250, '10.0.2.1')],
      confidence: 'likely',
      verdicts: { 'tls-to-plain': 'supported' },
    },
    {
      ...ONE,
      name: 'TLS to a plain port that waits for the end of a line',
      facts: [waitsOnHello(0, 8_000_000), healthy(nth(1))],
      confidence: 'possible',
      verdicts: { 'tls-to-plain': 'supported', 'proxy-header-missing': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the same of one that takes the end of the client for the end of a line, and answers nobody (mini_httpd)',
      facts: [
        waitsOnHello(0, 8_000_000, true, [{ at: 8_001_300, is: 'data', from: 'server', bytes: 684 }]),
        healthy(nth(1)),
      ],
      confidence: 'possible',
      verdicts: { 'tls-to-plain': 'supported' },
    },
    {
      ...ONE,
      name: 'the same of one that sends others to TLS elsewhere',
      facts: [waitsOnHello(0, 8_000_000), sendingTo('https://shop.example/', 1)],
      confidence: 'possible',
      verdicts: { 'tls-to-plain': 'supported' },
    },
    {
      ...ONE,
      name: 'TLS without the PROXY header that all others send',
      facts: [hungUpOnHello(0), proxied(1)],
      confidence: 'likely',
      verdicts: { 'proxy-header-missing': 'supported', 'tls-to-plain': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'plain HTTP to port 443, answered 400 alone',
      facts: connection([...handshake(), get(1133), answer(1500, 400), finBy('server', 1600)], {
        ...nth(0),
        serverPort: 443,
      }),
      subject: '10.0.1.43:443',
      confidence: 'likely',
      verdicts: { 'plain-to-tls': 'supported' },
    },
    ...(['fastcgi', 'ajp'] as const).map((kind) => ({
      ...ONE,
      name: `${kind} to HTTP/1`,
      facts: begun(kind, 'http-response'),
      verdicts: { 'gateway-to-http': 'supported', 'proxy-header-unexpected': 'ruled-out' } as const,
    })),
    {
      ...ONE,
      name: 'uwsgi to HTTP/1, which refuses it and hangs up',
      facts: overUwsgi(400, { connection: 'close' }),
      verdicts: { 'gateway-to-http': 'supported', 'proxy-header-unexpected': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'gRPC to a web server',
      facts: calls(
        [
          { status: 404, type: 'text/html' },
          { status: 404, type: 'text/html' },
        ],
        nth(0),
      ),
      titled: '10.0.1.43:80 answers calls of gRPC in HTTP alone',
      occurrences: 2,
      severity: 'critical',
      verdicts: { 'grpc-to-http': 'supported', 'http2-to-http1': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'gRPC through a proxy that loses trailers, amid a connection that goes on',
      facts: { ...calls([{}, { grpcStatus: 0 }], nth(0)), exchangeOffset: 512, goesOn: true },
      titled: '10.0.1.43:80 answers calls of gRPC without grpc-status',
      verdicts: { 'grpc-to-http': 'supported' },
    },
    {
      ...ONE,
      name: 'gRPC to a web server behind a proxy that hands its page on: told where it is said first',
      facts: handedOn([200, 'text/html'], [200, 'text/html']),
      subject: '10.0.2.9:8080',
      verdicts: { 'grpc-to-http': 'supported' },
    },
    {
      ...ONE,
      name: 'gRPC behind a proxy that loses the trailers of its server: told of the proxy',
      facts: handedOn([200, 'application/grpc'], null),
      verdicts: { 'grpc-to-http': 'supported' },
    },
    {
      ...ONE,
      name: 'HTTP/2 to HTTP/1',
      facts: begun('h2-preface', 'http-response'),
      verdicts: { 'http2-to-http1': 'supported', 'http1-to-http2': 'ruled-out', 'gateway-to-http': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'HTTP/2 to HTTP/1 that answers with a page and no status line, as Python does',
      facts: begun('h2-preface', 'markup'),
      verdicts: { 'http2-to-http1': 'supported', 'plain-to-tls': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'TLS to plain HTTP that answers so',
      facts: begun('tls-handshake', 'markup'),
      verdicts: { 'tls-to-plain': 'supported' },
    },
    {
      ...ONE,
      name: 'HTTP/2 to HTTP/1 that hangs up on it, as Varnish, Traffic Server and Tomcat do',
      facts: [hungUpOnPreface(0), hungUpOnPreface(1, 'rst'), healthy(nth(2))],
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'http2-to-http1': 'supported', 'plain-to-tls': 'ruled-out', 'proxy-header-missing': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the same of a server that speaks TLS with others',
      facts: [hungUpOnPreface(0), spokenTls(1)],
      confidence: 'likely',
      verdicts: { 'plain-to-tls': 'supported', 'http2-to-http1': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'HTTP/2 is hung up on, and nothing else is seen: what it speaks stays open',
      facts: [hungUpOnPreface(0), hungUpOnPreface(1)],
      titled: '10.0.1.43:80 hangs up on HTTP/2',
      occurrences: 2,
      confidence: 'possible',
      verdicts: { 'http2-to-http1': 'open', 'plain-to-tls': 'open', 'http1-to-http2': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'HTTP/1 to HTTP/2',
      facts: begun('http-request', 'h2-settings'),
      verdicts: { 'http1-to-http2': 'supported' },
    },
    {
      ...ONE,
      name: 'a PROXY header is answered 400',
      facts: {
        ...badRequest(0),
        beginnings: { client: { kind: 'proxy-header', packet: 4, atNs: 1_133_000 }, server: null },
      },
      verdicts: { 'proxy-header-unexpected': 'supported' },
    },
    {
      ...ONE,
      name: 'a PROXY header is answered with a page and no status line (Python)',
      facts: begun('proxy-header', 'markup'),
      verdicts: { 'proxy-header-unexpected': 'supported', 'tls-to-plain': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'a PROXY header is taken for a method that the server does not know (micro_httpd)',
      facts: {
        ...connection([...handshake(), get(1133), answer(1500, 501, 90), finBy('server', 1600)], nth(0)),
        beginnings: { client: { kind: 'proxy-header', packet: 4, atNs: 1_133_000 }, server: null },
      },
      verdicts: { 'proxy-header-unexpected': 'supported' },
    },
    {
      ...ONE,
      name: 'a balancer that hands TCP on passes to its client what a server says to the header: told of that server',
      facts: [
        {
          ...badRequest(0),
          client: { ...badRequest(0).client, endpoint: { address: '10.0.0.49', port: 40_000 } },
          beginnings: { client: { kind: 'proxy-header', packet: 4, atNs: 1_133_000 }, server: null },
        },
        {
          ...begun('tls-handshake', 'http-response', 1),
          server: { ...healthy().server, endpoint: { address: '10.0.0.49', port: 443 } },
        },
      ],
      verdicts: { 'proxy-header-unexpected': 'supported' },
    },
    {
      ...ONE,
      name: 'a PROXY header is answered 400 before the request behind it',
      facts: {
        ...connection([...handshake(), answer(1300, 400), get(1500), finBy('server', 1600)], nth(0)),
        beginnings: { client: { kind: 'proxy-header', packet: 4, atNs: 1_133_000 }, server: null },
      },
      verdicts: { 'proxy-header-unexpected': 'supported' },
    },
    {
      ...ONE,
      name: 'a PROXY header is met by a close',
      facts: begun('proxy-header', null, 0, [
        ...handshake(),
        { at: 1200, is: 'data', from: 'client', bytes: 48 },
        finBy('server', 1300),
      ]),
      confidence: 'likely',
    },
  ],
  silent: [
    {
      name: 'a PROXY header, and behind it a request of HTTP/0.9, of which a page alone is the answer',
      facts: {
        ...begun('proxy-header', 'markup'),
        exchanges: connection([...handshake(), get(1133, '/', { version: 'HTTP/0.9' })]).exchanges,
      },
    },
    ...[
      'tls-to-plain',
      'plain-to-tls',
      'proxy-header',
      'proxy-header-missing',
      'proxy-header-missing-tls',
      'http2-to-http1',
      'http1-to-http2',
    ].map((name) => ({
      name: `${name}, as it should be`,
      capture: `samples/protocol-mismatch-${name}-healthy.pcapng`,
    })),
    { name: 'browsing', lookAlike: 'same-protocol', capture: 'samples/healthy-browsing.pcapng' },
    { name: 'handshakes that fail', capture: 'samples/tls-handshake-strict-sni.pcapng' },
    { name: 'a bad request', lookAlike: 'bad-request', facts: badRequest(0) },
    {
      name: 'the header is understood elsewhere',
      lookAlike: 'proxy-header-understood',
      facts: [
        begun('proxy-header', null, 0, [
          ...handshake(),
          { at: 1200, is: 'data', from: 'client', bytes: 48 },
          finBy('server', 1300),
        ]),
        proxied(1),
      ],
    },
    {
      name: 'the capture begins in the middle',
      lookAlike: 'mid-stream',
      facts: connection([get(1133), answer(1500, 200)]),
    },
    {
      name: 'a ClientHello that is refused without a word, by a server that speaks TLS',
      facts: [hungUpOnHello(0), spokenTls(1)],
    },
    { name: 'a ClientHello that is refused without a word, and nothing else', facts: hungUpOnHello(0) },
    { name: 'a client goes away soon after its ClientHello', facts: [waitsOnHello(0, 300_000), healthy(nth(1))] },
    { name: 'a ClientHello that did not come', facts: [waitsOnHello(0, 8_000_000, false), healthy(nth(1))] },
    {
      name: 'a port that sends plain HTTP to TLS on itself, and is stuck in TLS',
      facts: [waitsOnHello(0, 8_000_000), sendingTo('https://shop.example:80/', 1)],
    },
    {
      name: 'a server that has said something to the ClientHello before its client leaves',
      facts: [
        waitsOnHello(0, 8_000_000, true, [{ at: 2_001_000, is: 'data', from: 'server', bytes: 684 }]),
        healthy(nth(1)),
      ],
    },
    { name: 'a server of TLS that is stuck', facts: [waitsOnHello(0, 8_000_000), spokenTls(1)] },
    {
      name: 'a balancer hangs up on a ClientHello for want of a server behind',
      facts: [hungUpOnHello(0), healthy(nth(1)), unmet(2, 1250)],
    },
    { name: 'a server hangs up on everybody', lookAlike: 'hung-up', facts: hungUp(0) },
    { name: 'a single preface of HTTP/2 is hung up on', facts: hungUpOnPreface(0) },
    {
      name: 'a server of HTTP/2 hangs up on some',
      facts: [hungUpOnPreface(0), hungUpOnPreface(1), { ...healthy(nth(2)), protocol: 'h2' as const }],
    },
    {
      name: 'a balancer hangs up on HTTP/2 for want of a server behind',
      facts: [hungUpOnPreface(0), hungUpOnPreface(1), unmet(2, 1250), unmet(3, 11_250)],
    },
    {
      name: 'a preface of HTTP/2 is reset: what becomes of its request is rst-after-request’s',
      facts: [hungUpOnPreface(0, 'rst'), hungUpOnPreface(1, 'rst')],
    },
    {
      name: 'a server that speaks TLS too answers others in clear',
      facts: [hungUp(0), spokenTls(1), healthy(nth(2))],
    },
    {
      name: 'a proxy hands on what a server behind it says to plain HTTP, and keeps the connection',
      lookAlike: 'bad-request',
      facts: demanding(0, 'keep-alive', 'keep-alive'),
    },
    {
      name: 'the same, closed where its client asks for that',
      facts: [demanding(0, 'keep-alive', 'keep-alive'), demanding(1, 'close', 'close')],
    },
    {
      name: 'words that ask for TLS, of a server that answers others in clear: of one behind it',
      facts: [demanding(0, 'keep-alive', 'close'), healthy(nth(2))],
    },
    { name: 'a 400 in clear of a server that speaks both', facts: [badRequest(0), spokenTls(1), healthy(nth(2))] },
    { name: 'an application answers over uwsgi', lookAlike: 'same-protocol', facts: overUwsgi(200) },
    { name: 'an application refuses a request over uwsgi', facts: overUwsgi(400) },
    {
      name: 'calls that fail by themselves, or at a gateway',
      lookAlike: 'own-status',
      facts: calls(
        [
          { grpcStatus: 14 },
          { grpcStatus: 12 },
          ...[400, 401, 403, 413, 429, 502].map((status) => ({ status, type: 'text/html' })),
        ],
        nth(0),
      ),
    },
    { name: 'SSH', lookAlike: 'unknown-protocol', facts: begun('tls-handshake', 'other') },
  ],
  cannotTell: [
    { name: 'the server said nothing', facts: begun('tls-handshake', null) },
    {
      name: 'the SYN-ACK is missing, and with it maybe the answer by which the protocol changed',
      facts: (() => {
        const facts = begun('http-request', 'h2-settings');
        return { ...facts, handshake: { ...facts.handshake, synAck: null } };
      })(),
    },
  ],
});
