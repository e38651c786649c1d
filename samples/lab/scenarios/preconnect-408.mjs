/**
 * Connections that clients open ahead of need and do not use, or use too late or too slowly, and what
 * servers make of them when their patience ends: a 408 that nobody asked for, or silence.
 */
import { FRONT } from '../parts/front.mjs';
import { afternoon, crossing, mustShow, WHO } from './preconnect-408/afternoon.mjs';
import { chromiumFaults, chromiumVisit } from './preconnect-408/chromium-visit.mjs';
import { apache, haproxy, haproxyTls, nginx, node } from './preconnect-408/front-servers.mjs';
import {
  badRequests,
  cutRequests,
  fins,
  resets,
  silentCloses,
  timeouts,
  timeoutsInTls,
} from './preconnect-408/marks.mjs';

const SHORT = { patience: ['timeout http-request 2s'] };
const MENDED = { patience: ['timeout http-request 3s', 'option http-ignore-probes'] };
const LONG = { patience: ['timeout http-request 10s'] };
const SILENCED = { patience: ['timeout http-request 2s', 'errorfile 408 /dev/null'] };

const MENDED_LINES = ['+ timeout http-request 3s', '+ option http-ignore-probes'];
const HAPROXY_LOG = / 408 \d+ - - cR-- /g;

const REMEDY = 'Remedy: `option http-ignore-probes`, and `timeout http-request` of 10 s rather than 2 s.';
const LEFT = 'the connections that clients close unused themselves are no fault';

const ALL_408 = { idle: '408', late: 'reads the 408', half: 'half, 408' };
const IN_SILENCE = { idle: 'silence', late: 'silence', half: 'silence' };
const PATIENT = { idle: 'left', late: 'answered', half: 'answered' };

const haproxySamples = [
  {
    file: 'preconnect-408-haproxy.pcapng',
    setUp: `HAProxy before nginx, round trip 1 ms. ${WHO}`,
    decisive: ['timeout http-request 2s'],
    wrong:
      'HAProxy sends 408 and FIN 2 s after the handshake on three unused connections and on half a request; the request that comes on one of the three 1.3 s later reads the 408 as its answer and is reset; the client asks again 0.4 s later on a new connection',
    diagnosis: `preconnect-408, ${FRONT}:80: 408 on 3 connections without a request byte and on 1 half request, each 2.0 s after the handshake, so a request time-out of 2 s; one client took a stale 408 for the answer to GET /basket.html and had to ask again. The half request is a slow client: nothing of it was lost in between, so not the path MTU. ${REMEDY} Not rst-after-request: the RST answers a request on a connection closed 1.3 s before; ${LEFT}`,
    twin: 'preconnect-408-haproxy-healthy.pcapng',
    differs: ['- timeout http-request 2s', ...MENDED_LINES],
    marks: [timeouts(4), resets(1), badRequests(2)],
    take: afternoon(haproxy, SHORT),
    faults: mustShow(ALL_408, { patienceMs: 2000, logged: { pattern: HAPROXY_LOG, count: 4 } }),
  },
  {
    file: 'preconnect-408-haproxy-healthy.pcapng',
    setUp: `HAProxy before nginx, round trip 1 ms. ${WHO}`,
    decisive: ['option http-ignore-probes', 'timeout http-request 3s'],
    wrong: null,
    diagnosis: `no fault: every request is answered with 200. ${FRONT}:80 closes 3 unused connections after 3 s without a byte, which their clients notice: at most a notice; ${LEFT}`,
    marks: [timeouts(0), resets(0), silentCloses(3), fins(12)],
    take: afternoon(haproxy, MENDED),
    faults: mustShow({ idle: 'silence', late: 'silence', half: 'answered' }, { patienceMs: 3000 }),
  },
  {
    file: 'preconnect-408-errorfile.pcap',
    setUp: `The same with the old workaround against 408s. ${WHO}`,
    decisive: ['timeout http-request 2s', 'errorfile 408 /dev/null'],
    wrong:
      'HAProxy closes three unused connections after 2 s without a byte, which does no harm, but half a request as well: its client hears no status at all',
    diagnosis: `preconnect-408, ${FRONT}:80: 3 silent closes of unused connections 2.0 s after the handshake, a notice; 1 request cut off in silence after half its header, no response byte: that client sees an empty reply. Remedy: \`option http-ignore-probes\` in place of \`errorfile 408 /dev/null\`, and a longer \`timeout http-request\`. Not a crash of the server: it goes on, and the age is the same on all four`,
    twin: 'preconnect-408-haproxy-healthy.pcapng',
    differs: ['- timeout http-request 2s', '- errorfile 408 /dev/null', ...MENDED_LINES],
    marks: [timeouts(0), silentCloses(3), cutRequests(1), fins(12)],
    take: afternoon(haproxy, SILENCED),
    faults: mustShow(IN_SILENCE, { patienceMs: 2000, logged: { pattern: HAPROXY_LOG, count: 4 } }),
  },
  {
    file: 'preconnect-408-crossing.pcapng',
    setUp:
      'HAProxy before nginx, round trip 80 ms. Clients: .10 and .12 open one connection each and ask on it 2.06 s later; .11 opens two and uses one; .14 polls.',
    decisive: ['timeout http-request 2s'],
    wrong:
      'two requests leave their clients while the 408 for their unused connection is on its way: both read it as their answer, are reset, and ask again on new connections',
    diagnosis: `preconnect-408, ${FRONT}:80: 408 on 3 connections without a request 2.0 s after the handshake; the requests on two of them left before the 408 arrived (their acknowledgement does not cover it), so the clients could not know. ${REMEDY} The clients are not to blame: a look at the connection before its use does not help here`,
    twin: 'preconnect-408-crossing-healthy.pcapng',
    differs: ['- timeout http-request 2s', '+ timeout http-request 10s'],
    marks: [timeouts(3), resets([2, 6])],
    take: crossing(haproxy, SHORT),
    faults: mustShow(
      { idle: '408', late: 'crosses the 408' },
      { patienceMs: 2000, logged: { pattern: HAPROXY_LOG, count: 3 } },
    ),
  },
  {
    file: 'preconnect-408-crossing-healthy.pcapng',
    setUp:
      'HAProxy before nginx, round trip 80 ms. Clients: .10 and .12 open one connection each and ask on it 2.06 s later; .11 opens two and uses one; .14 polls.',
    decisive: ['timeout http-request 10s'],
    wrong: null,
    diagnosis: `nothing: the connections opened ahead of need are used after 2.06 s and answered; ${LEFT}`,
    marks: [timeouts(0), resets(0)],
    take: crossing(haproxy, LONG),
    faults: mustShow({ idle: 'left', late: 'answered' }, { patienceMs: 10_000 }),
  },
  {
    file: 'preconnect-408-tls.pcapng',
    setUp: `HAProxy with TLS before nginx, round trip 1 ms. ${WHO}`,
    decisive: ['timeout http-request 2s'],
    wrong:
      'inside TLS: HAProxy sends 408, close_notify and FIN on three connections without a request and on half a request; one client takes the 408 for the answer to its later request',
    diagnosis: `preconnect-408, ${FRONT}:443: 408 on 3 connections on which the handshake is done and no request came, and on 1 half request, each 2.0 s after accepting; one stale 408 taken for an answer. Without the keys: one small record, an alert and FIN from the server at one age, no application data from the client: likely. ${REMEDY} Not tls-handshake-failure: every handshake is complete`,
    twin: 'preconnect-408-tls-healthy.pcapng',
    differs: ['- timeout http-request 2s', ...MENDED_LINES],
    marks: [timeoutsInTls(4), fins(12)],
    take: afternoon(haproxyTls, SHORT, { secure: true }),
    faults: mustShow(ALL_408, { patienceMs: 2000, logged: { pattern: HAPROXY_LOG, count: 4 } }),
  },
  {
    file: 'preconnect-408-tls-healthy.pcapng',
    setUp: `HAProxy with TLS before nginx, round trip 1 ms. ${WHO}`,
    decisive: ['option http-ignore-probes', 'timeout http-request 3s'],
    wrong: null,
    diagnosis: `no fault: every request is answered with 200; unused connections are closed with close_notify after 3 s: at most a notice`,
    marks: [timeoutsInTls(0), fins(12)],
    take: afternoon(haproxyTls, MENDED, { secure: true }),
    faults: mustShow({ idle: 'silence', late: 'silence', half: 'answered' }, { patienceMs: 3000 }),
  },
  {
    file: 'preconnect-408-chromium.pcapng',
    setUp:
      'HAProxy before nginx; Chromium opens a page with `<link rel="preconnect">` for two more hosts of the same address, needs something from the first of them after 2.8 s and nothing from the second.',
    decisive: ['timeout http-request 2s'],
    wrong:
      'both preconnected sockets are sent 408 and FIN after 2 s; Chromium leaves them open, writes a GET on one of them 0.8 s later, is reset, and asks again on a new connection: one round trip lost, unseen by the reader',
    diagnosis: `preconnect-408, ${FRONT}:80: 408 on 2 connections without a request 2.0 s after the handshake, GET /assets/logo.svg was written on one of them afterwards, reset and repeated at once with success. ${REMEDY} Not rst-after-request as its own cause: the server had closed before the request came`,
    twin: 'preconnect-408-chromium-healthy.pcapng',
    differs: ['- timeout http-request 2s', '+ timeout http-request 10s'],
    marks: [timeouts(2), resets([1, 3])],
    take: (lab) => chromiumVisit(lab, SHORT),
    faults: chromiumFaults({ timedOut: 2, retried: 1 }),
  },
  {
    file: 'preconnect-408-chromium-healthy.pcapng',
    setUp:
      'HAProxy before nginx; Chromium opens a page with `<link rel="preconnect">` for two more hosts of the same address, needs something from the first of them after 2.8 s and nothing from the second.',
    decisive: ['timeout http-request 10s'],
    wrong: null,
    diagnosis: `nothing: one preconnected socket is used after 2.8 s, the other the browser closes itself, unused; HAProxy's 400 to its FIN is no fault`,
    marks: [timeouts(0), badRequests([1, 2])],
    take: (lab) => chromiumVisit(lab, LONG),
    faults: chromiumFaults({ timedOut: 0, retried: 0 }),
  },
];

/** The servers that are patient for 10 s in the twin: then the clients close first. */
const otherSamples = [
  ...pair({
    file: 'preconnect-408-apache',
    setUp: `Apache before nginx, round trip 1 ms. ${WHO}`,
    start: apache,
    short: 'RequestReadTimeout header=2',
    long: 'RequestReadTimeout header=10',
    wrong:
      'Apache sends 408 on half a request after 2 s; the three unused connections it closes at the same age without a byte (its log says 408 of all four)',
    diagnosis: `preconnect-408, ${FRONT}:80: 1 half request answered with 408 2.0 s after the handshake, 3 unused connections closed silently at the same age (a notice). Remedy: \`RequestReadTimeout header=20-40,MinRate=500\``,
    marks: [timeouts(1), silentCloses(3), fins(12)],
    endings: { ...IN_SILENCE, half: 'half, 408' },
    logged: { pattern: /" 408 /g, count: 4 },
  }),
  ...pair({
    file: 'preconnect-408-nginx',
    setUp: `nginx, captured on all devices, round trip 1 ms. ${WHO}`,
    start: nginx,
    place: { device: 'any' },
    short: 'client_header_timeout 2s;',
    long: 'client_header_timeout 10s;',
    wrong:
      'nginx closes half a request after 2 s without a byte (its log says 408, the wire nothing), and three unused connections likewise',
    diagnosis: `preconnect-408, ${FRONT}:80: 1 request cut off in silence after half its header, 3 unused connections closed silently, all 2.0 s after the handshake. Remedy: \`client_header_timeout 60s\`. A 408 in nginx's log is no 408 sent`,
    marks: [timeouts(0), silentCloses(3), cutRequests(1), fins(12)],
    endings: IN_SILENCE,
    logged: { pattern: /" 408 0 /g, count: 1 },
  }),
  ...pair({
    file: 'preconnect-408-node',
    setUp: `Node's own HTTP server, round trip 1 ms. ${WHO}`,
    start: node,
    fixed: ['connectionsCheckingInterval: 500,'],
    short: 'headersTimeout: 2_000,',
    long: 'headersTimeout: 10_000,',
    wrong:
      'Node looks every 0.5 s and sends 408 and FIN on what is then older than 2 s: three unused connections and half a request, all within a few milliseconds and at different ages; a late request reads the 408 as its answer',
    diagnosis: `preconnect-408, ${FRONT}:80: 408 on 3 connections without a request byte and on 1 half request, at ages of 2.0 to 2.5 s, all four at the same moment: a check at intervals, no timer for each; one client took a stale 408 for its answer. Remedy: \`headersTimeout: 60_000\``,
    marks: [timeouts(4), resets(1)],
    endings: ALL_408,
    patienceMs: [2000, 2500],
  }),
];

function pair({
  file,
  setUp,
  start,
  place,
  fixed = [],
  short,
  long,
  wrong,
  diagnosis,
  marks,
  endings,
  patienceMs = 2000,
  logged = null,
}) {
  const twin = `${file}-healthy.pcapng`;
  return [
    {
      ...{ file: `${file}.pcapng`, setUp, decisive: [short], wrong, diagnosis, twin, marks },
      differs: [`- ${short}`, `+ ${long}`],
      take: afternoon(start, { patience: [short, ...fixed] }, place),
      faults: mustShow(endings, { patienceMs, logged }),
    },
    {
      ...{ file: twin, setUp, decisive: [long], wrong: null },
      diagnosis: `nothing: the half request is answered once its rest has come, the unused connection is used after 3.3 s; ${LEFT}`,
      marks: [timeouts(0), cutRequests(0), resets(0), fins(11)],
      take: afternoon(start, { patience: [long, ...fixed] }, place),
      faults: mustShow(PATIENT, { patienceMs: 10_000 }),
    },
  ];
}

export const scenario = {
  name: 'preconnect-408',
  about: 'Connections opened ahead of need: servers answer the unused ones with 408, or close them in silence.',
  programs: ['haproxy', 'nginx', 'apache2', 'chromium', 'certutil'],
  samples: [...haproxySamples, ...otherSamples],
};
