/** Two sides that speak different protocols: TLS or none, HTTP/1 or HTTP/2, with a PROXY header or without. */
import { BACK, CLIENT, FRONT } from '../parts/front.mjs';
import { ORIGIN_NAMES, ORIGIN_PORTS, spokenBy } from '../parts/origins.mjs';
import {
  at,
  byPort,
  handedOn,
  haproxyFront,
  nginxFront,
  passingFront,
  probe,
  probeLine,
  ROUNDS,
  SHOP,
  serverLine,
  statusFaults,
  story,
} from './protocol-mismatch/story.mjs';

const ALL = Object.keys(ORIGIN_PORTS);
/** Node knows no PROXY header. */
const KNOW_PROXY = ['nginx', 'haproxy', 'apache'];
/** Apache speaks HTTP/1 beside HTTP/2 whatever it is told. */
const KNOW_HTTP2_ALONE = ['nginx', 'haproxy', 'node'];
/** The version of the header that each is sent. */
const SEND_PROXY = { nginx: ' send-proxy', haproxy: ' send-proxy-v2', apache: ' send-proxy-v2', node: ' send-proxy' };
const BARE = ['--http2-prior-knowledge'];
const TRUSTING = ['--insecure'];

const each = (kinds, given) => Object.fromEntries(kinds.map((kind) => [kind, given(kind)]));
const servers = (kinds, optionsOf) => each(kinds, (kind) => serverLine(kind, optionsOf(kind)));
const listText = (kinds) => kinds.map((kind) => ORIGIN_NAMES[kind]).join(', ');
const endpointsText = (kinds) => kinds.map(at).join(', ');

const FRONT_SAYS = (status, count) => ({
  what: `${status} of the front`,
  filter: `tcp.payload[9:3] == "${status}" && ip.src == ${FRONT} && tcp.srcport == 80`,
  count,
  fault: true,
  own: { response: status, from: `${FRONT}:80` },
});
const BAD_REQUESTS = (count) => ({
  what: '400 of a server behind it, in clear',
  filter: `tcp.payload[9:3] == "400" && ip.src == ${BACK}`,
  count,
  fault: true,
});
/** A server closes, and has said nothing. */
const HANG_UPS = (count) => ({
  what: 'FIN or RST of a server behind it that has sent no byte',
  filter: `ip.src == ${BACK} && (tcp.flags.fin == 1 || tcp.flags.reset == 1) && tcp.seq == 1`,
  count,
  fault: true,
});
const ANSWERS = (count) => ({
  what: '200 of the front',
  filter: `tcp.payload[9:3] == "200" && ip.src == ${FRONT} && tcp.srcport == 80`,
  count,
  own: { response: 200, from: `${FRONT}:80` },
});

/** What is seen of a client whose TLS the front passes on. */
const HELLOS = {
  what: 'ClientHello of the client',
  filter: `tls.handshake.type == 1 && ip.src == ${CLIENT}`,
  count: KNOW_PROXY.length * ROUNDS,
  own: { hello: SHOP, from: CLIENT },
};

const SET_UP = (front, kinds) =>
  `${front} before ${listText(kinds)}, each on a port of its own of ${BACK}; captured on the front on all devices; each is asked ${ROUNDS} times`;

export const scenario = {
  name: 'protocol-mismatch',
  about:
    'A scheme, a port or a flag was mixed up between a proxy and the servers behind it: each says so in its own way, and some say nothing.',
  programs: ['nginx', 'haproxy', 'apache2', 'curl'],
  samples: [
    ...pair({
      name: 'tls-to-plain',
      setUp: SET_UP('nginx', ALL),
      speaks: each(ALL, () => 'plain'),
      failing: { front: nginxFront(ALL, 'https'), lines: ALL.map((kind) => handedOn(kind, 'https')) },
      mended: { front: nginxFront(ALL, 'http'), lines: ALL.map((kind) => handedOn(kind, 'http')) },
      names: ALL,
      statuses: each(ALL, () => 502),
      wrong:
        'nginx says ClientHello to plain HTTP; each server answers 400 in clear and closes, and the client gets 502',
      diagnosis: `protocol-mismatch, tls-to-plain, of each of ${endpointsText(ALL)} (critical, certain): the proxy begins with a TLS handshake, the answer is HTTP in clear. Remedy: \`proxy_pass http://\`, or TLS at the servers. No tls-handshake-failure: there is no TLS at the other end`,
      marks: [FRONT_SAYS(502, ALL.length * ROUNDS), BAD_REQUESTS(ALL.length * ROUNDS)],
    }),
    ...pair({
      name: 'plain-to-tls',
      setUp: `${SET_UP('nginx', ALL)}; a probe on the front speaks TLS with them; keys not kept`,
      speaks: each(ALL, () => 'tls'),
      failing: { front: nginxFront(ALL, 'http'), lines: ALL.map((kind) => handedOn(kind, 'http')) },
      mended: { front: nginxFront(ALL, 'https'), lines: ALL.map((kind) => handedOn(kind, 'https')) },
      beside: probe(ALL, 'https', ['--insecure']),
      probed: each(ALL, () => 200),
      names: ALL,
      statuses: { nginx: 400, haproxy: 502, apache: 400, node: 502 },
      wrong:
        'nginx asks in plain HTTP; nginx and Apache answer 400 in clear, HAProxy and Node close without a byte: OpenSSL knows plain HTTP when it sees it, and sends no alert',
      diagnosis: `protocol-mismatch, plain-to-tls, of each of ${endpointsText(ALL)} (critical; certain of nginx and Apache, likely of HAProxy and Node): plain HTTP is answered 400 in clear or by a close, and the probe speaks TLS with the same ports. Remedy: \`proxy_pass https://\`. No empty-response and no rst-after-request beside it`,
      marks: [FRONT_SAYS(502, 2 * ROUNDS), FRONT_SAYS(400, 2 * ROUNDS), BAD_REQUESTS(2 * ROUNDS), HANG_UPS(2 * ROUNDS)],
    }),
    ...pair({
      name: 'proxy-header',
      setUp: SET_UP(
        'HAProxy, which sends PROXY headers of version 1 to nginx and Node and of version 2 to the others,',
        ALL,
      ),
      speaks: each(ALL, () => 'plain'),
      mendedSpeaks: { ...each(KNOW_PROXY, () => 'proxied'), node: 'plain' },
      failing: front((kind) => SEND_PROXY[kind]),
      mended: front((kind) => (kind === 'node' ? '' : SEND_PROXY[kind])),
      names: ALL,
      statuses: each(ALL, () => 400),
      wrong:
        'none of the servers expects a PROXY header: each takes it for a request and answers 400, which HAProxy hands on; to a header of version 2 Apache may do so before the request has come',
      diagnosis: `protocol-mismatch, proxy-header-unexpected, of each of ${endpointsText(ALL)} (critical, certain). Remedy: \`listen … proxy_protocol\`, \`accept-proxy\`, \`RemoteIPProxyProtocol On\`, or no \`send-proxy\``,
      marks: [FRONT_SAYS(400, ALL.length * ROUNDS), BAD_REQUESTS(ALL.length * ROUNDS)],
    }),
    ...pair({
      name: 'proxy-header-missing',
      setUp: `${SET_UP('HAProxy, which sends PROXY headers,', KNOW_PROXY)}; a probe on the front asks the servers itself`,
      speaks: each(KNOW_PROXY, () => 'proxied'),
      failing: { ...front((kind) => SEND_PROXY[kind], KNOW_PROXY), lines: [probeLine('http', [])] },
      mended: { ...front((kind) => SEND_PROXY[kind], KNOW_PROXY), lines: [probeLine('http', ['--haproxy-protocol'])] },
      beside: probe(KNOW_PROXY, 'http', []),
      mendedBeside: probe(KNOW_PROXY, 'http', ['--haproxy-protocol']),
      probed: each(KNOW_PROXY, () => 0),
      names: KNOW_PROXY,
      statuses: each(KNOW_PROXY, () => 200),
      wrong:
        'the servers want a PROXY header, and the probe, which comes past the proxy, sends none: nginx and Apache close with FIN, HAProxy with RST, none with a byte',
      diagnosis: `protocol-mismatch, proxy-header-missing, of each of ${endpointsText(KNOW_PROXY)} (critical, likely): plain HTTP is met by a close, requests behind a PROXY header are answered. Remedy: let the probe send one (\`curl --haproxy-protocol\`), or give it a port without. No empty-response and no rst-after-request beside it`,
      marks: [HANG_UPS(KNOW_PROXY.length * ROUNDS), ANSWERS(KNOW_PROXY.length * ROUNDS)],
    }),
    ...pair({
      name: 'proxy-header-missing-tls',
      setUp: `${SET_UP('HAProxy, which passes TLS on and sends PROXY headers,', KNOW_PROXY)}; a probe on the front asks the servers itself; keys not kept`,
      speaks: each(KNOW_PROXY, () => 'proxiedTls'),
      failing: {
        front: passingFront(servers(KNOW_PROXY, (kind) => SEND_PROXY[kind])),
        lines: [probeLine('https', TRUSTING)],
      },
      mended: {
        front: passingFront(servers(KNOW_PROXY, (kind) => SEND_PROXY[kind])),
        lines: [probeLine('https', [...TRUSTING, '--haproxy-protocol'])],
      },
      beside: probe(KNOW_PROXY, 'https', TRUSTING),
      mendedBeside: probe(KNOW_PROXY, 'https', [...TRUSTING, '--haproxy-protocol']),
      probed: each(KNOW_PROXY, () => 0),
      names: KNOW_PROXY,
      statuses: each(KNOW_PROXY, () => 200),
      calls: { urlOf: byPort, options: TRUSTING },
      wrong:
        'as an ingress controller behind a load balancer is asked from inside its cluster: the servers want a PROXY header before TLS, and the probe begins with its ClientHello; each closes without a byte',
      diagnosis: `protocol-mismatch, proxy-header-missing, of each of ${endpointsText(KNOW_PROXY)} (critical, likely): a ClientHello is met by a close, those behind a PROXY header are answered. Remedy: let the probe send one, or go through the load balancer. No tls-handshake-failure beside it`,
      marks: [HANG_UPS(KNOW_PROXY.length * ROUNDS), HELLOS],
    }),
    ...pair({
      name: 'http2-to-http1',
      setUp: SET_UP('HAProxy, which speaks HTTP/2 in clear with them,', ALL),
      speaks: each(ALL, () => 'plain'),
      failing: front(() => ' proto h2'),
      mended: front(() => ''),
      names: ALL,
      statuses: { nginx: 503, haproxy: 200, apache: 503, node: 503 },
      wrong:
        'nginx, Apache and Node speak HTTP/1 alone: they answer the preface of HTTP/2 with 400, and the client gets 503. HAProxy takes HTTP/2 on any port and answers',
      diagnosis: `protocol-mismatch, http2-to-http1, of each of ${endpointsText(ALL.filter((kind) => kind !== 'haproxy'))} (critical, certain), and not of ${at('haproxy')}. Remedy: no \`proto h2\` on the server lines`,
      marks: [FRONT_SAYS(503, 3 * ROUNDS), BAD_REQUESTS(3 * ROUNDS)],
    }),
    ...pair({
      name: 'http1-to-http2',
      setUp: `${SET_UP('HAProxy', KNOW_HTTP2_ALONE)}; a probe on the front speaks HTTP/2 with them`,
      speaks: each(KNOW_HTTP2_ALONE, () => 'http2'),
      failing: front(() => '', KNOW_HTTP2_ALONE),
      mended: front(() => ' proto h2', KNOW_HTTP2_ALONE),
      beside: probe(KNOW_HTTP2_ALONE, 'http', BARE),
      probed: each(KNOW_HTTP2_ALONE, () => 200),
      names: KNOW_HTTP2_ALONE,
      statuses: each(KNOW_HTTP2_ALONE, () => 502),
      wrong:
        'the servers speak HTTP/2 in clear alone, as for gRPC, and are asked in HTTP/1: nginx and Node send SETTINGS all the same, HAProxy closes without a byte; the client gets 502',
      diagnosis: `protocol-mismatch, http1-to-http2, of each of ${endpointsText(KNOW_HTTP2_ALONE)} (critical; likely of HAProxy, certain of the others). Remedy: \`proto h2\` on the server lines. No empty-response beside it`,
      marks: [FRONT_SAYS(502, KNOW_HTTP2_ALONE.length * ROUNDS), HANG_UPS([ROUNDS, 3 * ROUNDS])],
    }),
  ],
};

/** HAProxy as the front, with the options of each server's line. */
function front(optionsOf, kinds = ALL) {
  const lines = servers(kinds, optionsOf);
  return { front: haproxyFront(lines), lines: Object.values(lines) };
}

/** A failing sample and its twin, which differ in what `failing` and `mended` are told, and in what the servers speak. */
function pair({ name, setUp, speaks, mendedSpeaks = speaks, failing, mended, names, statuses, ...rest }) {
  const { beside, mendedBeside = beside, probed = {}, calls = {}, wrong, diagnosis, marks } = rest;
  const twin = `protocol-mismatch-${name}-healthy.pcapng`;
  const linesOf = (spoken, { lines }) => [
    ...Object.entries(spoken).flatMap(([kind, protocol]) => spokenBy(kind, protocol, BACK)),
    ...lines,
  ];
  const [ours, theirs] = [linesOf(speaks, failing), linesOf(mendedSpeaks, mended)];
  const [here, there] = [without(ours, theirs), without(theirs, ours)];
  const askedAll = (of) => each(Object.keys(of), () => 200);
  const expected = (seen, told) => ({
    ...seen,
    ...Object.fromEntries(Object.entries(told).map(([kind, status]) => [`probe ${kind}`, status])),
  });
  return [
    {
      ...{ file: `protocol-mismatch-${name}.pcapng`, setUp, decisive: here, wrong, diagnosis, twin, marks },
      differs: [...here.map((line) => `- ${line}`), ...there.map((line) => `+ ${line}`)],
      take: story({ speaks, front: failing.front, names, beside, ...calls }),
      faults: (_, told) => statusFaults(told, expected(statuses, probed)),
    },
    {
      ...{ file: twin, setUp: `${setUp}; as it should be`, decisive: there, wrong: null },
      diagnosis: 'nothing: both sides speak the same, and everybody is answered',
      marks: [calls.urlOf === undefined ? ANSWERS(names.length * ROUNDS) : HELLOS],
      take: story({ speaks: mendedSpeaks, front: mended.front, names, beside: mendedBeside, ...calls }),
      faults: (_, told) => statusFaults(told, expected(askedAll(statuses), askedAll(probed))),
    },
  ];
}

/** The lines of `lines` that `others` does not have. */
function without(lines, others) {
  return lines.filter((line) => !others.includes(line));
}
