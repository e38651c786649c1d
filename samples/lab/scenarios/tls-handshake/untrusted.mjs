/** Certificates of the server that its clients do not accept: expired, and of an authority they do not know. */
import { callsTo, PARTNER_A, PARTNER_B, PARTNER_C, WEB } from './calls.mjs';
import { CURL_UNTRUSTED, handshakesMustBe } from './handshakes.mjs';
import { alerts, fins, noAlerts } from './marks.mjs';
import { certificateFolder, haproxy } from './servers.mjs';

const SHOP = 'shop.example';
const API = 'api.example';
const HOOKS = 'hooks.example';

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

export const untrustedSamples = [
  {
    file: 'tls-handshake-untrusted.pcapng',
    setUp: 'x',
    decisive: [
      'api.example: signed by Example Root CA, expired 2 days ago',
      'hooks.example: signed by Example Office CA, good for 300 days',
    ],
    wrong: 'x',
    diagnosis: 'x',
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
    setUp: 'x',
    decisive: ['api.example: signed by Example Root CA, good for 363 days'],
    wrong: null,
    diagnosis: 'x',
    marks: [noAlerts(), fins(8)],
    take: take(MENDED),
    faults: handshakesMustBe(ANSWERED),
  },
];
