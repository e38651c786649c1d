/** Certificates of the server that its clients do not accept: expired, and of an authority they do not know. */
import { FRONT } from '../../parts/front.mjs';
import { callsTo, PARTNER_A, PARTNER_B, PARTNER_C, WEB } from './calls.mjs';
import { CURL_UNTRUSTED, handshakesMustBe } from './handshakes.mjs';
import { alerts, fins, noAlerts } from './marks.mjs';
import { certificateFolder, haproxy } from './servers.mjs';

const SHOP = 'shop.example';
const API = 'api.example';
const HOOKS = 'hooks.example';

const SERVER = `${FRONT}:443`;

const KNOWN = 'Example Root CA';
const UNKNOWN = 'Example Office CA';

/** Days for which the certificates are good yet, and who signed them, by the server's name. */
const FAILING = { [SHOP]: [KNOWN, 300], [API]: [KNOWN, -2], [HOOKS]: [UNKNOWN, 300] };
const MENDED = { [SHOP]: [KNOWN, 300], [API]: [KNOWN, 363], [HOOKS]: [KNOWN, 300] };

const CLIENTS = [
  { from: WEB, host: SHOP, paths: ['/', '/assets/shop.css', '/assets/logo.svg'], calls: 3 },
  { from: PARTNER_A, host: API, paths: ['/v1/orders?state=paid'], calls: 2 },
  { from: PARTNER_B, host: API, paths: ['/v1/orders?state=paid'], calls: 1, options: ['--tls-max', '1.2'] },
  { from: PARTNER_C, host: HOOKS, paths: ['/order-shipped'], calls: 2 },
];

function take(certificates) {
  return callsTo(async (lab, network) => {
    const authorities = { [KNOWN]: await lab.authority(KNOWN), [UNKNOWN]: await lab.authority(UNKNOWN) };
    const made = {};
    for (const [name, [signer, days]] of Object.entries(certificates)) {
      made[name] = await authorities[signer].sign([name], { days });
    }
    lab.setting('server certificates', Object.entries(certificates).map(lineOf).join('\n'));
    const server = await haproxy(lab, network, { bind: `crt ${await certificateFolder(lab, made)} alpn http/1.1` });
    const options = ['--cacert', authorities[KNOWN].certificate];
    return {
      server,
      clients: CLIENTS.map((client) => ({ ...client, options: [...options, ...(client.options ?? [])] })),
    };
  });
}

function lineOf([name, [signer, days]]) {
  return `${name}: signed by ${signer}, ${days < 0 ? `expired ${-days} days ago` : `good for ${days} days`}`;
}

const only = (certificates, others) =>
  Object.entries(certificates)
    .map(lineOf)
    .filter((line) => !Object.entries(others).map(lineOf).includes(line));

const ANSWERED = Object.fromEntries(CLIENTS.map(({ from, paths }) => [from, { status: 200, requests: paths.length }]));

const SET_UP =
  'HAProxy before nginx, three names with a certificate each. Clients, with curl: .10 of shop.example, .11 and .12 (TLS 1.2 at most) of api.example, .13 of hooks.example.';

export const untrustedSamples = [
  {
    file: 'tls-handshake-untrusted.pcapng',
    setUp: SET_UP,
    decisive: [lineOf([API, FAILING[API]]), lineOf([HOOKS, FAILING[HOOKS]])],
    wrong:
      'the certificate of api.example has expired, that of hooks.example is signed by an authority that the client does not know: the clients end these handshakes with alert 45 and 48 and close',
    diagnosis: `tls-handshake-failure, ${SERVER}: 3 handshakes for api.example ended by the client with alert 45 certificate_expired (TLS 1.3 and 1.2), 2 for hooks.example with alert 48 unknown_ca; the certificates of TLS 1.2, and of 1.3 with the keys, show notAfter before the time of the capture, and another issuer. shop.example on the same port succeeds. Remedy: renew the certificate of api.example; for hooks.example a certificate whose chain ends in an authority that the clients have. Not the clients' certificates: the alerts come from the clients`,
    twin: 'tls-handshake-untrusted-healthy.pcapng',
    differs: [...only(FAILING, MENDED).map((line) => `- ${line}`), ...only(MENDED, FAILING).map((line) => `+ ${line}`)],
    marks: [
      alerts(45, 'certificate_expired', 3, { by: 'client' }),
      alerts(48, 'unknown_ca', 2, { by: 'client' }),
      fins([3, 8]),
    ],
    take: take(FAILING),
    faults: handshakesMustBe({
      ...ANSWERED,
      [PARTNER_A]: { alert: 45, by: 'client', exits: CURL_UNTRUSTED },
      [PARTNER_B]: { alert: 45, by: 'client', exits: CURL_UNTRUSTED },
      [PARTNER_C]: { alert: 48, by: 'client', exits: CURL_UNTRUSTED },
    }),
  },
  {
    file: 'tls-handshake-untrusted-healthy.pcapng',
    setUp: SET_UP,
    decisive: [lineOf([API, MENDED[API]]), lineOf([HOOKS, MENDED[HOOKS]])],
    wrong: null,
    diagnosis:
      'nothing: every certificate is accepted. The bare RSTs of the clients come after their close_notify and FIN',
    marks: [noAlerts(), fins(8)],
    take: take(MENDED),
    faults: handshakesMustBe(ANSWERED),
  },
];
