/**
 * Reverse HTTP: the origin dials the intermediary, over TLS with a certificate of its own, and then serves HTTP/2
 * on that connection (draft-bt-httpbis-reverse-http). TCP and TLS client is the HTTP server.
 */
import { curl } from '../parts/curl.mjs';
import { BACK, FRONT, FRONT_INSIDE, frontNetwork, OTHER_BACK } from '../parts/front.mjs';
import { pause, until } from '../parts/program.mjs';
import { FIN } from '../parts/tshark.mjs';

const ORIGIN = new URL('reverse-http/origin.mjs', import.meta.url).href;
const INTERMEDIARY = new URL('reverse-http/intermediary.mjs', import.meta.url).href;

const CLIENTS = ['10.0.0.10', '10.0.0.11', '10.0.0.12'];
/** Where the origins dial in, or are dialled. */
const PORT = 8443;
const CLEAR_PORT = 8080;

const DIALS = 'the origins dial the intermediary and serve HTTP/2 on the connection';
const DIALLED = 'the intermediary dials the origins and asks them by HTTP/2';
const PINGS = 'the origin sends a PING every 500 ms';
const NO_PINGS = 'the origin sends no PING';

const roles = (isReversed, port) => [
  {
    what: 'SYN of an origin: it dials',
    filter: `tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == ${port} && ip.dst == ${FRONT_INSIDE}`,
    count: isReversed ? 2 : 0,
    fault: true,
  },
  ...[BACK, OTHER_BACK].map((origin) => ({
    what: `FIN of ${origin}, which ends`,
    filter: `${FIN} && ip.src == ${origin}`,
    count: 1,
    own: { segment: 'fin', from: origin },
  })),
];

const encryptedMarks = (isReversed) => [
  {
    what: `ClientHello of an origin with ALPN h2-reverse`,
    filter: `tls.handshake.type == 1 && tls.handshake.extensions_alpn_str == "h2-reverse"`,
    count: isReversed ? 2 : 0,
    fault: true,
  },
  {
    what: 'CertificateRequest of the intermediary',
    filter: `tls.handshake.type == 13 && ip.src == ${FRONT_INSIDE}`,
    count: isReversed ? 2 : 0,
    fault: true,
  },
  ...roles(isReversed, PORT),
];

const clearMarks = (isReversed) => [
  {
    what: 'preface of the intermediary',
    filter: `http2.magic && ip.src == ${FRONT_INSIDE}`,
    count: 2,
  },
  ...roles(isReversed, CLEAR_PORT),
  {
    what: 'GET of the public',
    filter: `http.request.method == "GET" && ip.dst == ${FRONT}`,
    count: 10,
    own: { request: 'GET', to: FRONT },
  },
];

const lostMarks = (isLost) => [
  {
    what: '503 while no origin is connected',
    filter: `http.response.code == 503 && ip.src == ${FRONT}`,
    count: isLost ? 3 : 0,
    fault: true,
    own: { response: 503, from: FRONT },
  },
  {
    what: 'GOAWAY of the intermediary on the first connection, and its echo at the close',
    filter: `http2.type == 7 && ip.src == ${FRONT_INSIDE} && tcp.stream == 0`,
    count: [1, 2],
  },
  {
    what: 'SYN of the origin',
    filter: `tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.src == ${BACK}`,
    count: isLost ? 2 : 1,
  },
];

export const scenario = {
  name: 'reverse-http',
  about:
    'An intermediary (Node) serves the public at 10.0.0.49 and hands each request on by HTTP/2 to a shop, two origins (Node) at 10.0.1.43 and .48 in turn. The origins are not reachable: they dial 10.0.1.49 and serve HTTP/2 on that connection.',
  programs: ['curl', 'openssl'],
  samples: [
    {
      file: 'reverse-http.pcapng',
      setUp:
        'captured on both devices of the intermediary (interface 0 of the file is eth0, the public, 1 is eth1, the origins; without names); TLS 1.3 on both legs, ALPN `h2-reverse` and client certificate on the inner one, keys embedded; the public comes by HTTP/2 and HTTP/1.1',
      decisive: [DIALS],
      wrong: 'nothing fails: the HTTP roles are the reverse of the TCP and TLS roles',
      diagnosis:
        'reverse-http, notice, certain (ALPN h2-reverse, and the decrypted frames), 2 connections from 10.0.1.43 and 10.0.1.48 to 10.0.1.49:8443: the acceptor sends the preface and odd streams, the dialling side answers; client certificates were shown as the draft demands; nothing else: times, resets and idle closes belong to the swapped roles, the origins are the servers of these requests',
      twin: 'reverse-http-healthy.pcapng',
      differs: [`- ${DIALS}`, `+ ${DIALLED}`],
      marks: encryptedMarks(true),
      take: (lab) => take(lab, { isReversed: true, isEncrypted: true }),
      faults: (_, told) => servedFaults(told),
    },
    {
      file: 'reverse-http-healthy.pcapng',
      setUp: 'the same in the ordinary direction, ALPN `h2`',
      decisive: [DIALLED],
      wrong: null,
      diagnosis: 'nothing: an HTTP/2 connection between the same hosts, TCP client and HTTP client are one',
      marks: encryptedMarks(false),
      take: (lab) => take(lab, { isReversed: false, isEncrypted: true }),
      faults: (_, told) => servedFaults(told),
    },
    {
      file: 'reverse-http-clear.pcap',
      setUp:
        'the same without TLS, captured on both devices of the intermediary in one file; the public comes by HTTP/1.1',
      decisive: [DIALS],
      wrong: 'nothing fails: the HTTP roles are the reverse of the TCP roles',
      diagnosis:
        'reverse-http, notice, certain (by the frames), 2 connections from 10.0.1.43 and 10.0.1.48 to 10.0.1.49:8080: the acceptor sends the preface, the dialling side answers on its streams; no warning for the missing client certificate (no TLS, no ALPN: the draft does not speak of it)',
      twin: 'reverse-http-clear-healthy.pcap',
      differs: [`- ${DIALS}`, `+ ${DIALLED}`],
      marks: clearMarks(true),
      take: (lab) => take(lab, { isReversed: true, isEncrypted: false }),
      faults: (_, told) => servedFaults(told),
    },
    {
      file: 'reverse-http-clear-healthy.pcap',
      setUp: 'the same in the ordinary direction',
      decisive: [DIALLED],
      wrong: null,
      diagnosis: 'nothing: h2c with prior knowledge behind a proxy',
      marks: clearMarks(false),
      take: (lab) => take(lab, { isReversed: false, isEncrypted: false }),
      faults: (_, told) => servedFaults(told),
    },
    {
      file: 'reverse-http-lost.pcapng',
      setUp:
        'one origin, clear text, captured with `-i any`; the intermediary closes connections to origins that carried nothing for 1.5 s, the origin dials again 1 s after a loss',
      decisive: [NO_PINGS],
      wrong:
        'after 1.5 s without a frame the intermediary ends the reverse connection with GOAWAY; until the origin has dialled again the public gets 503',
      diagnosis:
        'reverse-http, warning, 10.0.1.49:8080: the connection of 10.0.1.43 is ended by the intermediary (GOAWAY, no error, no stream open) after 1.5 s without frames, dialled again about 1 s later; 3 of 11 requests of the public fall into the gap and get 503 at once; not a refused or failing origin, it saw none of them; cause: nothing keeps the idle connection alive, and the next one is not dialled before it ends; remedy: PING from the origin more often than every 1.5 s, or a second connection',
      twin: 'reverse-http-lost-healthy.pcapng',
      differs: [`- ${NO_PINGS}`, `+ ${PINGS}`],
      marks: lostMarks(true),
      take: (lab) => takeLost(lab, { pingMs: null }),
      faults: (_, told) => statusFaults(told, [200, 200, 200, 200, 503, 503, 503, 200, 200, 200, 200]),
    },
    {
      file: 'reverse-http-lost-healthy.pcapng',
      setUp: 'the same with PINGs',
      decisive: [PINGS],
      wrong: null,
      diagnosis:
        'reverse-http, notice, as for reverse-http-clear; nothing else: the PINGs of the dialling side are no requests, and its long idle connection is in use',
      marks: lostMarks(false),
      take: (lab) => takeLost(lab, { pingMs: 500 }),
      faults: (_, told) => statusFaults(told, Array(11).fill(200)),
    },
  ],
};

/** Both legs, two origins, a dozen requests of three clients. */
async function take(lab, { isReversed, isEncrypted }) {
  const { client, front, back } = await frontNetwork(lab, { clients: CLIENTS.slice(1) });
  lab.setting('direction', isReversed ? DIALS : DIALLED);
  const files = isEncrypted ? await certificates(lab, isReversed) : { origin: null, intermediary: null };
  const port = isEncrypted ? PORT : CLEAR_PORT;
  for (const device of ['eth0', 'eth1']) await lab.capture(front, { device, filter: 'tcp' });
  const origins = [BACK, OTHER_BACK];
  const startOrigins = async () => {
    const started = [];
    for (const address of origins)
      started.push(await startOrigin(back, { dials: isReversed, address, port, files: files.origin }));
    return started;
  };
  const startFront = () =>
    front.actor(
      ...[INTERMEDIARY, 'startIntermediary'],
      {
        front: { address: FRONT, port: isEncrypted ? 443 : 80 },
        inside: { address: FRONT_INSIDE, port },
        origins: isReversed ? null : origins.map((address) => `${address}:${port}`),
        files: files.intermediary,
        idleMs: null,
      },
      isEncrypted ? { keyLog: lab.keyLog } : {},
    );
  // Whoever is dialled has to be there first.
  const first = isReversed ? await startFront() : await startOrigins();
  const [intermediary, started] = isReversed ? [first, await startOrigins()] : [await startFront(), first];
  await until('both origins to be connected', async () => ((await intermediary.call('origins')) === 2 ? true : null));
  const told = await visits(client, { isEncrypted, authority: files.authority });
  for (const origin of started) await origin.call('end');
  await Promise.all([client.allClosed(), back.allClosed()]);
  return told;
}

/** A lull between visits, longer than the patience of the intermediary. */
async function takeLost(lab, { pingMs }) {
  const { client, front, back } = await frontNetwork(lab);
  lab.setting('keeping alive', pingMs === null ? NO_PINGS : PINGS);
  await lab.capture(front, { device: 'any', filter: 'tcp' });
  const intermediary = await front.actor(INTERMEDIARY, 'startIntermediary', {
    front: { address: FRONT, port: 80 },
    ...{ inside: { address: FRONT_INSIDE, port: CLEAR_PORT }, origins: null, files: null, idleMs: 1500 },
  });
  const origin = await startOrigin(back, { dials: true, address: BACK, port: CLEAR_PORT, files: null, pingMs });
  await until('the origin to be connected', async () => ((await intermediary.call('origins')) === 1 ? true : null));
  const told = [];
  for (const [lull, paths] of [
    [0, ['/', '/cart', '/cart', '/report']],
    [2000, ['/', '/cart', '/cart']],
    [1000, ['/', '/cart', '/cart', '/report']],
  ]) {
    await pause(lull);
    const urls = paths.map((path) => `http://${FRONT}${path}`);
    told.push(...(await curl(client, urls, { options: ['--header', 'Host: shop.example'] })).transfers);
  }
  await origin.call('end');
  await Promise.all([client.allClosed(), back.allClosed()]);
  return told;
}

function startOrigin(back, { dials, address, port, files, pingMs = null }) {
  const intermediary = { address: FRONT_INSIDE, port, name: 'edge1.cdn.example' };
  return back.actor(ORIGIN, 'startOrigin', { dials, address, port, intermediary, files, redialMs: 1000, pingMs });
}

async function certificates(lab, isReversed) {
  const authority = await lab.authority();
  const signed = async (names, options) => ({
    ...(await authority.sign(names, options)),
    authority: authority.certificate,
  });
  return {
    authority: authority.certificate,
    intermediary: await signed(['edge1.cdn.example', 'shop.example']),
    origin: await signed(['origin.shop.example'], { client: isReversed }),
  };
}

/** Three clients: one by HTTP/2 where there is TLS, one by HTTP/1.1, one with an order and a page that is not there. */
async function visits(client, { isEncrypted, authority }) {
  const base = isEncrypted ? 'https://shop.example' : 'http://shop.example';
  const common = isEncrypted ? ['--cacert', authority] : [];
  const resolve = { [`shop.example:${isEncrypted ? 443 : 80}`]: FRONT };
  const visit = async (index, paths, options) => {
    await pause(80 * index);
    const urls = paths.map((path) => `${base}${path}`);
    const how = { resolve, options: [...common, '--interface', CLIENTS[index], ...options] };
    return (await curl(client, urls, how)).transfers;
  };
  const told = await Promise.all([
    visit(0, ['/', '/cart', '/report', '/cart'], isEncrypted ? ['--http2'] : []),
    visit(1, ['/', '/cart', '/', '/report', '/'], ['--http1.1']),
    visit(2, ['/missing'], []).then(async (missing) => [
      ...missing,
      ...(await visit(2, ['/orders'], ['--json', '{"article":"4711"}'])),
    ]),
  ]);
  return told.flat();
}

function servedFaults(told) {
  return statusFaults(told, [200, 200, 200, 200, 200, 200, 200, 200, 200, 404, 201]);
}

function statusFaults(told, wanted) {
  const seen = told.map(({ status }) => status);
  return seen.join() === wanted.join() ? [] : [`the clients saw ${seen.join()}`];
}
