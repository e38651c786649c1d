/** A server that wants to see a certificate of its partners; some have none, or one that it does not accept. */
import { join } from 'node:path';
import { callsTo, PARTNER_A, PARTNER_B, PARTNER_C, PARTNER_D } from './calls.mjs';
import { CURL_REFUSED, handshakesMustBe } from './handshakes.mjs';
import { alerts, fins, noAlerts, resets } from './marks.mjs';
import { certificateFolder, haproxy, nginx } from './servers.mjs';

const API = 'api.example';

const CALLERS = `curl as four partners of ${API}`;

/** How often each partner calls, and what it asks for. Upon a failure curl would open one more connection for each path. */
const CALLS = {
  [PARTNER_A]: { calls: 4, paths: ['/v1/orders?state=paid', '/v1/orders/81734'] },
  [PARTNER_B]: { calls: 3, paths: ['/v1/orders?state=paid'] },
  [PARTNER_C]: { calls: 2, paths: ['/v1/orders/81735'] },
  [PARTNER_D]: { calls: 1, paths: ['/v1/orders?state=new'] },
};
const CONNECTIONS = 10;

const MENDED = 'signed by Partners CA';
/** Whose certificate each partner shows; of Partners CA all in the twin. */
const SHOWN = {
  [PARTNER_A]: MENDED,
  [PARTNER_B]: 'none',
  [PARTNER_C]: 'signed by Former Partners CA',
  [PARTNER_D]: 'signed by Partners CA, expired',
};

const DIFFERS = Object.entries(SHOWN).flatMap(([from, shown]) =>
  shown === MENDED ? [] : [`- certificate of ${from}: ${shown}`],
);
const MENDED_LINES = Object.entries(SHOWN).flatMap(([from, shown]) =>
  shown === MENDED ? [] : [`+ certificate of ${from}: ${MENDED}`],
);

function take(startServer, { isMended }) {
  return callsTo(async (lab, network) => {
    const root = await lab.authority('Example Root CA');
    const partners = await lab.authority('Partners CA');
    const former = await lab.authority('Former Partners CA');
    const folder = await certificateFolder(lab, { [API]: await root.sign([API]) });
    const sign = {
      [MENDED]: (name) => partners.sign([name], { client: true }),
      [SHOWN[PARTNER_C]]: (name) => former.sign([name], { client: true }),
      [SHOWN[PARTNER_D]]: (name) => partners.sign([name], { client: true, days: -20 }),
    };
    const shown = isMended ? Object.fromEntries(Object.keys(SHOWN).map((from) => [from, MENDED])) : SHOWN;
    lab.setting(
      'client certificates',
      Object.entries(shown)
        .map(([from, which]) => `certificate of ${from}: ${which}`)
        .join('\n'),
    );
    const clients = [];
    for (const [from, which] of Object.entries(shown)) {
      const files = await sign[which]?.(`partner-${from.split('.').at(-1)}.example`);
      const own = files === undefined ? [] : ['--cert', files.certificate, '--key', files.key];
      const options = ['--cacert', root.certificate, '--user-agent', 'order-sync/4.2', ...own];
      clients.push({ from, host: API, options, ...CALLS[from] });
    }
    const server = await startServer(lab, network, { folder, authority: partners.certificate });
    return { server, clients };
  });
}

function haproxyWith(version) {
  return (lab, network, { folder, authority }) =>
    haproxy(lab, network, { bind: `crt ${join(folder, API)}.pem${version} ca-file ${authority} verify required` });
}

function nginxThatVerifies(lab, network, { folder, authority }) {
  const lines = [
    `server_name ${API};`,
    `ssl_certificate ${join(folder, API)}.pem;`,
    `ssl_certificate_key ${join(folder, API)}.pem;`,
    `ssl_client_certificate ${authority};`,
    'ssl_verify_client on;',
  ];
  return nginx(lab, network, { lines });
}

const ANSWERED = Object.fromEntries(
  Object.entries(CALLS).map(([from, { paths }]) => [from, { status: 200, requests: paths.length }]),
);

function refused(missing) {
  const by = 'server';
  return {
    ...ANSWERED,
    [PARTNER_B]: { alert: missing, by, exits: CURL_REFUSED },
    [PARTNER_C]: { alert: 48, by, exits: CURL_REFUSED },
    [PARTNER_D]: { alert: 45, by, exits: CURL_REFUSED },
  };
}

const REFUSED_BY_NGINX = {
  ...Object.fromEntries(Object.keys(ANSWERED).map((from) => [from, { status: 400, requests: 1 }])),
  [PARTNER_A]: ANSWERED[PARTNER_A],
};

function pair({ name, setUp, decisive, start, wrong, diagnosis, marks, faults, healthy }) {
  const twin = `${name}-healthy.pcapng`;
  return [
    {
      ...{ file: `${name}.pcapng`, setUp, decisive, wrong, diagnosis, twin, marks, faults },
      differs: [...DIFFERS, ...MENDED_LINES],
      take: take(start, { isMended: false }),
    },
    {
      ...{ file: twin, setUp, decisive, wrong: null, marks: [noAlerts(), ...healthy] },
      diagnosis: 'nothing: every partner shows a certificate that is accepted, and every request is answered',
      take: take(start, { isMended: true }),
      faults: handshakesMustBe(ANSWERED),
    },
  ];
}

export const certificateSamples = [
  ...pair({
    name: 'tls-handshake-client-certificate',
    setUp: `HAProxy with \`verify required\`, TLS 1.3; ${CALLERS}: .11 with a proper certificate, .12 with none, .13 with one of another authority, .14 with an expired one.`,
    decisive: [],
    start: haproxyWith(''),
    wrong: 'x',
    diagnosis: 'x',
    marks: [
      alerts(116, 'certificate_required', 3),
      alerts(48, 'unknown_ca', 2),
      alerts(45, 'certificate_expired', 1),
      fins([4, CONNECTIONS]),
    ],
    faults: handshakesMustBe(refused(116)),
    healthy: [fins(CONNECTIONS)],
  }),
  ...pair({
    name: 'tls-handshake-client-certificate-tls12',
    setUp: 'x',
    decisive: [],
    start: haproxyWith(' ssl-max-ver TLSv1.2'),
    wrong: 'x',
    diagnosis: 'x',
    marks: [
      alerts(40, 'handshake_failure', 3),
      alerts(48, 'unknown_ca', 2),
      alerts(45, 'certificate_expired', 1),
      fins([4, CONNECTIONS]),
    ],
    faults: handshakesMustBe(refused(40)),
    healthy: [fins(CONNECTIONS)],
  }),
  ...pair({
    name: 'tls-handshake-client-certificate-nginx',
    setUp: 'x',
    decisive: ['ssl_verify_client on;'],
    start: nginxThatVerifies,
    wrong: 'x',
    diagnosis: 'x',
    marks: [{ what: '400 inside TLS', filter: 'http.response.code == 400', count: 6, fault: true }, fins(CONNECTIONS)],
    faults: handshakesMustBe(REFUSED_BY_NGINX),
    healthy: [fins(CONNECTIONS), resets(0)],
  }),
];
