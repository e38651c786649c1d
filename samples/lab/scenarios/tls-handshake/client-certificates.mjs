/** A server that wants to see a certificate of its partners; some have none, or one that it does not accept. */
import { join } from 'node:path';
import { FRONT } from '../../parts/front.mjs';
import { callsTo, PARTNER_A, PARTNER_B, PARTNER_C, PARTNER_D } from './calls.mjs';
import { CURL_REFUSED, callsMustBe, handshakesMustBe } from './handshakes.mjs';
import { alerts, fins, noAlerts, resets } from './marks.mjs';
import { certificateFolder, haproxy, nginx } from './servers.mjs';

const API = 'api.example';

const SERVER = `${FRONT}:443`;

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

const CALLERS =
  'Clients, with curl: .11 with a proper certificate, .12 with none, .13 with one of another authority, .14 with an expired one; in the twin all with a proper one.';

const DECISIVE = Object.entries(SHOWN).map(([from, shown]) => `certificate of ${from}: ${shown}`);

const REMEDY =
  'Remedy: 10.0.0.12 must show a certificate of Partners CA, 10.0.0.13 a newer one in place of that of Former Partners CA (or that authority goes into `ca-file`), 10.0.0.14 must renew its own; `verify optional` only if the application can tell them apart';

const alike = { twin: 'tls-handshake-client-certificate-healthy.pcapng', start: haproxyWith('') };

export const certificateSamples = [
  failingSample({
    ...{ ...alike, file: 'tls-handshake-client-certificate.pcapng' },
    setUp: `HAProxy with \`verify required\` before nginx, TLS 1.3. ${CALLERS}`,
    wrong:
      'HAProxy refuses six handshakes: alert 116 without a certificate, 48 for that of an unknown authority, 45 for the expired one, each encrypted and after the Finished of the client, which has sent its request already',
    diagnosis: `tls-handshake-failure, ${SERVER}: 6 of 10 handshakes refused by the server: 3 with alert 116 certificate_required (10.0.0.12, empty Certificate), 2 with 48 unknown_ca (10.0.0.13), 1 with 45 certificate_expired (10.0.0.14); the requests of these connections were sent and never answered. ${REMEDY}. Not empty-response: the alert says why`,
    marks: [
      alerts(116, 'certificate_required', 3),
      alerts(48, 'unknown_ca', 2),
      alerts(45, 'certificate_expired', 1),
      fins([4, 2 * CONNECTIONS]),
    ],
    faults: handshakesMustBe(refused(116)),
  }),
  {
    ...failingSample({
      ...{ ...alike, file: 'tls-handshake-client-certificate-no-keys.pcap' },
      setUp: `The same without the keys: HAProxy with \`verify required\` before nginx, TLS 1.3. ${CALLERS}`,
      wrong: 'HAProxy refuses six handshakes, and nothing of it can be read: the alerts are encrypted',
      diagnosis: `tls-handshake-failure, ${SERVER}, likely, from lengths alone: on 6 of 10 connections the server sends a record of 19 bytes (an alert) and FIN or RST right after the client's Finished and first request; on 3 of them (10.0.0.12) the client's Certificate is 25 bytes, so empty: a client certificate is missing; on the other 3 one was sent and refused, why cannot be told. ${REMEDY}`,
      marks: [
        {
          what: 'a record of 25 bytes, an empty Certificate, from the client',
          filter: `ip.dst == ${FRONT} && tls.record.opaque_type == 23 && tls.record.length == 25`,
          count: 3,
          fault: true,
        },
        {
          what: `a record of 19 bytes, an alert: from ${FRONT} six that refuse, four close_notify`,
          filter: `ip.src == ${FRONT} && tls.record.opaque_type == 23 && tls.record.length == 19`,
          count: CONNECTIONS,
        },
        fins([4, 2 * CONNECTIONS]),
      ],
      faults: callsMustBe(refused(116)),
    }),
    keys: false,
  },
  healthySample({
    ...{ ...alike, file: alike.twin },
    setUp: `HAProxy with \`verify required\` before nginx, TLS 1.3. ${CALLERS}`,
    marks: [noAlerts(), fins(CONNECTIONS)],
  }),
  failingSample({
    file: 'tls-handshake-client-certificate-tls12.pcapng',
    twin: 'tls-handshake-client-certificate-tls12-healthy.pcapng',
    start: haproxyWith(' ssl-max-ver TLSv1.2'),
    setUp: `HAProxy with \`verify required\` before nginx, TLS 1.2 at most. ${CALLERS}`,
    wrong:
      'HAProxy refuses six handshakes in clear: alert 40 after an empty Certificate, 48 for that of an unknown authority, 45 for the expired one',
    diagnosis: `tls-handshake-failure, ${SERVER}: 6 of 10 handshakes refused by the server after the client's Certificate: 3 with alert 40 handshake_failure upon an empty one (10.0.0.12), 2 with 48 unknown_ca (10.0.0.13), 1 with 45 certificate_expired (10.0.0.14). ${REMEDY}. Not a missing cipher: there is a ServerHello and a CertificateRequest before the alert 40`,
    marks: [
      alerts(40, 'handshake_failure', 3),
      alerts(48, 'unknown_ca', 2),
      alerts(45, 'certificate_expired', 1),
      fins([4, 2 * CONNECTIONS]),
    ],
    faults: handshakesMustBe(refused(40)),
  }),
  healthySample({
    file: 'tls-handshake-client-certificate-tls12-healthy.pcapng',
    start: haproxyWith(' ssl-max-ver TLSv1.2'),
    setUp: `HAProxy with \`verify required\` before nginx, TLS 1.2 at most. ${CALLERS}`,
    marks: [noAlerts(), fins(CONNECTIONS)],
  }),
  failingSample({
    file: 'tls-handshake-client-certificate-nginx.pcapng',
    twin: 'tls-handshake-client-certificate-nginx-healthy.pcapng',
    start: nginxThatVerifies,
    setUp: `nginx with \`ssl_verify_client on\`, which proxies to another. ${CALLERS}`,
    wrong:
      "nginx finishes every handshake and answers six requests with its own 400, 'No required SSL certificate was sent' or 'The SSL certificate error', then closes; no alert but close_notify",
    diagnosis: `tls-handshake-failure (client certificate), ${SERVER}: 6 of 10 connections answered with nginx's own 400 inside TLS: 3 for an empty Certificate (10.0.0.12), 3 for one that was not accepted (10.0.0.13, 10.0.0.14). The handshakes succeed and the requests are well-formed, so not bad-request; the body of the 400 says it. The RSTs answer the client's close_notify and FIN. Remedy: proper certificates for these clients, or \`ssl_verify_client optional;\``,
    marks: [
      {
        what: "nginx's 400 inside TLS",
        filter: `ip.src == ${FRONT} && http.response.code == 400`,
        count: 6,
        fault: true,
      },
      fins(CONNECTIONS),
    ],
    faults: handshakesMustBe(REFUSED_BY_NGINX),
  }),
  healthySample({
    file: 'tls-handshake-client-certificate-nginx-healthy.pcapng',
    start: nginxThatVerifies,
    setUp: `nginx with \`ssl_verify_client on\`, which proxies to another. ${CALLERS}`,
    marks: [noAlerts(), fins(CONNECTIONS), resets(0)],
  }),
];

function failingSample({ start, ...sample }) {
  return {
    ...sample,
    decisive: DECISIVE,
    differs: [...DIFFERS, ...MENDED_LINES],
    take: take(start, { isMended: false }),
  };
}

function healthySample({ file, start, setUp, marks }) {
  return {
    ...{ file, setUp, marks },
    decisive: Object.keys(SHOWN).map((from) => `certificate of ${from}: ${MENDED}`),
    wrong: null,
    diagnosis: 'nothing: every client shows a certificate that is accepted, and every request is answered',
    take: take(start, { isMended: true }),
    faults: handshakesMustBe(ANSWERED),
  };
}
