/** Client and server that have no server name, protocol, version or cipher in common. */
import { join } from 'node:path';
import { FRONT } from '../../parts/front.mjs';
import { callsTo, PARTNER_A, PARTNER_B, PARTNER_C, WEB } from './calls.mjs';
import { CURL_REFUSED, handshakesMustBe } from './handshakes.mjs';
import { NO_SHARED_PROTOCOL } from './http2-client.mjs';
import { alerts, fins, noAlerts } from './marks.mjs';
import { certificateFolder, haproxy, nginx } from './servers.mjs';

const SHOP = 'shop.example';
const API = 'api.example';
const WWW = 'www.shop.example';
const SERVER = `${FRONT}:443`;

/** Where the certificates lie in the recorded settings. */
const RECORDED = 'LAB/certificates';

const BROWSING = { from: WEB, host: SHOP, paths: ['/', '/assets/shop.css', '/assets/logo.svg'], calls: 3 };
const SYNCING = { from: PARTNER_A, host: API, paths: ['/v1/orders?state=paid', '/v1/orders/81734'], calls: 3 };

const crt = (folder, ...names) => names.map((name) => `crt ${join(folder, name)}.pem`).join(' ');

/** HAProxy with TLS: what stands on its bind line, given the folder of the certificates, and in its global section. */
function haproxyWith(bind, global = []) {
  return {
    start: (lab, network, folder) => haproxy(lab, network, { bind: bind(folder), global }),
    lines: [...global, `bind ${SERVER} ssl ${bind(RECORDED)}`],
  };
}

function nginxListening(listen) {
  return {
    start: (lab, network, folder) => {
      const certificate = `${join(folder, API)}.pem`;
      const lines = [`server_name ${API};`, `ssl_certificate ${certificate};`, `ssl_certificate_key ${certificate};`];
      return nginx(lab, network, { listen, lines });
    },
    lines: [`listen ${SERVER} ssl${listen};`],
  };
}

const ciphers = (...list) =>
  haproxyWith((folder) => crt(folder, SHOP, API), [`ssl-default-bind-ciphers ${list.join(':')}`]);

const WEAKER_CIPHERS = ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES128-SHA'];
const STRONG_CIPHERS = ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305'];

export const parameterSamples = [
  ...pair({
    name: 'tls-handshake-strict-sni',
    server: 'HAProxy with strict-sni and certificates for shop.example and api.example, captured on all devices',
    mendedServer: 'HAProxy with strict-sni and a certificate for www.shop.example too, captured on all devices',
    device: 'any',
    succeeding: [BROWSING, SYNCING],
    refused: [
      { from: PARTNER_B, host: WWW, paths: ['/'], calls: 3 },
      { from: PARTNER_C, host: WWW, paths: ['/'], calls: 1 },
    ],
    who: '.12 and .13 of www.shop.example',
    alert: [112, 'unrecognized_name', 4],
    failing: haproxyWith((folder) => `${crt(folder, SHOP, API)} strict-sni`),
    mended: haproxyWith((folder) => `${crt(folder, SHOP, API, WWW)} strict-sni`),
    wrong:
      'HAProxy has no certificate for www.shop.example: it answers every ClientHello with that name with alert 112 and FIN',
    diagnosis: `tls-handshake-failure, ${SERVER}: 4 of 10 handshakes refused with alert 112 unrecognized_name right upon the ClientHello, all with the server name www.shop.example, of 2 clients; other names succeed from the same moment, so neither version nor cipher. Remedy: a certificate for www.shop.example on the bind line (\`crt\`), or no \`strict-sni\``,
    healthy: 'nothing: every name has its certificate',
  }),
  ...pair({
    name: 'tls-handshake-no-sni',
    server: 'HAProxy with strict-sni',
    mendedServer: 'HAProxy without strict-sni',
    succeeding: [BROWSING, SYNCING],
    refused: [
      {
        from: PARTNER_B,
        host: FRONT,
        paths: ['/health'],
        calls: 3,
        options: ['--insecure', '--user-agent', 'uptime-probe/1.4'],
      },
    ],
    who: '.12, a probe, of the bare address, so without a server name',
    alert: [112, 'unrecognized_name', 3],
    failing: haproxyWith((folder) => `${crt(folder, SHOP, API)} strict-sni`),
    mended: haproxyWith((folder) => crt(folder, SHOP, API)),
    wrong:
      'a probe calls by address and names no server: strict-sni refuses it with alert 112 each time, and it reports a healthy server as down',
    diagnosis: `tls-handshake-failure, ${SERVER}: 3 of 9 handshakes refused with alert 112 unrecognized_name, all of 10.0.0.12 and all without the server_name extension; it calls at a fixed pace like a health check. Remedy: let the probe name the server (\`--resolve\` or \`--connect-to\` with curl; \`check-sni\` with HAProxy), or take \`strict-sni\` off the bind line. No certificate is missing`,
    healthy: 'nothing: a ClientHello without a server name is given the first certificate',
  }),
  ...pair({
    name: 'tls-handshake-alpn',
    server: 'nginx without HTTP/2',
    mendedServer: 'nginx with HTTP/2',
    succeeding: [SYNCING],
    refused: [
      { from: PARTNER_B, host: API, paths: ['/v1/orders?state=paid', '/v1/orders/81735'], calls: 3, http2: true },
    ],
    who: 'and with Node .12 of api.example, which offers h2 alone',
    alert: [120, 'no_application_protocol', 3],
    failing: nginxListening(''),
    mended: nginxListening(' http2'),
    wrong: 'the client offers h2 alone, nginx speaks HTTP/1.1 alone: alert 120 and FIN right upon the ClientHello',
    diagnosis: `tls-handshake-failure, ${SERVER}: 3 of 6 handshakes refused with alert 120 no_application_protocol, all of 10.0.0.12, which offers ALPN h2 alone; clients that offer http/1.1 too succeed. Remedy: \`listen 443 ssl http2;\``,
    healthy: 'nothing: .12 speaks HTTP/2 with the server, .11 chooses between h2 and http/1.1 as well',
  }),
  ...pair({
    name: 'tls-handshake-version',
    server: 'HAProxy with TLS 1.3 alone',
    mendedServer: 'HAProxy with TLS 1.2 and 1.3',
    succeeding: [BROWSING, SYNCING],
    refused: [
      {
        from: PARTNER_B,
        host: API,
        paths: ['/v1/orders?state=paid'],
        calls: 3,
        options: ['--tls-max', '1.2', '--user-agent', 'till-sync/2.0'],
      },
    ],
    who: '.12, which knows TLS 1.2 at most, of api.example',
    alert: [70, 'protocol_version', 3],
    failing: haproxyWith((folder) => `${crt(folder, SHOP, API)} ssl-min-ver TLSv1.3`),
    mended: haproxyWith((folder) => `${crt(folder, SHOP, API)} ssl-min-ver TLSv1.2`),
    wrong:
      'a client that knows TLS 1.2 at most meets a server that wants TLS 1.3: alert 70 and FIN right upon the ClientHello',
    diagnosis: `tls-handshake-failure, ${SERVER}: 3 of 9 handshakes refused with alert 70 protocol_version, all of 10.0.0.12, whose ClientHello has no supported_versions beyond TLS 1.2; the others negotiate TLS 1.3. Remedy: \`ssl-min-ver TLSv1.2\` on the bind line, or a newer client`,
    healthy: 'nothing: .12 is given TLS 1.2, the others TLS 1.3',
  }),
  ...pair({
    name: 'tls-handshake-cipher',
    server: 'HAProxy with two ciphers for TLS 1.2',
    mendedServer: 'HAProxy with three ciphers for TLS 1.2, one of them with CBC',
    succeeding: [BROWSING, SYNCING],
    refused: [
      {
        ...{ from: PARTNER_B, host: API, paths: ['/v1/orders?state=paid'], calls: 3 },
        options: ['--tls-max', '1.2', '--ciphers', WEAKER_CIPHERS.join(':'), '--user-agent', 'till-sync/2.0'],
      },
    ],
    who: '.12, which knows TLS 1.2 and two CBC ciphers, of api.example',
    alert: [40, 'handshake_failure', 3],
    failing: ciphers(...STRONG_CIPHERS),
    mended: ciphers(...STRONG_CIPHERS, WEAKER_CIPHERS[0]),
    wrong:
      'a TLS 1.2 client and the server have no cipher suite in common: alert 40 and FIN right upon the ClientHello',
    diagnosis: `tls-handshake-failure, ${SERVER}: 3 of 9 handshakes refused with alert 40 handshake_failure before a ServerHello, all of 10.0.0.12, which offers TLS 1.2 with ${WEAKER_CIPHERS.join(' and ')} alone. Before the ServerHello it cannot be about a client certificate; the version is accepted, else it were alert 70. Remedy: one of its suites in \`ssl-default-bind-ciphers\`, or a newer client`,
    healthy: 'nothing: .12 is given TLS 1.2 with the CBC suite added for it',
  }),
];

/** Two samples that differ in the lines of the server alone. */
function pair({ name, server, mendedServer, device, succeeding, refused, who, alert, failing, mended, ...texts }) {
  const { wrong, diagnosis, healthy } = texts;
  const twin = `${name}-healthy.pcapng`;
  const others = succeeding.map(({ from, host }) => `.${from.split('.').at(-1)} of ${host}`);
  const setUp = (which) => `${which}, before nginx. Clients, with curl: ${[...others, who].join(', ')}.`;
  const clients = [...succeeding, ...refused];
  const connections = clients.reduce((sum, { calls }) => sum + calls, 0);
  const refusal = { alert: alert[0], by: 'server', exits: [...CURL_REFUSED, NO_SHARED_PROTOCOL] };
  const only = (ours, theirs) => ours.lines.filter((line) => !theirs.lines.includes(line));
  return [
    {
      ...{ file: `${name}.pcapng`, setUp: setUp(server), wrong, diagnosis, twin },
      decisive: only(failing, mended),
      differs: [
        ...only(failing, mended).map((line) => `- ${line}`),
        ...only(mended, failing).map((line) => `+ ${line}`),
      ],
      marks: [alerts(...alert), fins(connections)],
      take: take(failing.start, clients, device),
      faults: handshakesMustBe({ ...allAnswered(succeeding), ...allOf(refused, () => refusal) }),
    },
    {
      ...{ file: twin, setUp: setUp(mendedServer), wrong: null, diagnosis: healthy },
      decisive: only(mended, failing),
      marks: [noAlerts(), fins(connections)],
      take: take(mended.start, clients, device),
      faults: handshakesMustBe(allAnswered(clients)),
    },
  ];
}

function take(startServer, clients, device) {
  return callsTo(
    async (lab, network) => {
      const root = await lab.authority('Example Root CA');
      const certificates = {};
      for (const name of [SHOP, API, WWW]) certificates[name] = await root.sign([name]);
      const server = await startServer(lab, network, await certificateFolder(lab, certificates));
      const trusting = ({ options = [], ...client }) => {
        return { ...client, authority: root.certificate, options: ['--cacert', root.certificate, ...options] };
      };
      return { server, clients: clients.map(trusting) };
    },
    { device },
  );
}

function allAnswered(clients) {
  return allOf(clients, ({ paths }) => ({ status: 200, requests: paths.length }));
}

function allOf(clients, expected) {
  return Object.fromEntries(clients.map((client) => [client.from, expected(client)]));
}
