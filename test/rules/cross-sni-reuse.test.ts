import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { Field } from '../../src/facts/field.js';
import type { RawFinding } from '../../src/facts/finding.js';
import type { H2Connection } from '../../src/facts/h2.js';
import type { TlsFacts } from '../../src/facts/tls.js';
import type { Case } from '../../src/rules/cross-sni-reuse/case.js';
import { remediesOf } from '../../src/rules/cross-sni-reuse/remedies.js';
import { covers, sharedParent } from '../../src/rules/cross-sni-reuse/reuse.js';
import { crossSniReuse } from '../../src/rules/cross-sni-reuse.js';
import { nameAnswers, noteNameAnswer, noteQuicName } from '../../src/rules/tally/name-answers.js';
import { clientHelloFacts, tlsFacts } from '../findings/connections.js';
import { answer, type ConnectionOptions, connection, get, handshake, withRequests } from './facts.js';
import { CONCLUSION, findingsOf, testRule } from './test-rule.js';

const ONE = 'serv1.shop.example';
const TWO = 'serv2.shop.example';
const THREE = 'serv3.shop.example';
const WILDCARD = ['DNS:*.shop.example'];
const HTML: Field = { name: 'content-type', value: 'text/html' };
const BROWSER: Field = { name: 'user-agent', value: 'Browser/1' };

/** One request and its answer. */
interface Asked {
  readonly name: string;
  readonly target?: string;
  readonly method?: string;
  /** `null`: none. */
  readonly status?: number | null;
  /** Tells its page. */
  readonly page?: number;
  readonly fields?: readonly Field[];
}

interface Opened extends ConnectionOptions {
  readonly sni?: string | null;
  readonly names?: readonly string[] | null;
  readonly tls?: Partial<TlsFacts>;
  readonly origins?: readonly string[];
}

/** A TLS connection, decrypted, on which these requests are asked and answered 10 ms apart. */
function opened(asked: readonly Asked[], options: Opened = {}): Connection {
  const { sni = ONE, names = WILDCARD, beginsAt = 0, firstPacket = 1 } = options;
  const steps = asked.flatMap(({ name, target = '/', method = 'GET', status = 200, fields = [BROWSER] }, at) => [
    get(10_000 * (at + 1), target, { method, authority: name, fields }),
    ...(status === null ? [] : [answer(10_000 * (at + 1) + 5000, status)]),
  ]);
  const made = connection([...handshake(), ...steps], {
    server: '10.0.0.49',
    serverPort: 443,
    protocol: 'h2',
    ...options,
  });
  const hello = clientHelloFacts({
    serverNames: sni === null ? [] : [sni],
    firstPacket: firstPacket + 2,
    lastPacket: firstPacket + 2,
    atNs: (beginsAt + 1000) * 1000,
  });
  const leaf = {
    subject: 'CN=x',
    issuer: 'CN=ca',
    alternativeNames: names ?? [],
    alternativeNameCount: names?.length ?? 0,
    notBeforeMs: null,
    notAfterMs: null,
    selfIssued: false,
  };
  return {
    ...made,
    exchanges: made.exchanges.map((exchange, at) => ({
      ...exchange,
      response:
        exchange.response === null
          ? null
          : { ...exchange.response, fields: [HTML], bodyDigest: asked[at]?.page ?? null },
    })),
    tls: tlsFacts({
      clientHello: hello,
      serverHello: {
        packet: firstPacket + 2,
        atNs: hello.atNs,
        version: 'TLS 1.3',
        cipherSuite: null,
        alpn: 'h2',
      },
      certificates: { client: null, server: names === null ? null : [leaf] },
      decryption: 'whole',
      ...options.tls,
    }),
    h2: options.origins === undefined ? null : h2With(options.origins),
  };
}

function h2With(origins: readonly string[]): H2Connection {
  return {
    hasPreface: true,
    settings: { client: null, server: null },
    goAways: [],
    goAwayCount: 0,
    pings: [],
    pingCount: 0,
    lateResets: [],
    lateResetCount: 0,
    windowStalls: [],
    windowStallCount: 0,
    origins,
    alternativeServices: [],
    unfinishedHead: null,
    timesLost: { client: 0, server: 0 },
  };
}

/** The `at`-th connection: its own stream, port and packets; it begins at `beginsAt` microseconds. */
function nth(at: number, beginsAt = 0): ConnectionOptions {
  return { stream: at, clientPort: 40_000 + at, firstPacket: 1 + at * 100, beginsAt };
}

/** The proxy asks a server behind it for what it was asked `behind` requests after its connection began. */
function handedOn(at: number, server: string, requests: readonly (Asked & { readonly nth: number })[], begins = 0) {
  const steps = requests.flatMap(({ nth: place, name, target = '/', fields = [BROWSER], status = 200 }) => [
    get(10_000 * (place + 1) + 1000, target, { authority: name, fields }),
    answer(10_000 * (place + 1) + 4000, status ?? 200),
  ]);
  return connection([...handshake(), ...steps], { ...nth(at, begins), client: '10.0.0.49', server, serverPort: 80 });
}

const PAGES = ['/', '/a', '/b', '/c', '/d', '/e'];
const asks = (name: string, page = 11): Asked[] => PAGES.map((target, at) => ({ name, target, page: page + at }));

/** ONE and TWO on one connection; what follows is handed to these servers. */
function routed(serverOfOne: string, serverOfTwo: string, pages: { readonly two: number }): Connection[] {
  const asked = [...asks(ONE), ...asks(TWO, pages.two)];
  const behind = asked.map((one, at) => ({ ...one, nth: at }));
  return [
    opened(asked),
    handedOn(1, serverOfOne, behind.slice(0, PAGES.length)),
    handedOn(2, serverOfTwo, behind.slice(PAGES.length)),
  ];
}

/** TWO on a connection of its own, handed to this server. */
function ofItsOwn(server: string, page = 31): Connection[] {
  const asked = asks(TWO, page);
  return [
    opened(asked, { ...nth(5, 1_000_000), sni: TWO }),
    handedOn(
      6,
      server,
      asked.map((one, at) => ({ ...one, nth: at })),
      1_000_000,
    ),
  ];
}

/** TWO is refused on the connection of ONE at 25 ms, and asked for again on its own. */
const refused = (options: Opened = {}) => opened([{ name: ONE }, { name: TWO, status: 421 }], options);
const again = (status: number | null, beginsAt = 30_000, at = 1) =>
  opened([{ name: TWO, status }], { ...nth(at, beginsAt), sni: TWO });
/** Something that happens ten seconds later, so that the run reaches so far. */
const later = opened([{ name: THREE }], { ...nth(9, 10_000_000), sni: THREE });

const passedThrough = (): Connection[] => {
  const asked = [...asks(ONE), ...asks(TWO, 11)];
  const front = opened(asked);
  const back = opened(asked, { ...nth(1), client: '10.0.0.49', server: '10.0.1.43' });
  const within = {
    ...back,
    exchanges: back.exchanges.map((exchange) => ({
      ...exchange,
      request: exchange.request === null ? null : { ...exchange.request, startNs: exchange.request.startNs + 1000 },
      response: exchange.response === null ? null : { ...exchange.response, startNs: exchange.response.startNs - 1000 },
    })),
  };
  return [front, within];
};

const VIA: readonly Field[] = [BROWSER, { name: 'x-forwarded-for', value: '198.51.100.14' }];
const SAMPLES = 'samples/cross-sni-reuse';

testRule(crossSniReuse, {
  fires: [
    {
      name: 'a proxy routes by the server name (sample)',
      capture: `${SAMPLES}.pcapng`,
      subject: '10.0.0.49:443',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: {
        'route-by-sni': 'supported',
        'shared-certificate': 'supported',
        'tls-passthrough': 'ruled-out',
        'server-refuses': 'ruled-out',
      },
      marks: ['Request for serv2.shop.example that reaches server one'],
    },
    {
      name: 'the browser has opened a connection for the second name and leaves it unused (sample)',
      capture: `${SAMPLES}-preconnect.pcapng`,
      subject: '10.0.0.49:443',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'route-by-sni': 'supported' },
      marks: ['Request for serv2.shop.example that reaches server one'],
    },
    {
      name: 'the pool of a gateway mixes names (sample)',
      capture: `${SAMPLES}-http1.pcapng`,
      subject: '10.0.0.49:443',
      occurrences: 4,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'route-by-sni': 'supported' },
      marks: ['Request for serv2.shop.example that reaches server one'],
    },
    {
      name: 'a 421 is handled (sample)',
      capture: `${SAMPLES}-421.pcapng`,
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'server-refuses': 'supported', 'shared-certificate': 'supported', 'route-by-sni': 'open' },
      marks: ['421 of HAProxy'],
    },
    {
      name: 'the right server answers on the reused connection (sample)',
      capture: `${SAMPLES}-healthy.pcapng`,
      subject: '10.0.0.49:443',
      occurrences: 2,
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'route-by-sni': 'ruled-out' },
      marks: ['Request for serv2.shop.example as the browser sends it'],
    },
    {
      name: 'the same, with a connection that stays unused (sample)',
      capture: `${SAMPLES}-preconnect-healthy.pcapng`,
      subject: '10.0.0.49:443',
      occurrences: 2,
      severity: 'notice',
      confidence: 'likely',
      marks: ['Request for serv2.shop.example as the browser sends it'],
    },
    {
      name: 'without keys, DNS and silence tell (sample)',
      capture: `${SAMPLES}-dns.pcap`,
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'notice',
      confidence: 'possible',
      marks: ['DNS answer for serv2.shop.example'],
    },
    {
      name: 'its requests reach another server than on connections of its own',
      facts: [...routed('10.0.1.43', '10.0.1.43', { two: 11 }), ...ofItsOwn('10.0.1.48')],
      subject: '10.0.0.49:443',
      occurrences: 6,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'route-by-sni': 'supported', 'server-refuses': 'ruled-out', 'tls-passthrough': 'ruled-out' },
    },
    {
      name: 'it is given the page of the other name, and has another on a connection of its own',
      facts: [
        opened([
          { name: ONE, page: 7 },
          { name: TWO, page: 7 },
        ]),
        opened([{ name: TWO, page: 8 }], { ...nth(1, 1_000_000), sni: TWO }),
      ],
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'route-by-sni': 'supported', 'tls-passthrough': 'open' },
    },
    {
      name: 'it is not found, though it is on a connection of its own',
      facts: [
        opened([{ name: ONE }, { name: TWO, target: '/x', status: 404 }, { name: TWO, target: '/y', status: 404 }]),
        opened(
          [
            { name: TWO, target: '/x' },
            { name: TWO, target: '/y' },
          ],
          { ...nth(1, 1_000_000), sni: TWO },
        ),
      ],
      subject: '10.0.0.49:443',
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
    },
    {
      name: 'one request is not found, though it is on a connection of its own',
      facts: [
        opened([{ name: ONE }, { name: TWO, target: '/x', status: 404 }]),
        opened([{ name: TWO, target: '/x' }], { ...nth(1, 1_000_000), sni: TWO }),
      ],
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'warning',
      confidence: 'possible',
    },
    {
      name: 'it is given the page of the other name, and nothing else is known',
      facts: opened([
        { name: ONE, page: 7 },
        { name: TWO, page: 7 },
      ]),
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'warning',
      confidence: 'possible',
      verdicts: { 'route-by-sni': 'open' },
    },
    {
      name: 'one server gives both names one page, and tells them apart elsewhere',
      facts: (() => {
        const asked = [
          { name: ONE, page: 7 },
          { name: ONE, target: '/who', page: 1 },
          { name: TWO, page: 7 },
          { name: TWO, target: '/who', page: 2 },
        ];
        return [
          opened(asked),
          handedOn(
            1,
            '10.0.1.43',
            asked.map((one, at) => ({ ...one, nth: at })),
          ),
        ];
      })(),
      subject: '10.0.0.49:443',
      occurrences: 2,
      severity: 'notice',
      confidence: 'possible',
    },
    {
      name: 'the page is given under a name and its www name: one site',
      facts: opened(
        [
          { name: 'shop.example', page: 7 },
          { name: 'www.shop.example', page: 7 },
        ],
        { sni: 'shop.example' },
      ),
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'notice',
      confidence: 'possible',
    },
    {
      name: 'a proxy hands TLS on unopened',
      facts: [...passedThrough(), opened(asks(TWO, 31), { ...nth(5, 1_000_000), sni: TWO })],
      subject: '10.0.0.49:443',
      occurrences: 6,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'tls-passthrough': 'supported' },
    },
    {
      name: 'a 421 is not taken up',
      facts: [refused(), later],
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
      verdicts: { 'server-refuses': 'supported', 'route-by-sni': 'open' },
      packets: [3, 6, 7],
    },
    {
      name: 'a retry is refused too',
      facts: [refused(), again(421), later],
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
    },
    {
      name: 'a retry is answered',
      facts: [refused(), again(200)],
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'notice',
      confidence: 'certain',
      packets: [7, 103],
    },
    {
      name: 'a retry comes too late to be one',
      facts: [refused(), again(200, 6_000_000), later],
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'critical',
      confidence: 'certain',
    },
    {
      name: 'the capture ends before a retry could come',
      facts: refused(),
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'warning',
      confidence: 'possible',
    },
    {
      name: 'a connection for the name follows, and nobody can read it',
      facts: [
        refused(),
        opened([], { ...nth(1, 30_000), sni: TWO, names: null, tls: { decryption: 'no-key' } }),
        later,
      ],
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'warning',
      confidence: 'possible',
    },
    {
      name: 'the certificate is not for both names: a program did it',
      facts: opened(
        [
          { name: ONE, page: 7 },
          { name: TWO, page: 7 },
        ],
        { names: [`DNS:${ONE}`] },
      ),
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'notice',
      confidence: 'possible',
      verdicts: { 'shared-certificate': 'ruled-out' },
    },
    {
      name: 'it is answered as on a connection of its own',
      facts: [
        opened([
          { name: ONE, page: 7 },
          { name: TWO, page: 8 },
        ]),
        opened([{ name: TWO, page: 8 }], { ...nth(1, 1_000_000), sni: TWO }),
      ],
      subject: '10.0.0.49:443',
      occurrences: 1,
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'route-by-sni': 'ruled-out' },
    },
    {
      name: 'it reaches the server that serves it on connections of its own',
      facts: [...routed('10.0.1.43', '10.0.1.48', { two: 31 }), ...ofItsOwn('10.0.1.48')],
      subject: '10.0.0.49:443',
      occurrences: 6,
      severity: 'notice',
      confidence: 'certain',
      verdicts: { 'route-by-sni': 'ruled-out' },
    },
    {
      name: 'one server serves both, with pages of their own',
      facts: routed('10.0.1.43', '10.0.1.43', { two: 31 }),
      subject: '10.0.0.49:443',
      occurrences: 6,
      severity: 'notice',
      confidence: 'possible',
    },
    {
      name: 'one pool of servers serves both',
      facts: [...routed('10.0.1.43', '10.0.1.43', { two: 31 }), ...ofItsOwn('10.0.1.43')],
      subject: '10.0.0.49:443',
      occurrences: 6,
      severity: 'notice',
      confidence: 'likely',
    },
    {
      name: 'several names are one story of their server',
      facts: opened([{ name: ONE }, { name: TWO }, { name: THREE }]),
      subject: '10.0.0.49:443',
      occurrences: 2,
      severity: 'notice',
      confidence: 'possible',
    },
  ],
  silent: [
    { name: 'each name has a connection of its own (sample)', capture: `${SAMPLES}-dns-healthy.pcap` },
    {
      name: 'a pool mixes names, and each is answered by its server (sample)',
      capture: `${SAMPLES}-http1-healthy.pcapng`,
      lookAlike: 'gateway-pool',
    },
    ...[
      'healthy-browsing-h2.pcapng',
      'healthy-browsing.pcapng',
      'healthy-resumption.pcapng',
      'healthy-probes.pcapng',
      'h2-goaway-race-nginx.pcapng',
      'h2-goaway-race-nginx-healthy.pcapng',
      'preconnect-408-tls.pcapng',
      'tls-handshake-strict-sni.pcapng',
      'tls-handshake-no-sni.pcapng',
      'tls-handshake-browser.pcapng',
      'reverse-http.pcapng',
      'proxy-pass.pcapng',
      'websocket-h2-connect-healthy.pcapng',
      'tls-offload-healthy.pcapng',
    ].map((name) => ({ name: `${name}: one name on each connection`, capture: `samples/${name}` })),
    {
      name: 'the name is written otherwise',
      facts: opened([{ name: 'SERV1.shop.example' }, { name: `${ONE}:443` }, { name: `${ONE}.` }]),
      lookAlike: 'same-name',
    },
    {
      name: 'the name is international, and written in both ways',
      facts: opened([{ name: 'bücher.example' }], { sni: 'xn--bcher-kva.example' }),
    },
    {
      name: 'a gateway opens its connections for a fixed name',
      facts: opened([{ name: TWO }, { name: THREE }], { sni: 'origin.internal.example' }),
      lookAlike: 'fixed-name',
    },
    {
      name: 'a gateway mixes names, and nothing speaks against it',
      facts: opened([{ name: ONE }, { name: TWO, fields: VIA }]),
    },
    {
      name: 'the client is a server itself',
      facts: [
        opened([{ name: ONE }, { name: TWO }]),
        connection([...handshake(), get(500_000, '/z'), answer(600_000)], {
          ...nth(1),
          client: '10.9.9.9',
          server: '10.0.0.1',
        }),
      ],
    },
    {
      name: 'the server offered the name in an ORIGIN frame',
      facts: opened([{ name: ONE }, { name: TWO }], { origins: [`https://${TWO}`] }),
      lookAlike: 'origin-frame',
    },
    {
      name: 'the requests are within a tunnel',
      facts: opened([{ name: ONE }, { name: TWO }], { tls: { inner: tlsFacts() } }),
      lookAlike: 'tunnel',
    },
    {
      name: 'the requests go through a forward proxy',
      facts: opened([
        { name: ONE },
        { name: TWO, target: `http://${TWO}/` },
        { name: TWO, method: 'CONNECT', target: `${TWO}:443` },
      ]),
    },
    {
      name: 'a health check names another host',
      facts: opened([{ name: ONE }, { name: TWO, fields: [{ name: 'user-agent', value: 'ELB-HealthChecker/2.0' }] }]),
      lookAlike: 'health-check',
    },
    {
      name: 'the client asks by address',
      facts: opened([{ name: ONE }, { name: TWO }], { sni: null }),
      lookAlike: 'no-server-name',
    },
    {
      name: 'the right server answers a gateway, by its own name',
      facts: routed('10.0.1.43', '10.0.1.48', { two: 31 }).map((one) => withRequests(one, { fields: VIA })),
      lookAlike: 'routed-by-name',
    },
    {
      name: 'the name is an address or is not known',
      facts: opened([{ name: ONE }, { name: '192.0.2.7' }, { name: '…' }, { name: '' }]),
    },
  ],
  cannotTell: [
    {
      name: 'the server name may be an outer one (ECH)',
      facts: opened([{ name: ONE }, { name: TWO }], { tls: { echOutcome: 'unknown' } }),
    },
    {
      name: 'the ClientHello was not seen',
      facts: opened([{ name: ONE }, { name: TWO }], { tls: { clientHello: null } }),
    },
    {
      name: 'the roles are reversed',
      facts: opened([{ name: ONE }, { name: TWO }], {
        anomalies: [{ name: 'http-roles-reversed', from: null, packet: 4, count: 1 }],
      }),
    },
  ],
});

describe('cross-sni-reuse, without keys', () => {
  const MS = 1_000_000;
  /** A connection for ONE that nobody can read: client data goes on 20 ms after second 1. */
  const sealed = (tls: Partial<TlsFacts> = {}, options: Opened = {}): Connection => {
    const made = opened([], { names: null, ...options });
    const client = { ...tlsFacts().client, resumed: [{ packet: 30, atNs: 1020 * MS, pauseNs: 500 * MS }] };
    return {
      ...made,
      endNs: 3000 * MS,
      tls: made.tls === null ? null : { ...made.tls, decryption: 'no-key', client, ...tls },
    };
  };
  const told = (name: string, atMs = 1000, address = '10.0.0.49') => ({
    name,
    address,
    client: '10.0.0.1',
    atNs: atMs * MS,
    packet: 29,
  });
  const conclude = (connections: readonly Connection[], answers: readonly ReturnType<typeof told>[], quic?: string) => {
    const nameTable = nameAnswers();
    for (const one of answers) noteNameAnswer(nameTable, one);
    if (quic !== undefined) noteQuicName(nameTable, quic);
    return findingsOf(crossSniReuse, connections, { ...CONCLUSION, nameAnswers: nameTable });
  };
  const kinds = (findings: readonly RawFinding[]) => findings.map(({ facts: { kind } }) => kind);

  it('tells of a name that led to the address of a connection on which data goes on at once', () => {
    const [finding, ...more] = conclude([sealed()], [told(TWO)]);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ severity: 'notice', confidence: 'possible', facts: { kind: 'encrypted' } });
    expect(finding?.evidence[0]?.packets.map(({ packet }) => packet)).toEqual([3, 29, 30]);
    expect(finding?.summary).toContain('20 ms later');
    expect(finding?.hypotheses.map(({ cause, verdict }) => `${cause} ${verdict}`)).toEqual([
      'shared-certificate supported',
      'route-by-sni open',
      'tls-passthrough open',
      'server-refuses open',
    ]);
  });

  it('says that the server name cannot be trusted where ECH may be in use', () => {
    const clientHello = clientHelloFacts({ serverNames: [ONE], atNs: 1000, offersEch: true });
    const [finding] = conclude([sealed({ clientHello, echOutcome: 'unknown' })], [told(TWO)]);
    expect(finding?.summary).toContain('not the true name');
  });

  const other = (options: Opened) => ({ ...opened([], options), endNs: 3000 * MS });
  const quiet: Readonly<Record<string, () => RawFinding[]>> = {
    'data goes on later, or before': () => [
      ...conclude([sealed()], [told(TWO, 900)]),
      ...conclude([sealed()], [told(TWO, 1030)]),
    ],
    'a ClientHello for the name follows, anywhere': () =>
      conclude([sealed(), other({ ...nth(1, 1_500_000), sni: TWO, server: '10.7.7.7' })], [told(TWO)]),
    'a connection to the address follows': () =>
      conclude([sealed(), other({ ...nth(1, 1_500_000), sni: null })], [told(TWO)]),
    'a connection to another address of the name follows': () =>
      conclude(
        [sealed(), other({ ...nth(1, 1_500_000), sni: null, server: '10.7.7.7' })],
        [told(TWO), told(TWO, 1000, '10.7.7.7')],
      ),
    'a connection to the address began before the capture': () =>
      conclude([sealed(), other({ ...nth(1), sni: null, guards: { midStream: true } })], [told(TWO)]),
    'the name is asked for by QUIC': () => conclude([sealed()], [told(TWO)], TWO),
    'the name is asked for in clear text': () =>
      conclude(
        [
          sealed(),
          connection([...handshake(), get(1_500_000, '/', { authority: TWO }), answer(1_600_000)], {
            ...nth(1),
            server: '10.7.7.7',
          }),
        ],
        [told(TWO)],
      ),
    'the names are no siblings, as most at one address of a CDN': () => [
      ...conclude([sealed()], [told('www.other.example')]),
      ...conclude([sealed({}, { sni: 'a.co.uk' })], [told('b.co.uk')]),
    ],
    'the certificate is not for the name': () => {
      const certificate = opened([], { names: [`DNS:${ONE}`] }).tls?.certificates;
      return conclude([sealed(certificate === undefined ? {} : { certificates: certificate })], [told(TWO)]);
    },
    'another client asked DNS, or the address is another': () => [
      ...conclude([sealed()], [{ ...told(TWO), client: '10.0.0.2' }]),
      ...conclude([sealed()], [told(TWO, 1000, '10.0.0.50')]),
    ],
    'the connection cannot be HTTP/2': () => [
      ...conclude([sealed({ clientHello: clientHelloFacts({ serverNames: [ONE], alpn: ['http/1.1'] }) })], [told(TWO)]),
    ],
    'the capture ends before a connection could follow': () =>
      conclude([{ ...sealed(), endNs: 1100 * MS }], [told(TWO)]),
    'there was no room to remember all': () => {
      const small = nameAnswers(1);
      noteNameAnswer(small, told(TWO));
      return findingsOf(crossSniReuse, [sealed()], { ...CONCLUSION, nameAnswers: small });
    },
  };
  for (const [name, run] of Object.entries(quiet))
    it(`keeps silent when ${name}`, () => {
      expect(kinds(run())).toEqual([]);
    });
});

describe('cross-sni-reuse', () => {
  it('hides query strings unless asked', () => {
    const facts = [opened([{ name: ONE }, { name: TWO, target: '/x?token=secret', status: 421 }]), later];
    expect(JSON.stringify(findingsOf(crossSniReuse, facts))).not.toContain('secret');
    expect(JSON.stringify(findingsOf(crossSniReuse, facts, { ...CONCLUSION, reveal: true }))).toContain('secret');
  });

  it('does not say that a 421 was not taken up where the client may have gone on by QUIC', () => {
    const quic = nameAnswers();
    noteQuicName(quic, TWO);
    const [finding] = findingsOf(crossSniReuse, [refused(), later], { ...CONCLUSION, nameAnswers: quic });
    expect(finding).toMatchObject({ severity: 'warning', confidence: 'possible' });
    expect(finding?.title).not.toContain('no retry');
  });

  it('fills remedies with the names', () => {
    const [finding] = findingsOf(crossSniReuse, [
      ...routed('10.0.1.43', '10.0.1.43', { two: 11 }),
      ...ofItsOwn('10.0.1.48'),
    ]);
    const configs = finding?.remedies.map(({ config }) => config ?? '').join('\n') ?? '';
    expect(configs).toContain(`use_backend serv2 if { req.hdr(host),field(1,:) -i ${TWO} }`);
    expect(configs).toContain('if ($ssl_server_name != $host) { return 421; }');
    expect(new Set(finding?.remedies.map(({ component }) => component))).toContain('envoy');
  });

  it.each([
    ['serv1.shop.example', 'serv2.shop.example', ['serv1', 'serv2']],
    ['www.shop.example', 'www.bank.example', ['www_shop_example', 'www_bank_example']],
    ['a-b.example', 'a.example', ['a_b', 'a']],
  ])('names the backends of %s and %s apart', (openedFor, name, backends) => {
    const pair = { server: { address: '10.0.0.49', port: 443 }, openedFor, name };
    const configs = remediesOf({ kind: 'misrouted', pair, isGateway: true, passesThrough: null } as Case).map(
      ({ config }) => config ?? '',
    );
    const [haproxy = ''] = configs.filter((config) => config.startsWith('use_backend'));
    expect([...haproxy.matchAll(/^use_backend (\S+)/gm)].map(([, one]) => one)).toEqual(backends);
    const [pools = ''] = configs.filter((config) => config.startsWith('upstream'));
    expect([...pools.matchAll(/^upstream (\S+)_pool/gm)].map(([, one]) => one)).toEqual(backends);
  });

  it('knows what a certificate is for', () => {
    expect(covers(['DNS:*.shop.example'], ONE)).toBe(true);
    expect(covers(['DNS:*.shop.example'], 'a.b.shop.example')).toBe(false);
    expect(covers(['DNS:*.shop.example'], 'shop.example')).toBe(false);
    expect(covers(['DNS:SHOP.example', 'IP:10.0.0.1'], 'shop.example')).toBe(true);
  });

  it('knows siblings under a parent that may have a wildcard', () => {
    expect(sharedParent(ONE, TWO)).toBe('shop.example');
    for (const [one, other] of [
      [ONE, ONE],
      ['a.com', 'b.com'],
      ['a.co.uk', 'b.co.uk'],
      ['a.x.example', 'b.y.example'],
    ] as const)
      expect(sharedParent(one, other)).toBeNull();
  });
});
