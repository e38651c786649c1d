/** Client and server that have no server name, protocol, version or cipher in common. */
import { join } from 'node:path';
import { callsTo, PARTNER_A, PARTNER_B, PARTNER_C, WEB } from './calls.mjs';
import { CURL_REFUSED, handshakesMustBe } from './handshakes.mjs';
import { NO_SHARED_PROTOCOL } from './http2-client.mjs';
import { alerts, fins, noAlerts } from './marks.mjs';
import { certificateFolder, haproxy, nginx } from './servers.mjs';

const SHOP = 'shop.example';
const API = 'api.example';
const WWW = 'www.shop.example';

const BROWSING = { from: WEB, host: SHOP, paths: ['/', '/assets/shop.css', '/assets/logo.svg'], calls: 3 };
const SYNCING = { from: PARTNER_A, host: API, paths: ['/v1/orders?state=paid', '/v1/orders/81734'], calls: 3 };

/** The server's certificates are for SHOP and API. `start(lab, network, folder)`. */
function take(startServer, clients, names = [SHOP, API]) {
  return callsTo(async (lab, network) => {
    const root = await lab.authority('Example Root CA');
    const certificates = {};
    for (const name of names) certificates[name] = await root.sign([name]);
    const server = await startServer(lab, network, await certificateFolder(lab, certificates));
    const common = ['--cacert', root.certificate];
    return {
      server,
      clients: clients.map((client) => ({
        ...client,
        authority: root.certificate,
        options: [...common, ...(client.options ?? [])],
      })),
    };
  });
}

function answered({ paths }) {
  return { status: 200, requests: paths.length };
}

function pair({ name, setUp, clients, failing, failingStart, mendedStart, names, ...rest }) {
  const twin = `${name}-healthy.pcapng`;
  const { decisive, mended, differs, wrong, diagnosis, healthyDiagnosis, marks, alert, healthy } = rest;
  const all = [...clients, ...failing];
  const connections = all.reduce((sum, { calls }) => sum + calls, 0);
  return [
    {
      ...{
        file: `${name}.pcapng`,
        setUp,
        decisive,
        wrong,
        diagnosis,
        twin,
        differs,
        marks: [...marks, fins(connections)],
      },
      take: take(failingStart, all, names),
      faults: handshakesMustBe({
        ...Object.fromEntries(clients.map((client) => [client.from, answered(client)])),
        ...Object.fromEntries(
          failing.map(({ from }) => [from, { alert, by: 'server', exits: [...CURL_REFUSED, NO_SHARED_PROTOCOL] }]),
        ),
      }),
    },
    {
      ...{ file: twin, setUp, decisive: mended, wrong: null, diagnosis: healthyDiagnosis },
      marks: [noAlerts(), ...(healthy ?? [fins(connections)])],
      take: take(mendedStart, all, names),
      faults: handshakesMustBe(Object.fromEntries(all.map((client) => [client.from, answered(client)]))),
    },
  ];
}

function haproxyWith(bind, global = []) {
  return (lab, network, folder) => haproxy(lab, network, { bind: bind(folder), global });
}

const certificateOf = (folder, name) => `crt ${join(folder, name)}.pem`;
const BOTH = (folder) => `${certificateOf(folder, SHOP)} ${certificateOf(folder, API)}`;

function nginxListening(listen) {
  return (lab, network, folder) => {
    const lines = [
      `server_name ${API};`,
      `ssl_certificate ${join(folder, API)}.pem;`,
      `ssl_certificate_key ${join(folder, API)}.pem;`,
    ];
    return nginx(lab, network, { listen, lines });
  };
}

const ciphers = (list) => [`ssl-default-bind-ciphers ${list}`];

export const parameterSamples = [
  ...pair({
    name: 'tls-handshake-strict-sni',
    setUp: 'x',
    clients: [BROWSING, SYNCING],
    failing: [
      { from: PARTNER_B, host: WWW, paths: ['/'], calls: 3 },
      { from: PARTNER_C, host: WWW, paths: ['/'], calls: 1 },
    ],
    names: [SHOP, API, WWW],
    alert: 112,
    failingStart: haproxyWith((folder) => `${BOTH(folder)} strict-sni`),
    mendedStart: haproxyWith((folder) => `${BOTH(folder)} ${certificateOf(folder, WWW)} strict-sni`),
    decisive: [],
    mended: [],
    differs: [],
    wrong: 'x',
    diagnosis: 'x',
    healthyDiagnosis: 'x',
    marks: [alerts(112, 'unrecognized_name', 4)],
  }),
  ...pair({
    name: 'tls-handshake-no-sni',
    setUp: 'x',
    clients: [BROWSING, SYNCING],
    failing: [{ from: PARTNER_B, host: '10.0.0.49', paths: ['/health'], calls: 3, options: ['--insecure'] }],
    alert: 112,
    failingStart: haproxyWith((folder) => `${BOTH(folder)} strict-sni`),
    mendedStart: haproxyWith((folder) => `${BOTH(folder)}`),
    decisive: [],
    mended: [],
    differs: [],
    wrong: 'x',
    diagnosis: 'x',
    healthyDiagnosis: 'x',
    marks: [alerts(112, 'unrecognized_name', 3)],
  }),
  ...pair({
    name: 'tls-handshake-alpn',
    setUp: 'x',
    clients: [SYNCING],
    failing: [
      { from: PARTNER_B, host: API, paths: ['/v1/orders?state=paid', '/v1/orders/81735'], calls: 3, http2: true },
    ],
    alert: 120,
    failingStart: nginxListening(''),
    mendedStart: nginxListening(' http2'),
    decisive: [],
    mended: [],
    differs: [],
    wrong: 'x',
    diagnosis: 'x',
    healthyDiagnosis: 'x',
    marks: [alerts(120, 'no_application_protocol', 3)],
  }),
  ...pair({
    name: 'tls-handshake-version',
    setUp: 'x',
    clients: [BROWSING, SYNCING],
    failing: [
      { from: PARTNER_B, host: API, paths: ['/v1/orders?state=paid'], calls: 3, options: ['--tls-max', '1.2'] },
    ],
    alert: 70,
    failingStart: haproxyWith((folder) => `${BOTH(folder)} ssl-min-ver TLSv1.3`),
    mendedStart: haproxyWith((folder) => `${BOTH(folder)} ssl-min-ver TLSv1.2`),
    decisive: [],
    mended: [],
    differs: [],
    wrong: 'x',
    diagnosis: 'x',
    healthyDiagnosis: 'x',
    marks: [alerts(70, 'protocol_version', 3)],
  }),
  ...pair({
    name: 'tls-handshake-cipher',
    setUp: 'x',
    clients: [BROWSING, SYNCING],
    failing: [
      {
        from: PARTNER_B,
        host: API,
        paths: ['/v1/orders?state=paid'],
        calls: 3,
        options: ['--tls-max', '1.2', '--ciphers', 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA'],
      },
    ],
    alert: 40,
    failingStart: haproxyWith(BOTH, ciphers('ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305')),
    mendedStart: haproxyWith(
      BOTH,
      ciphers('ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-SHA256'),
    ),
    decisive: [],
    mended: [],
    differs: [],
    wrong: 'x',
    diagnosis: 'x',
    healthyDiagnosis: 'x',
    marks: [alerts(40, 'handshake_failure', 3)],
  }),
];
