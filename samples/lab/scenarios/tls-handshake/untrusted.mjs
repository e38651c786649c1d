/** Certificates of the server that its clients do not accept: expired, and of an authority they do not know. */
import { appendFile, readFile } from 'node:fs/promises';
import { FRONT } from '../../parts/front.mjs';
import { callsTo, PARTNER_A, PARTNER_B, PARTNER_C, PARTNER_D, WEB } from './calls.mjs';
import { CURL_UNTRUSTED, handshakesMustBe } from './handshakes.mjs';
import { alerts, fins, noAlerts } from './marks.mjs';
import { certificateFolder, haproxy } from './servers.mjs';

const SHOP = 'shop.example';
const API = 'api.example';
const HOOKS = 'hooks.example';
const PAY = 'pay.example';

const SERVER = `${FRONT}:443`;

const KNOWN = 'Example Root CA';
const UNKNOWN = 'Example Office CA';
/** Below the known one. */
const BELOW = 'Example Issuing CA';

/** By the server's name: who signed its certificate, for how many days it is good yet, and whether the chain is sent. */
const FAILING = {
  [SHOP]: { signer: KNOWN, days: 300 },
  [API]: { signer: KNOWN, days: -2 },
  [HOOKS]: { signer: UNKNOWN, days: 300 },
  [PAY]: { signer: BELOW, days: 300, chain: false },
};
const MENDED = {
  ...FAILING,
  [API]: { signer: KNOWN, days: 363 },
  [HOOKS]: { signer: KNOWN, days: 300 },
  [PAY]: { signer: BELOW, days: 300, chain: true },
};

const CLIENTS = [
  { from: WEB, host: SHOP, paths: ['/', '/assets/shop.css', '/assets/logo.svg'], calls: 3 },
  { from: PARTNER_A, host: API, paths: ['/v1/orders?state=paid'], calls: 2 },
  { from: PARTNER_B, host: API, paths: ['/v1/orders?state=paid'], calls: 1, options: ['--tls-max', '1.2'] },
  { from: PARTNER_C, host: HOOKS, paths: ['/order-shipped'], calls: 2 },
  { from: PARTNER_D, host: PAY, paths: ['/v2/payments/7731'], calls: 2 },
];

function take(certificates) {
  return callsTo(async (lab, network) => {
    const known = await lab.authority(KNOWN);
    const below = await lab.authority(BELOW, { issuer: known });
    const authorities = { [KNOWN]: known, [BELOW]: below, [UNKNOWN]: await lab.authority(UNKNOWN) };
    const made = {};
    for (const [name, { signer, days, chain }] of Object.entries(certificates)) {
      made[name] = await authorities[signer].sign([name], { days });
      if (chain === true) await appendFile(made[name].bundle, await readFile(below.certificate));
    }
    lab.setting('server certificates', Object.entries(certificates).map(lineOf).join('\n'));
    const server = await haproxy(lab, network, { bind: `crt ${await certificateFolder(lab, made)} alpn http/1.1` });
    const trusting = ({ options = [], ...client }) => ({
      ...client,
      options: ['--cacert', known.certificate, ...options],
    });
    return { server, clients: CLIENTS.map(trusting) };
  });
}

function lineOf([name, { signer, days, chain }]) {
  const until = days < 0 ? `expired ${-days} days ago` : `good for ${days} days`;
  const sent = chain === undefined ? '' : `, sent ${chain ? 'with' : 'without'} that of ${signer}`;
  return `${name}: signed by ${signer}, ${until}${sent}`;
}

const only = (certificates, others) =>
  Object.entries(certificates)
    .map(lineOf)
    .filter((line) => !Object.entries(others).map(lineOf).includes(line));

const ANSWERED = Object.fromEntries(CLIENTS.map(({ from, paths }) => [from, { status: 200, requests: paths.length }]));

const SET_UP =
  'HAProxy before nginx, four names with a certificate each. Clients, with curl: .10 of shop.example, .11 and .12 (TLS 1.2 at most) of api.example, .13 of hooks.example, .14 of pay.example; they trust Example Root CA.';

export const untrustedSamples = [
  {
    file: 'tls-handshake-untrusted.pcapng',
    setUp: SET_UP,
    decisive: only(FAILING, MENDED),
    wrong:
      'the certificate of api.example has expired, that of hooks.example is signed by an authority that the client does not know, and that of pay.example by an intermediate one whose certificate the server does not send: the clients end these handshakes with alert 45, 48 and 48 and close',
    diagnosis: `tls-handshake-failure, ${SERVER}: 3 handshakes for api.example ended by the client with alert 45 certificate_expired (TLS 1.3 and 1.2), 2 for hooks.example and 2 for pay.example with alert 48 unknown_ca; the Certificate messages (of TLS 1.3 with the keys) show why: notAfter before the time of the capture, the issuer Example Office CA, and one certificate alone whose issuer Example Issuing CA is not sent. shop.example on the same port succeeds. Remedy: renew the certificate of api.example; for hooks.example one whose chain ends in an authority that the clients have; for pay.example the intermediate certificate appended to the file that \`crt\` names. Not the clients' certificates: the alerts come from the clients`,
    twin: 'tls-handshake-untrusted-healthy.pcapng',
    differs: [...only(FAILING, MENDED).map((line) => `- ${line}`), ...only(MENDED, FAILING).map((line) => `+ ${line}`)],
    marks: [
      alerts(45, 'certificate_expired', 3, { by: 'client' }),
      alerts(48, 'unknown_ca', 4, { by: 'client' }),
      fins([3, 10]),
    ],
    take: take(FAILING),
    faults: handshakesMustBe({
      ...ANSWERED,
      [PARTNER_A]: { alert: 45, by: 'client', exits: CURL_UNTRUSTED },
      [PARTNER_B]: { alert: 45, by: 'client', exits: CURL_UNTRUSTED },
      [PARTNER_C]: { alert: 48, by: 'client', exits: CURL_UNTRUSTED },
      [PARTNER_D]: { alert: 48, by: 'client', exits: CURL_UNTRUSTED },
    }),
  },
  {
    file: 'tls-handshake-untrusted-healthy.pcapng',
    setUp: SET_UP,
    decisive: only(MENDED, FAILING),
    wrong: null,
    diagnosis:
      'nothing: every certificate is accepted. The bare RSTs of the clients come after their close_notify and FIN',
    marks: [noAlerts(), fins(10)],
    take: take(MENDED),
    faults: handshakesMustBe(ANSWERED),
  },
];
