import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { Side } from '../../src/facts/endpoint.js';
import type { CertificateFacts, ServerHelloFacts, TlsAlert, TlsFacts, TlsSideFacts } from '../../src/facts/tls.js';
import { tlsHandshakeFailure } from '../../src/rules/tls-handshake-failure.js';
import { clientHelloFacts, tlsFacts } from '../findings/connections.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  fieldsOf,
  finBy,
  get,
  handshake,
  nthEvery,
  refused,
  rstBy,
  type Step,
} from './facts.js';
import { overH2 } from './h2-facts.js';
import { findingsOf, testRule } from './test-rule.js';

const SERVER_HELLO: ServerHelloFacts = {
  packet: 5,
  atNs: 1_500_000,
  version: 'TLS 1.3',
  cipherSuite: 'TLS_AES_128_GCM_SHA256',
  alpn: null,
};
const CERTIFICATE: CertificateFacts = {
  subject: 'CN=server.example',
  issuer: 'CN=Example CA',
  alternativeNames: [],
  alternativeNameCount: 0,
  notBeforeMs: null,
  notAfterMs: null,
  selfIssued: false,
};

function side(applicationRecords: number): TlsSideFacts {
  return { ...tlsFacts().client, applicationRecords };
}

function alert(from: Side, description: number | null, facts: Partial<TlsAlert> = {}): TlsAlert {
  return {
    from,
    packet: 6,
    atNs: 2_600_000,
    basis: description === null ? 'shape' : 'clear',
    level: description === null ? null : 'fatal',
    description,
    name: description === null ? null : `alert_${description}`,
    ...facts,
  };
}

/** A TLS connection: ClientHello, something of the server's, and its end. */
function tls(facts: Partial<TlsFacts>, steps: readonly Step[] = [], options: ConnectionOptions = {}): Connection {
  const { alerts = [] } = facts;
  const made = connection(
    [
      ...handshake(),
      { at: 1200, is: 'data', from: 'client', bytes: 517 },
      ...(steps.length > 0
        ? steps
        : ([{ at: 1500, is: 'data', from: 'server', bytes: 100 }, finBy('server', 2600)] as const)),
    ],
    { serverPort: 443, protocol: 'tls', ...options },
  );
  return { ...made, tls: tlsFacts({ clientHello: clientHelloFacts(), alertCount: alerts.length, ...facts }) };
}

/** A record of a session ticket's length, behind the client's Finished. */
const TICKET = { packet: 6, atNs: 2_300_000, contentType: 23, length: 250 };

/** TLS 1.3: its server has taken the handshake. */
const TAKEN: Partial<TlsFacts> = { server: { ...side(0), firstProtected: [TICKET, TICKET] } };

const nth = nthEvery(10_000);

/** A client that offers TLS 1.0 alone, to which the server says internal_error. */
const oldOffer = (name: string): Connection =>
  tls({
    alerts: [alert('server', 80)],
    clientHello: clientHelloFacts({ versions: ['TLS 1.0'], serverNames: [name] }),
  });

const getsInWith = (version: string, name: string): Connection =>
  tls(
    {
      clientHello: clientHelloFacts({ serverNames: [name] }),
      serverHello: { ...SERVER_HELLO, version },
      client: side(2),
      server: side(3),
    },
    [],
    nth(1),
  );

const succeeding = (at: number, name = 'server.example'): Connection =>
  tls(
    {
      clientHello: clientHelloFacts({ serverNames: [name] }),
      ...{ serverHello: SERVER_HELLO, client: side(2), server: side(3) },
    },
    [],
    nth(at),
  );

/** A request that the server's FIN cuts 5.5 ms after the connection begins. */
const cutAmid = (at: number, beginsAt: number): Connection =>
  connection([...handshake(), get(1500), finBy('server', 5500)], { ...nth(at), beginsAt, serverPort: 443 });

const answeredIn = (at: number, beginsAt: number): Connection => ({
  ...connection([...handshake(), get(1500), answer(2500)], { ...nth(at), beginsAt, serverPort: 443 }),
  tls: tlsFacts({ clientHello: clientHelloFacts(), serverHello: SERVER_HELLO, client: side(2), server: side(3) }),
});

/** Five clients are refused once each, beside so many that are not. */
const strays = (beside: number): Connection[] => [
  ...[0, 1, 2, 3, 4].map((at) => {
    const facts = offering(at, ['TLS 1.2']);
    return {
      ...facts,
      client: { ...facts.client, endpoint: { ...facts.client.endpoint, address: `203.0.113.${at}` } },
    };
  }),
  ...Array.from({ length: beside }, (_, at) => succeeding(at + 5)),
];

/** A client that offers these versions, and is refused. */
const offering = (at: number, versions: readonly string[]): Connection => {
  const options = nth(at);
  return tls(
    {
      clientHello: clientHelloFacts({ versions, serverNames: ['server.example'] }),
      alerts: [
        alert('server', 40, {
          packet: (options.firstPacket ?? 1) + 5,
          atNs: (options.beginsAt ?? 0) * 1000 + 2_500_000,
        }),
      ],
    },
    [],
    options,
  );
};

/** TLS 1.3 without keys: records of these lengths behind the ServerHello, and an end. */
const endedFlight = (lengths: readonly number[], facts: Partial<TlsFacts>, steps: readonly Step[] = []): Connection =>
  tls(
    {
      serverHello: SERVER_HELLO,
      server: {
        ...side(0),
        firstProtected: lengths.map((length) => ({ packet: 6, atNs: 1_500_000, contentType: 23, length })),
      },
      ...facts,
    },
    steps,
  );

/** TLS 1.3: the server ends after the client's Finished; without keys unless `facts` has them. */
const afterFinished = (facts: Partial<TlsFacts>): Connection =>
  tls({
    serverHello: SERVER_HELLO,
    finished: { client: 6, server: 5 },
    finishedNs: { client: 2_000_000, server: 1_500_000 },
    client: side(1),
    ...facts,
  });

/** A client that closes when the handshake is over, and has not asked. */
const unused = (at: number, facts: Partial<TlsFacts> = {}, closesAt = 2100): Connection => {
  const options = nth(at);
  const beginNs = (options.beginsAt ?? 0) * 1000;
  return tls(
    {
      serverHello: SERVER_HELLO,
      finished: { client: 6, server: 6 },
      finishedNs: { client: beginNs + 2_000_000, server: beginNs + 2_050_000 },
      client: side(0),
      ...facts,
    },
    [{ at: 1500, is: 'data', from: 'server', bytes: 1200 }, finBy('client', closesAt), finBy('server', closesAt + 50)],
    options,
  );
};

/** A server that refuses the `at`-th handshake. */
const refusedHandshake = (at: number): Connection => {
  const options = nth(at);
  const [first, beginsAt] = [options.firstPacket ?? 1, options.beginsAt ?? 0];
  return tls(
    {
      clientHello: clientHelloFacts({ lastPacket: first + 3, atNs: (beginsAt + 1200) * 1000 }),
      alerts: [alert('server', 40, { packet: first + 5, atNs: (beginsAt + 2500) * 1000 })],
    },
    [],
    options,
  );
};

/** The front of a proxy, which answers 502 to a request that came before the `at`-th connection. */
const told = (at: number, status = 502): Connection =>
  connection([...handshake(), get(1000), answer(9000, status)], {
    ...nth(at),
    ...{ stream: 90 + at, firstPacket: 901 + at * 10, beginsAt: at * 10_000 - 5000 },
    ...{ client: '203.0.113.5', server: '10.0.0.49' },
  });
/** What was spoken in a tunnel that a proxy opened to that server. */
const inTunnel = (
  at: number,
  target: string,
  facts: Partial<TlsFacts>,
  steps: readonly Step[],
  before: readonly Step[] = [],
): Connection => {
  const asks = get(1050, target, { method: 'CONNECT' });
  const options = nth(at);
  const made = connection(
    [...handshake(), ...before, asks, answer(1100, 200, 0, { headBytes: 100 }), ...steps],
    options,
  );
  const clientHello = clientHelloFacts({
    atNs: ((options.beginsAt ?? 0) + 1200) * 1000,
    serverNames: [target.replace(/:.*/, '')],
  });
  return { ...made, tls: tlsFacts({ clientHello, alertCount: facts.alerts?.length ?? 0, ...facts }) };
};

/** The server at the end of a tunnel knows no version that the client offers. */
const refusedIn = (at: number, target: string): Connection => {
  const { firstPacket = 1, beginsAt = 0 } = nth(at);
  const alerts = [alert('server', 70, { packet: firstPacket + 5, atNs: beginsAt * 1000 + 2_500_000 })];
  return inTunnel(at, target, { alerts }, [finBy('server', 2600)]);
};

/** HTTP/2 within TLS that asks for a client certificate: a request, answered so by a server of that name with so many bytes. */
const answeredOverH2 = (
  at: number,
  contentLength: number,
  { status = 400, shown = 'empty', server = 'nginx/1.22.1' }: AnsweredOverH2 = {},
): Connection => ({
  ...overH2(
    connection(
      [
        ...handshake(),
        get(1500),
        answer(1900, status, contentLength, { contentLength, fields: fieldsOf({ server }) }),
        finBy('client', 2000),
      ],
      { ...nth(at), serverPort: 443 },
    ),
  ),
  tls: tlsFacts({
    clientHello: clientHelloFacts(),
    serverHello: { ...SERVER_HELLO, alpn: 'h2' },
    ...{ client: side(2), server: side(2), certificateRequested: true, clientCertificate: shown },
  }),
});

interface AnsweredOverH2 {
  readonly status?: number;
  readonly shown?: 'sent' | 'empty';
  readonly server?: string;
}

/** TLS 1.2: the client is shown a certificate, ends the handshake, and leaves `after` microseconds later. */
const left = (certificate: Partial<CertificateFacts>, after = 700, facts: Partial<TlsFacts> = {}): Connection =>
  tls(
    {
      serverHello: { ...SERVER_HELLO, version: 'TLS 1.2' },
      certificates: { client: null, server: [{ ...CERTIFICATE, ...certificate }] },
      finished: { client: 5, server: 5 },
      finishedNs: { client: 1_400_000, server: 1_500_000 },
      ...facts,
    },
    [
      { at: 1500, is: 'data', from: 'server', bytes: 3000 },
      finBy('client', 1500 + after),
      finBy('server', 1600 + after),
    ],
  );
/** A client of gRPC, which leaves as soon as the handshake is done; its ClientHello is the connection's fourth packet. */
const unchosen = (at: number, version: string, facts: Partial<TlsFacts> = {}): Connection => {
  const [first, beginsAt] = [nth(at).firstPacket ?? 1, nth(at).beginsAt ?? 0];
  const hello = { alpn: ['grpc-exp', 'h2'], lastPacket: first + 3, atNs: (beginsAt + 1200) * 1000 };
  return unused(at, {
    clientHello: clientHelloFacts(hello),
    serverHello: { ...SERVER_HELLO, packet: first + 4, version },
    ...facts,
  });
};
/** Its client says decode_error upon what the server chose. */
const chosen = (alpn: string, description = 50, facts: Partial<TlsFacts> = {}): Connection =>
  tls({
    clientHello: clientHelloFacts({ alpn: ['http/1.1'] }),
    serverHello: { ...SERVER_HELLO, version: 'TLS 1.2', alpn },
    alerts: [alert('client', description)],
    ...facts,
  });

const CHOSEN: ServerHelloFacts = { ...SERVER_HELLO, alpn: 'h2' };

/** Alternative names of a certificate. */
const named = (...names: string[]): Partial<CertificateFacts> => ({
  alternativeNames: names.map((name) => `DNS:${name}`),
  alternativeNameCount: names.length,
});
const OTHER_NAME = named('other.example', '*.server.example');

const ONE = { subject: '10.0.1.43:443', occurrences: 1 } as const;
const CERTAIN = { ...ONE, severity: 'warning', confidence: 'certain' } as const;

/** A sample whose clients fail with one alert. */
const sample = (name: string, occurrences: number, cause: string, mark: string) =>
  ({
    name: `sample ${name}`,
    capture: `samples/tls-handshake-${name}.pcapng`,
    subject: '10.0.0.49:443',
    occurrences,
    severity: 'critical',
    confidence: 'certain',
    verdicts: { [cause]: 'supported' },
    marks: [mark],
  }) as const;

testRule(tlsHandshakeFailure, {
  fires: [
    {
      name: 'the client closes when it has seen the certificate, and a proxy answers 502 for it (nginx, proxy_ssl_verify)',
      facts: [unused(0, { certificates: { client: null, server: [{ ...CERTIFICATE, selfIssued: true }] } }), told(0)],
      subject: '10.0.1.43:443',
      occurrences: 1,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'server-certificate-refused': 'supported', version: 'ruled-out', 'silent-refusal': 'ruled-out' },
      packets: [4, 6, 905],
    },
    {
      name: 'a server refuses the handshakes of a proxy, which answers 502 for each',
      facts: [0, 1].flatMap((at) => [refusedHandshake(at), told(at)]),
      subject: '10.0.1.43:443',
      occurrences: 2,
      severity: 'critical',
      confidence: 'certain',
      packets: [4, 6, 905, 915],
    },
    sample('strict-sni', 4, 'unknown-name', 'alert 112 unrecognized_name from the server'),
    sample('no-sni', 3, 'no-name', 'alert 112 unrecognized_name from the server'),
    sample('alpn', 3, 'no-common-alpn', 'alert 120 no_application_protocol from the server'),
    sample('version', 3, 'version', 'alert 70 protocol_version from the server'),
    sample('cipher', 3, 'cipher', 'alert 40 handshake_failure from the server'),
    sample('browser', 5, 'server-certificate-refused', 'alert 46 certificate_unknown from the client'),
    {
      ...sample('untrusted', 3, 'server-certificate-refused', 'alert 45 certificate_expired from the client'),
      findings: 2,
      titled: 'certificate_expired',
    },
    {
      ...sample(
        'client-certificate',
        3,
        'client-certificate-missing',
        'alert 116 certificate_required from the server',
      ),
      findings: 3,
      titled: 'certificate_required',
    },
    {
      ...sample('client-certificate-tls12', 2, 'client-certificate-refused', 'alert 48 unknown_ca from the server'),
      findings: 3,
      titled: 'unknown_ca',
    },
    {
      name: 'the alert is encrypted, an empty Certificate before it',
      capture: 'samples/tls-handshake-client-certificate-no-keys.pcap',
      findings: 2,
      titled: 'because a client certificate is missing',
      subject: '10.0.0.49:443',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'client-certificate-missing': 'supported', cipher: 'ruled-out' },
      marks: ['a record of 19 bytes, an alert: from 10.0.0.49 six that refuse, four close_notify'],
    },
    {
      name: 'nginx answers 400 where no certificate is shown',
      capture: 'samples/tls-handshake-client-certificate-nginx.pcapng',
      findings: 2,
      titled: 'missing',
      subject: '10.0.0.49:443',
      occurrences: 3,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'client-certificate-missing': 'supported' },
      marks: ["nginx's 400 inside TLS"],
    },
    {
      ...CERTAIN,
      name: 'within a tunnel the server demands a certificate, which the answer to the CONNECT does not gainsay',
      facts: inTunnel(
        0,
        'shop.example:443',
        {
          ...{ serverHello: SERVER_HELLO, client: side(1), certificateRequested: true, clientCertificate: 'empty' },
          alerts: [alert('server', 116, { basis: 'decrypted' })],
        },
        [finBy('server', 2600)],
      ),
      titled: 'in tunnels to shop.example:443 at',
      subject: '10.0.1.43:80',
      severity: 'warning',
      verdicts: { 'client-certificate-missing': 'supported' },
    },
    {
      ...CERTAIN,
      name: 'what fails alike within tunnels to two servers is one, and named for neither',
      facts: ['web1.example:443', 'web2.example:443'].map((target, at) => refusedIn(at, target)),
      occurrences: 2,
      titled: 'of the server in tunnels at',
      subject: '10.0.1.43:80',
      severity: 'warning',
      verdicts: { version: 'supported' },
    },
    {
      ...ONE,
      name: 'nginx says over HTTP/2 that no certificate is shown, and keeps the connection',
      facts: [answeredOverH2(0, 237), answeredOverH2(1, 200, { status: 200, shown: 'sent' })],
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'client-certificate-missing': 'supported', 'client-certificate-refused': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'it does not take the one that is shown, in the page that it fills up for Chrome',
      facts: [answeredOverH2(0, 203 + 402 + 5, { shown: 'sent', server: 'nginx' })],
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'client-certificate-missing': 'ruled-out', 'client-certificate-refused': 'supported' },
    },
    {
      ...CERTAIN,
      name: 'a scanner offers what the server does not speak, and then what it does',
      facts: [tls({ alerts: [alert('server', 40)] }), succeeding(1)],
      severity: 'notice',
    },
    {
      ...CERTAIN,
      name: 'HAProxy asks whether the server lives by a hello of SSL 3.0, and takes the alert for a yes',
      facts: [offering(0, ['SSL 3.0']), offering(1, ['SSL 3.0']), succeeding(2)],
      occurrences: 2,
      severity: 'notice',
    },
    {
      ...CERTAIN,
      name: 'a client of TLS 1.0 alone is refused again and again',
      facts: [offering(0, ['TLS 1.0']), offering(1, ['TLS 1.0']), succeeding(2, 'other.example')],
      occurrences: 2,
      severity: 'critical',
    },
    {
      ...CERTAIN,
      name: 'a scanner gets in, and then tries one version after the other',
      facts: [succeeding(0), ...['TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.0'].map((one, at) => offering(at + 1, [one]))],
      occurrences: 4,
      severity: 'notice',
    },
    {
      ...CERTAIN,
      name: 'a browser that tries one version after the other, and gets in with none',
      facts: [
        succeeding(0, 'other.example'),
        ...['TLS 1.0', 'TLS 1.1', 'TLS 1.2'].map((one, at) => offering(at + 1, [one])),
      ],
      occurrences: 3,
      severity: 'critical',
    },
    {
      ...CERTAIN,
      name: 'five clients fail once each, where a hundred succeed',
      facts: strays(100),
      occurrences: 5,
      severity: 'notice',
    },
    {
      ...CERTAIN,
      name: 'five clients fail once each, where twenty succeed',
      facts: strays(20),
      occurrences: 5,
      severity: 'warning',
    },
    {
      ...CERTAIN,
      name: 'an unknown name, while others succeed',
      facts: [tls({ alerts: [alert('server', 112)] }), succeeding(1)],
      verdicts: {
        'unknown-name': 'supported',
        'no-name': 'ruled-out',
        cipher: 'ruled-out',
        'silent-refusal': 'ruled-out',
      },
      packets: [6],
    },
    {
      ...CERTAIN,
      name: 'internal_error for one name alone, as Caddy and Traefik say it of a name without a certificate',
      facts: [
        tls({ clientHello: clientHelloFacts({ serverNames: ['unknown.example'] }), alerts: [alert('server', 80)] }),
        succeeding(1),
      ],
      verdicts: { 'unknown-name': 'supported', 'no-name': 'ruled-out', 'server-failed': 'open' },
    },
    {
      ...CERTAIN,
      name: 'internal_error without a name, where names succeed',
      facts: [
        tls({ clientHello: clientHelloFacts({ serverNames: [] }), alerts: [alert('server', 80)] }),
        succeeding(1),
      ],
      verdicts: { 'no-name': 'supported', 'unknown-name': 'ruled-out', 'server-failed': 'open' },
    },
    {
      ...CERTAIN,
      name: 'internal_error for a name that succeeds for others',
      facts: [tls({ alerts: [alert('server', 80)] }), succeeding(1)],
      verdicts: { 'server-failed': 'supported', 'unknown-name': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'internal_error for a client that knows TLS 1.0 alone: OpenSSL 3',
      facts: [
        tls({ alerts: [alert('server', 80)], clientHello: clientHelloFacts({ versions: ['TLS 1.0'] }) }),
        succeeding(1),
      ],
      verdicts: { version: 'supported', 'server-failed': 'open', cipher: 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'internal_error for TLS 1.0 alone, which others of another name get in with: no matter of the version (Go)',
      facts: [oldOffer('bad.example'), getsInWith('TLS 1.0', 'good.example')],
      verdicts: { 'unknown-name': 'supported', version: 'ruled-out', 'server-failed': 'open' },
    },
    {
      ...CERTAIN,
      name: 'the same, of the same name: the server fails by itself',
      facts: [oldOffer('server.example'), getsInWith('TLS 1.0', 'server.example')],
      verdicts: { 'unknown-name': 'ruled-out', version: 'ruled-out', 'server-failed': 'supported' },
    },
    {
      ...CERTAIN,
      name: 'internal_error for TLS 1.0 alone, where only other names get in, with newer versions: either may be',
      facts: [oldOffer('bad.example'), getsInWith('TLS 1.3', 'good.example')],
      verdicts: { 'unknown-name': 'supported', version: 'open', 'server-failed': 'open' },
    },
    {
      ...CERTAIN,
      name: 'inappropriate_fallback: no fault of the server’s',
      facts: tls({ alerts: [alert('server', 86)] }),
      verdicts: { 'fallback-refused': 'supported', 'server-failed': 'ruled-out', version: 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'no name at all',
      facts: tls({ clientHello: clientHelloFacts({ serverNames: [] }), alerts: [alert('server', 112)] }),
      verdicts: { 'no-name': 'supported', 'unknown-name': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'no protocol in common',
      facts: tls({ alerts: [alert('server', 120)] }),
      verdicts: { 'no-common-alpn': 'supported', version: 'ruled-out' },
    },
    {
      name: 'a server chooses a protocol that was not offered, and the client says decode_error',
      facts: chosen('http/9.1'),
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'no-common-alpn': 'supported', 'server-failed': 'open' },
    },
    {
      name: 'a client says decode_error, and what it offered was not captured',
      facts: chosen('http/9.1', 50, { clientHello: null }),
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'no-common-alpn': 'ruled-out', 'server-failed': 'supported' },
    },
    {
      name: 'a server says decode_error, though it chose what was not offered',
      facts: chosen('http/9.1', 50, { alerts: [alert('server', 50)] }),
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'no-common-alpn': 'ruled-out' },
    },
    {
      name: 'a client says decode_error, and the server chose what was offered',
      facts: chosen('http/1.1'),
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'no-common-alpn': 'ruled-out', 'server-failed': 'supported' },
    },
    {
      name: 'a client does not take the certificate of a server that chose what was not offered',
      facts: chosen('http/9.1', 48),
      subject: '10.0.1.43:443',
      occurrences: 1,
      confidence: 'certain',
      verdicts: { 'no-common-alpn': 'ruled-out', 'server-certificate-refused': 'supported' },
    },
    {
      ...CERTAIN,
      name: 'no version in common',
      facts: tls({ alerts: [alert('server', 70)] }),
      verdicts: { version: 'supported', 'no-common-alpn': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'no cipher suite in common, twice',
      facts: [
        tls({ alerts: [alert('server', 40)] }),
        tls({ alerts: [alert('server', 40, { packet: 16, atNs: 12_600_000 })] }, [], nth(1)),
      ],
      occurrences: 2,
      severity: 'critical',
      verdicts: { cipher: 'supported', 'client-certificate-missing': 'ruled-out', 'server-failed': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'a client certificate is missing, in TLS 1.3 after the first request',
      facts: afterFinished({ clientCertificate: 'empty', alerts: [alert('server', 116, { basis: 'decrypted' })] }),
      verdicts: { 'client-certificate-missing': 'supported', 'client-certificate-refused': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'a client certificate is missing, and the server says so as it says that one is bad (Go)',
      facts: afterFinished({ clientCertificate: 'empty', alerts: [alert('server', 42, { basis: 'decrypted' })] }),
      verdicts: { 'client-certificate-missing': 'supported', 'client-certificate-refused': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'beside one that is missing another is refused, by the same alert',
      facts: [
        afterFinished({ clientCertificate: 'empty', alerts: [alert('server', 42, { basis: 'decrypted' })] }),
        afterFinished({ clientCertificate: 'sent', alerts: [alert('server', 42, { basis: 'decrypted' })] }),
      ],
      findings: 2,
      severity: 'critical',
      verdicts: { 'client-certificate-missing': 'ruled-out', 'client-certificate-refused': 'supported' },
    },
    {
      ...CERTAIN,
      name: 'a client certificate is refused',
      facts: afterFinished({ clientCertificate: 'sent', alerts: [alert('server', 48, { basis: 'decrypted' })] }),
      verdicts: { 'client-certificate-refused': 'supported', 'server-certificate-refused': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'the server’s certificate is refused',
      facts: tls({
        serverHello: SERVER_HELLO,
        certificates: { client: null, server: [{ ...CERTIFICATE, notAfterMs: -1, selfIssued: true }] },
        alerts: [alert('client', 45)],
      }),
      verdicts: { 'server-certificate-refused': 'supported', 'client-certificate-missing': 'ruled-out' },
    },
    {
      ...CERTAIN,
      name: 'the server fails by itself',
      facts: tls({ alerts: [alert('server', 80)] }),
      verdicts: { 'server-failed': 'supported', 'unknown-name': 'open' },
    },
    {
      ...ONE,
      name: 'the alert is told by its shape, a certificate was shown',
      facts: afterFinished({ alerts: [alert('server', null)] }),
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'client-certificate-missing': 'open', cipher: 'ruled-out', 'silent-refusal': 'ruled-out' },
    },
    ...(
      [
        ['before TLS 1.3, with its Finished said', { serverHello: { ...SERVER_HELLO, version: 'TLS 1.2' } }],
        ['in TLS 1.3, with tickets sent', TAKEN],
      ] as const
    ).map(([when, facts]) => ({
      ...ONE,
      name: `a server that had taken the handshake says its last at once, ${when}`,
      facts: afterFinished({ alerts: [alert('server', null)], clientCertificate: null, ...facts }),
      severity: 'warning' as const,
      confidence: 'likely' as const,
      verdicts: {
        'client-certificate-missing': 'open',
        'client-certificate-refused': 'open',
        'server-failed': 'open',
        'server-behind': 'open',
        'unknown-name': 'ruled-out',
        'no-common-alpn': 'ruled-out',
        version: 'ruled-out',
        cipher: 'ruled-out',
        'server-certificate-refused': 'ruled-out',
      } as const,
    })),
    ...(['empty', 'probably-empty'] as const).map((clientCertificate) => ({
      ...ONE,
      name: `a client without a certificate is refused when the server had taken the handshake (${clientCertificate}: nginx stream, HAProxy)`,
      facts: afterFinished({ alerts: [alert('server', null)], ...TAKEN, clientCertificate }),
      severity: 'warning' as const,
      confidence: 'likely' as const,
      verdicts: {
        'client-certificate-missing': 'supported',
        'client-certificate-refused': 'ruled-out',
        'server-failed': 'open',
      } as const,
    })),
    {
      ...ONE,
      name: 'a client’s certificate may be refused when the server had taken the handshake',
      facts: afterFinished({ alerts: [alert('server', null)], ...TAKEN, clientCertificate: 'sent' }),
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'client-certificate-missing': 'ruled-out', 'client-certificate-refused': 'open' },
    },
    {
      ...ONE,
      name: 'one record of an alert’s length behind the ServerHello, and FIN, as Go’s servers refuse a protocol',
      facts: endedFlight([19], { clientHello: clientHelloFacts({ alpn: ['foo/1'] }) }),
      severity: 'warning',
      confidence: 'likely',
      verdicts: {
        'no-common-alpn': 'open',
        'client-certificate-missing': 'ruled-out',
        'server-certificate-refused': 'ruled-out',
        version: 'ruled-out',
        'silent-refusal': 'ruled-out',
      },
    },
    {
      ...ONE,
      name: 'the same of a client that offers no protocol',
      facts: endedFlight([19], { clientHello: clientHelloFacts({ alpn: [] }) }),
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'no-common-alpn': 'ruled-out', 'server-failed': 'open' },
    },
    {
      ...ONE,
      name: 'a balancer of TCP closes upon the ClientHello for want of a server behind',
      facts: [
        tls({}, [finBy('server', 1300)]),
        refused({ ...nth(1), beginsAt: 1250, client: '10.0.1.43', server: '10.0.2.9' }),
      ],
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'server-behind': 'supported', 'silent-refusal': 'ruled-out', 'unknown-name': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the same, while somebody else asks a port that is closed',
      facts: [
        tls({}, [finBy('server', 1300)]),
        refused({ ...nth(1), beginsAt: 1250, client: '10.0.2.1', server: '10.0.2.9' }),
      ],
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'server-behind': 'open', 'silent-refusal': 'supported' },
    },
    {
      ...ONE,
      name: 'the host takes a connection for a server that is gone a moment later, and refuses the next',
      facts: [tls({}, [finBy('server', 1300)]), refused({ ...nth(1), serverPort: 443 })],
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'server-ended': 'supported', 'silent-refusal': 'open' },
    },
    {
      ...ONE,
      name: 'the same beside a request in progress that ends, too',
      facts: [tls({}, [finBy('server', 1300)]), cutAmid(1, -5000)],
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'server-ended': 'supported', 'silent-refusal': 'open' },
    },
    {
      ...ONE,
      name: 'a request in progress ended, but others were answered since',
      facts: [tls({}, [finBy('server', 90_000)]), cutAmid(1, -20_000), answeredIn(2, 30_000)],
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'server-ended': 'open', 'silent-refusal': 'supported' },
    },
    {
      ...ONE,
      name: 'the server took another connection before it refused one',
      facts: [tls({}, [finBy('server', 1300)]), succeeding(1), refused({ ...nth(2), serverPort: 443 })],
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'server-ended': 'open', 'silent-refusal': 'supported' },
    },
    {
      ...ONE,
      name: 'of two such ends one stands alone',
      facts: [
        tls({}, [finBy('server', 1300)]),
        tls({}, [finBy('server', 1300)], { ...nth(900), stream: 1, firstPacket: 21 }),
        refused({ ...nth(901), stream: 2, firstPacket: 41, serverPort: 443 }),
      ],
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'server-ended': 'open', 'silent-refusal': 'supported' },
    },
    {
      ...ONE,
      name: 'the server closes upon the ClientHello, without a word',
      facts: [tls({}, [finBy('server', 1300)]), succeeding(1)],
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'silent-refusal': 'supported', 'client-certificate-missing': 'ruled-out', 'unknown-name': 'open' },
    },
    {
      ...ONE,
      name: 'the same, upon which the client has an alert of its own for that',
      facts: [tls({ alerts: [alert('client', 50)] }, [finBy('server', 1300), rstBy('server', 2700)]), succeeding(1)],
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'silent-refusal': 'supported', 'server-failed': 'open' },
    },
    {
      ...ONE,
      name: 'an alert for what the other side sent, before it closes',
      facts: [tls({ alerts: [alert('server', 50)] }, [finBy('client', 2700)]), succeeding(1)],
      severity: 'warning',
      confidence: 'certain',
      verdicts: { 'server-failed': 'supported', 'silent-refusal': 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the same on a port where nobody is seen to speak TLS: it may be one of plain HTTP',
      facts: [tls({}, [finBy('server', 1300)], { serverPort: 8133 })],
      subject: '10.0.1.43:8133',
      severity: 'warning',
      confidence: 'possible',
      verdicts: { 'silent-refusal': 'open', 'client-certificate-missing': 'ruled-out', 'server-ended': 'open' },
    },
    {
      ...ONE,
      name: 'the same on such a port, where another is answered in TLS',
      facts: [
        tls({}, [finBy('server', 1300)], { serverPort: 8133 }),
        tls({ serverHello: SERVER_HELLO, client: side(2), server: side(3) }, [], { ...nth(1), serverPort: 8133 }),
      ],
      subject: '10.0.1.43:8133',
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'silent-refusal': 'supported' },
    },
    {
      ...ONE,
      name: 'the server chooses none of what a client of gRPC offers, and it leaves',
      facts: [unchosen(0, 'TLS 1.2'), unchosen(1, 'TLS 1.2'), succeeding(2)],
      occurrences: 2,
      severity: 'warning',
      confidence: 'likely',
      verdicts: { 'no-common-alpn': 'supported', 'server-certificate-refused': 'open', version: 'ruled-out' },
      packets: [4, 6],
    },
    {
      ...ONE,
      name: 'the same in TLS 1.3, where keys tell what was chosen',
      facts: [0, 1].map((at) => unchosen(at, 'TLS 1.3', { decryption: 'whole' })),
      occurrences: 2,
      severity: 'critical',
      confidence: 'likely',
      verdicts: { 'no-common-alpn': 'supported' },
    },
    {
      ...ONE,
      name: 'the same without keys: it may be that',
      facts: [unchosen(0, 'TLS 1.3'), unchosen(1, 'TLS 1.3')],
      occurrences: 2,
      severity: 'warning',
      confidence: 'possible',
      verdicts: { 'no-common-alpn': 'open', 'server-certificate-refused': 'open', cipher: 'ruled-out' },
    },
    {
      ...ONE,
      name: 'the client leaves upon a certificate for other names',
      facts: [left(OTHER_NAME), left(OTHER_NAME)],
      occurrences: 2,
      severity: 'warning',
      confidence: 'likely',
      verdicts: {
        'server-certificate-refused': 'supported',
        'client-certificate-missing': 'ruled-out',
        'unknown-name': 'ruled-out',
        'silent-refusal': 'ruled-out',
      },
    },
    {
      ...ONE,
      name: 'the client leaves upon a certificate that has expired',
      facts: left({ notAfterMs: -1 }, 700, { serverHello: { ...SERVER_HELLO, alpn: 'h2' }, server: side(2) }),
      severity: 'notice',
      confidence: 'likely',
      verdicts: { 'server-certificate-refused': 'supported' },
    },
  ],
  silent: [
    {
      name: 'a client leaves amid its handshake, for which the server has an alert',
      lookAlike: 'client-went-away',
      facts: [
        tls({ serverHello: SERVER_HELLO, alerts: [alert('server', 50)] }, [
          finBy('client', 2000),
          rstBy('client', 2700),
        ]),
        tls(
          { alerts: [alert('server', 50, { atNs: 12_600_000 })] },
          [finBy('client', 2000), rstBy('client', 2700)],
          nth(1),
        ),
      ],
    },
    { name: 'a client that offers HTTP/2 alone leaves once', facts: unchosen(0, 'TLS 1.2') },
    {
      name: 'clients that offer HTTP/2 alone leave a server that speaks it with others',
      lookAlike: 'client-went-away',
      facts: [
        unchosen(0, 'TLS 1.3'),
        unchosen(1, 'TLS 1.3'),
        tls({ serverHello: CHOSEN, server: side(3) }, [], nth(2)),
      ],
    },
    { name: 'HTTP/2 was chosen', facts: [0, 1].map((at) => unchosen(at, 'TLS 1.2', { serverHello: CHOSEN })) },
    {
      name: 'clients that may speak HTTP/1 too leave',
      facts: [0, 1].map((at) =>
        unchosen(at, 'TLS 1.2', { clientHello: clientHelloFacts({ alpn: ['h2', 'http/1.1'] }) }),
      ),
    },
    {
      name: 'clients of HTTP/2 that have spoken leave',
      facts: [0, 1].map((at) => unchosen(at, 'TLS 1.3', { client: side(1), server: side(1) })),
    },
    { name: 'a health check that ends with the handshake', facts: [unused(0), unused(1)] },
    { name: 'and clients in front that are answered well', facts: [unused(0), told(0, 200)] },
    { name: 'a connection opened ahead, and closed a second later', facts: [unused(0, {}, 1_002_100), told(0)] },
    { name: 'a client that had asked', facts: [unused(0, { client: side(1), server: side(2) }), told(0)] },
    ...Object.entries({
      'a certificate for the name': left(named('x.example', 'SERVER.example')),
      'a certificate for all names of the domain': left(named('*.example')),
      'a certificate with more names than are kept': left({ ...OTHER_NAME, alternativeNameCount: 120 }),
      'a certificate that is signed by itself, which health checks do not mind': left({ selfIssued: true }),
      'a certificate for other names, where none was called': left(OTHER_NAME, 700, {
        clientHello: { ...clientHelloFacts(), serverNames: [] },
      }),
      'a certificate for other names, and somebody who only tries the handshake': left(OTHER_NAME, 800_000),
      'a certificate for other names, and a server that has said something': left(OTHER_NAME, 700, { server: side(1) }),
      'a certificate for other names, and a request': left(OTHER_NAME, 700, { client: side(1) }),
    }).map(([name, facts]) => ({ name: `a client leaves: ${name}`, lookAlike: 'client-went-away', facts })),
    {
      name: 'a client leaves: others go on with the same certificate',
      lookAlike: 'client-went-away',
      facts: [left(OTHER_NAME), succeeding(1)],
    },
    ...[
      'strict-sni',
      'no-sni',
      'alpn',
      'version',
      'cipher',
      'untrusted',
      'client-certificate',
      'client-certificate-tls12',
    ].map((name) => ({ name: `sample ${name}, healthy`, capture: `samples/tls-handshake-${name}-healthy.pcapng` })),
    { name: 'Chromium opens connections ahead', capture: 'samples/tls-handshake-browser-healthy.pcapng' },
    { name: 'sessions are resumed', capture: 'samples/healthy-resumption.pcapng' },
    ...(['snappedBytes', 'lostBytes'] as const).map((missing) => {
      const closed = afterFinished({ alerts: [alert('server', null)] });
      return {
        name: `the alert is told by its shape, and the server's ${missing} may have been answers`,
        facts: { ...closed, server: { ...closed.server, [missing]: 700 } },
      };
    }),
    ...(['client', 'server'] as const).map((from) => {
      const closed = afterFinished({ alerts: [alert(from, 80, { basis: 'decrypted' })] });
      return {
        name: `bytes of the ${from} were lost before its internal_error: a conversation may have been among them`,
        facts: { ...closed, [from]: { ...closed[from], lostBytes: 700 } },
      };
    }),
    {
      name: 'the alert is told by its shape, and of the client bytes are missing: which record ended its handshake is not known',
      facts: (() => {
        const closed = afterFinished({ alerts: [alert('server', null)] });
        return { ...closed, client: { ...closed.client, lostBytes: 700 } };
      })(),
    },
    { name: 'the server goes on behind its ServerHello, and is cut', facts: endedFlight([19, 800], {}) },
    { name: 'what follows the ServerHello is longer than an alert', facts: endedFlight([800], {}) },
    {
      name: 'one record of an alert’s length behind the ServerHello, and the client leaves first',
      facts: endedFlight([19], {}, [finBy('client', 2600)]),
    },
    {
      name: 'an alert’s length behind the ServerHello of TLS 1.2 is no flight',
      facts: endedFlight([19], { serverHello: { ...SERVER_HELLO, version: 'TLS 1.2' } }),
    },
    {
      name: 'close_notify',
      lookAlike: 'close-notify',
      facts: tls({ serverHello: SERVER_HELLO, alerts: [alert('server', 0), alert('client', 90)] }),
    },
    {
      name: 'a warning about the name',
      lookAlike: 'warning-only',
      facts: tls({ serverHello: SERVER_HELLO, alerts: [alert('server', 112, { level: 'warning' })] }),
    },
    {
      name: 'the client leaves half a handshake',
      lookAlike: 'client-went-away',
      facts: tls({}, [finBy('client', 1300), finBy('server', 1400)]),
    },
    {
      name: 'a HelloRetryRequest, and then the client goes',
      lookAlike: 'hello-retry',
      facts: tls({ helloRetryRequest: 5 }, [
        { at: 1500, is: 'data', from: 'server', bytes: 99 },
        rstBy('client', 1600),
      ]),
    },
    {
      name: 'an alert after the server’s data',
      lookAlike: 'amid-conversation',
      facts: afterFinished({ server: side(4), alerts: [alert('server', 20, { basis: 'decrypted' })] }),
    },
    {
      name: 'an unused connection is given up after a minute',
      lookAlike: 'unused-connection',
      facts: afterFinished({ client: side(0), alerts: [alert('server', null, { atNs: 60_000_000_000 })] }),
    },
    {
      name: 'a bad request',
      lookAlike: 'bad-request',
      facts: {
        ...connection([...handshake(), get(1500), answer(1900, 400), finBy('server', 2000)], { serverPort: 443 }),
        tls: tlsFacts({
          clientHello: clientHelloFacts(),
          client: side(1),
          server: side(1),
          certificateRequested: false,
        }),
      },
    },
    ...Object.entries({
      'of a server behind nginx': answeredOverH2(0, 87, { shown: 'sent' }),
      'of that length of another server': answeredOverH2(0, 230, { server: 'envoy' }),
      'and others are answered without a certificate': [answeredOverH2(0, 237), answeredOverH2(1, 2, { status: 200 })],
    }).map(([name, facts]) => ({ name: `a bad request over HTTP/2: ${name}`, lookAlike: 'bad-request', facts })),
  ],
  cannotTell: [
    { name: 'no hello was seen', facts: tls({ clientHello: null, alerts: [alert('server', 40)] }) },
    {
      name: 'the server’s direction is missing',
      facts: tls({}, [finBy('server', 1300)], { guards: { oneSided: true } }),
    },
  ],
});

it('a CONNECT that was answered is no request that was lost', () => {
  const facts = inTunnel(0, 'shop.example:443', { alerts: [alert('server', 70)] }, [finBy('server', 2600)]);
  const [finding] = findingsOf(tlsHandshakeFailure, [facts]);
  expect(finding?.facts).toMatchObject({ requestsLost: 0 });
  expect(finding?.summary).toContain('what is called the server here is shop.example:443');
});

describe('tls-handshake-failure within tunnels', () => {
  const wellIn = (at: number, target: string): Connection =>
    inTunnel(at, target, { serverHello: SERVER_HELLO, client: side(2), server: side(3) }, [finBy('server', 2600)]);

  it('counts those of the proxy’s tunnels, and says where they lead', () => {
    const direct = [4, 5].map((at) => {
      const made = tls({ alerts: [alert('server', 70)] }, [], nth(at));
      return { ...made, server: refusedIn(at, '').server };
    });
    const facts = [refusedIn(0, 'web1.example:443'), refusedIn(1, 'web2.example:443'), wellIn(2, 'web3.example:443')];
    const found = findingsOf(tlsHandshakeFailure, [...facts, ...direct]);
    expect(found.map(({ title, occurrences }) => [title.includes('in tunnels'), occurrences])).toEqual([
      [false, 2],
      [true, 2],
    ]);
    expect(found[1]?.facts).toMatchObject({ handshakesOfServer: 3, succeeded: 1 });
    expect(found[1]?.summary).toContain('2 of 3 handshakes');
    expect(found[1]?.summary).toContain('2 hosts and ports: web1.example:443 and web2.example:443.');
  });

  it('makes one finding of any number of targets', () => {
    const facts = Array.from({ length: 300 }, (_, at) =>
      refusedIn(at, `${String.fromCharCode(97 + (at % 26), 97 + Math.floor(at / 26))}.example:443`),
    );
    const found = findingsOf(tlsHandshakeFailure, facts);
    expect(found.map(({ occurrences }) => occurrences)).toEqual([300]);
    expect(found[0]?.title).toContain('of the server in tunnels at');
    expect(found[0]?.summary).toContain('300 of 300 handshakes');
    expect(found[0]?.summary).toContain('at least 64 hosts and ports, among them');
  });

  it('knows a tunnel that was refused first for want of a password', () => {
    const hello = { at: 1200, is: 'data', from: 'client', bytes: 517 } as const;
    const target = 'shop.example:443';
    const refusedFirst = [get(1010, target, { method: 'CONNECT' }), answer(1020, 407, 50, { headBytes: 100 })];
    const asked = inTunnel(0, target, { alerts: [alert('server', 70)] }, [hello, finBy('server', 2600)], refusedFirst);
    const silent = inTunnel(0, target, {}, [hello, finBy('server', 1300)], refusedFirst);
    for (const [facts, sign] of [
      [asked, 'alert'],
      [silent, 'silent'],
    ] as const) {
      const [finding] = findingsOf(tlsHandshakeFailure, [facts]);
      expect(finding?.facts).toMatchObject({ sign, requestsLost: 0 });
      expect(finding?.title).toContain('in tunnels to shop.example:443 at');
    }
  });

  it('hears a close behind an answer to CONNECT that was sent again', () => {
    const hello = { at: 1200, is: 'data', from: 'client', bytes: 517 } as const;
    const made = inTunnel(0, 'shop.example:443', {}, [hello, finBy('server', 1300)]);
    const again = { ...made, server: { ...made.server, payloadBytes: 200 } };
    expect(findingsOf(tlsHandshakeFailure, [again])).toMatchObject([{ facts: { sign: 'silent' } }]);
    const said = { at: 1250, is: 'data', from: 'server', bytes: 300 } as const;
    const spoken = inTunnel(0, 'shop.example:443', {}, [hello, said, finBy('server', 1300)]);
    expect(findingsOf(tlsHandshakeFailure, [spoken])).toEqual([]);
  });

  it('tells the handshake with a proxy that is asked within TLS apart from those in its tunnels', () => {
    const made = refusedIn(0, 'shop.example:443');
    const outer = tlsFacts({ clientHello: clientHelloFacts(), serverHello: SERVER_HELLO, server: side(3) });
    const [finding] = findingsOf(tlsHandshakeFailure, [{ ...made, tls: { ...outer, inner: made.tls } }]);
    expect(finding?.facts).toMatchObject({ handshakesOfServer: 1, succeeded: 0 });
  });
});

it('a close upon the ClientHello within a tunnel is told, though the proxy has answered the CONNECT', () => {
  const told = (target: string) => {
    const hello = { at: 1200, is: 'data', from: 'client', bytes: 517 } as const;
    const [finding] = findingsOf(tlsHandshakeFailure, [inTunnel(0, target, {}, [hello, finBy('server', 1300)])]);
    return [finding?.facts, finding?.confidence];
  };
  expect(told('shop.example:443')).toMatchObject([{ sign: 'silent' }, 'likely']);
  expect(told('shop.example:8443')).toMatchObject([{ sign: 'silent' }, 'possible']);
});

it.each([
  ['server', 112],
  ['server', 80],
  ['client', 48],
] as const)(
  'a name that is none is told, and never put into a line to paste (alert of the %s, %i)',
  (from, description) => {
    const serverNames = ['x;reboot;`id`.example'];
    const facts = tls({ clientHello: clientHelloFacts({ serverNames }), alerts: [alert(from, description)] });
    const [finding] = findingsOf(tlsHandshakeFailure, [facts]);
    const configs = finding?.remedies.map(({ config }) => config ?? '').join('\n') ?? '';
    expect(finding?.summary).toContain('reboot');
    expect(configs).not.toContain('reboot');
    if (from === 'client') expect(configs).toContain('-servername NAME ');
  },
);

it('names that a certificate has beyond those told are counted', () => {
  const facts = left(named('a.example', 'b.example', 'c.example', 'd.example', 'e.example'));
  const [finding] = findingsOf(tlsHandshakeFailure, [facts]);
  expect(finding?.summary).toContain('does not name server.example, but a.example, b.example, c.example and 2 more');
});

describe('tls-handshake-failure says what a proxy told its clients', () => {
  const summaryOf = (facts: readonly Connection[]): string | undefined =>
    findingsOf(tlsHandshakeFailure, facts)[0]?.summary;

  it('where the handshakes are its own', () => {
    expect(summaryOf([refusedHandshake(0), told(0), refusedHandshake(1), told(1)])).toContain(
      '10.0.0.49:80 told its clients 502 for it, twice (from #905).',
    );
  });

  it('not where it did so for fewer than half of them', () => {
    expect(summaryOf([refusedHandshake(0), told(0), ...[400, 800].map(refusedHandshake)])).not.toContain('502');
  });

  it('not where it did so more often than there were handshakes', () => {
    const often = { ...told(0), stream: 95 };
    expect(summaryOf([refusedHandshake(0), told(0), often])).not.toContain('502');
  });

  it('not where they are of several clients', () => {
    const other = refusedHandshake(1);
    const elsewhere = { ...other.client, endpoint: { ...other.client.endpoint, address: '198.51.100.7' } };
    expect(summaryOf([refusedHandshake(0), told(0), { ...other, client: elsewhere }, told(1)])).not.toContain('502');
  });
});

describe('tls-handshake-failure of one client that fails with two names', () => {
  const refused = (at: number, name: string): Connection =>
    tls(
      {
        clientHello: clientHelloFacts({ serverNames: [name] }),
        alerts: [alert('server', 40, { packet: 10_000 * at + 6 })],
      },
      [],
      nth(at),
    );
  const failing = [refused(0, 'a.example'), refused(1, 'b.example')];
  const [onlyOne, both] = [
    [...failing, succeeding(2, 'a.example')],
    [...failing, succeeding(2, 'a.example'), succeeding(3, 'b.example')],
  ].map((facts) => findingsOf(tlsHandshakeFailure, facts)[0]);

  it('says that it got in later where it did so with each', () => {
    expect(both).toMatchObject({ severity: 'notice', facts: { clientsThatSucceededLater: 1 } });
    expect(both?.summary).toContain('1 client succeeded later with the same name.');
  });

  it('warns where it did so with one of them', () => {
    expect(onlyOne).toMatchObject({ severity: 'warning', facts: { clientsThatSucceededLater: 0 } });
  });
});

describe('tls-handshake-failure of a server that had taken the handshake', () => {
  const findingOf = (facts: Partial<TlsFacts>) =>
    findingsOf(tlsHandshakeFailure, [afterFinished({ alerts: [alert('server', null)], ...TAKEN, ...facts })])[0];
  const remediesOf = (facts: Partial<TlsFacts>) => findingOf(facts)?.remedies.map(({ text }) => text) ?? [];
  /** A protected record of a handshake message, before TLS 1.3. */
  const message = { packet: 6, atNs: 1_500_000, contentType: 22, length: 40 };

  it('tells servers behind it as one possibility, where no request came before the close', () => {
    const { summary } = findingOf({ clientCertificate: 'probably-empty', client: side(0) }) ?? {};
    expect(summary).toContain(
      'It may be a server that refuses clients without one only then (nginx, HAProxy), or an application that hangs up, or one that ends TLS for servers behind it, and cannot reach them.',
    );
  });

  it('tells nothing of servers behind it where one did', () => {
    expect(findingOf({ clientCertificate: null })?.summary).toContain(
      'It may be a server that has asked for a client certificate and refuses it only then (nginx, HAProxy), or an application that hangs up.',
    );
  });

  it('tells nothing of certificates where none was asked for', () => {
    expect(findingOf({ clientCertificate: null, certificateRequested: false })?.summary).toContain(
      'It may be an application that hangs up.',
    );
  });

  it('looks at the certificate first where one was asked for, at servers behind last', () => {
    const [first, , last] = remediesOf({ clientCertificate: 'sent' });
    expect(first).toContain('See whether the client’s certificate');
    expect(last).toContain('see whether the server behind can be reached');
    expect(remediesOf({ clientCertificate: 'probably-empty' })[0]).toContain('must show a certificate');
    expect(remediesOf({ clientCertificate: null })[0]).toContain('The log of the side that ended it');
  });

  it.each([
    ['dropped', [message]],
    ['shape', [message, message]],
  ])('is told (%s) from a renegotiation by the messages of the handshake', (sign, firstProtected) => {
    const facts = findingOf({
      serverHello: { ...SERVER_HELLO, version: 'TLS 1.2' },
      server: { ...side(0), firstProtected },
    })?.facts;
    expect(facts).toMatchObject({ sign });
  });
});
