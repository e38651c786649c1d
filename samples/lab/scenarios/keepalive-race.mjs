/** Requests lost because a server closes an idle connection at the moment a proxy's pool uses it again. */
import { BACK, FRONT } from '../parts/front.mjs';
import { startApache } from '../parts/servers.mjs';
import { startShopApplication } from '../parts/shop-application.mjs';
import { FIN } from '../parts/tshark.mjs';
import { connectionsIn, faultsOfPeace, faultsOfRace } from './keepalive-race/check.mjs';
import { staleOrders } from './keepalive-race/stale-pool.mjs';
import { LOST_ORDERS, LOST_READS, racingOrders, SERVER } from './keepalive-race/story.mjs';

const LOST = LOST_ORDERS + LOST_READS;

/** Idleness at which each server closes when its time-out is too short, milliseconds. */
const APACHE_MS = 1000;
/** keepAliveTimeout, and the second that Node adds to it. */
const NODE_MS = 2000;

const apache = (lines) => async (lab, back) => {
  await startShopApplication(lab, back, { endpoint: '127.0.0.1:3000' });
  await startApache(lab, back, {
    modules: ['proxy', 'proxy_http'],
    configuration: `
Listen ${BACK}:8080
KeepAlive On
${lines.join('\n')}
ProxyPass / http://127.0.0.1:3000/`,
    endpoints: [SERVER],
  });
};

const node = (keepAliveMs) => (lab, back) =>
  startShopApplication(lab, back, { endpoint: SERVER, settings: { 'keep-alive-ms': keepAliveMs } });

const apacheStory = (lines, races) => (lab) =>
  racingOrders(lab, {
    ...{ startServer: apache(lines), capture: { host: 'front', device: 'any' }, idleMs: APACHE_MS },
    ...{ pool: ['keepalive 16;', 'keepalive_timeout 3s;'], races },
  });

const nodeStory = (keepAliveMs, capture, races) => (lab) =>
  racingOrders(lab, {
    ...{ startServer: node(keepAliveMs), capture, idleMs: NODE_MS },
    ...{ pool: ['keepalive 16;', 'keepalive_timeout 4s;'], races },
  });

const BAD_GATEWAY = (count) => ({
  what: '502 from the front',
  filter: 'http.response.code == 502',
  count,
  fault: true,
  own: { response: 502, from: `${FRONT}:80` },
});
const SERVER_FIN = (count) => ({
  what: "the server's FIN",
  filter: `${FIN} && ip.src == ${BACK} && tcp.srcport == 8080`,
  count,
  own: { segment: 'fin', from: SERVER },
});
const SERVER_RST = (count) => ({
  what: 'RST from the server, which has no socket any more: to the request, and to the FIN of nginx behind it',
  filter: `tcp.flags.reset == 1 && ip.src == ${BACK} && tcp.srcport == 8080`,
  count,
  fault: true,
  own: { segment: 'rst', from: SERVER },
});

/** Connections that the front opens: the exact number depends on which of them the pool takes. */
const CONNECTIONS = [8, 26];

const FRONT_SERVER = { host: 'front', device: 'any' };
const BACK_SERVER = { host: 'back', device: 'eth0' };

export const scenario = {
  name: 'keepalive-race',
  about:
    'A proxy keeps idle connections to a server longer than the server does. A request that is on its way when the server closes is lost; the proxy answers 502 to a POST and sends a GET again.',
  programs: ['nginx', 'apache2'],
  samples: [
    {
      file: 'keepalive-race-apache.pcapng',
      setUp:
        'nginx with a pool of connections to Apache, 5 ms away; both legs, captured on the front on all devices; three clients come again after 0.25, 0.6 and about 1 s',
      decisive: ['KeepAliveTimeout 1', 'keepalive_timeout 3s;'],
      wrong:
        'Six requests are on their way when Apache sends FIN after 1 s of idleness. Apache closes in a lingering way: its kernel acknowledges the request after the FIN, nobody reads it, no RST. nginx answers four POSTs with 502 and sends two GETs again, which succeed',
      diagnosis: `keepalive-race: ${SERVER} closes idle connections after 1.0 s, the pool of ${BACK.replace(/43$/, '49')} reuses them for longer; 6 requests crossed the FIN (its acknowledgement number does not cover them), 4 POSTs failed with 502 (critical), 2 GETs were sent again on other connections and answered 200. Supported: server idle time-out shorter than the pool's. Ruled out: maximum of requests, crash, middlebox. Remedy: \`KeepAliveTimeout\` above nginx's upstream \`keepalive_timeout\`, or the latter below it`,
      twin: 'keepalive-race-apache-healthy.pcapng',
      differs: ['- KeepAliveTimeout 1', '+ KeepAliveTimeout 5'],
      marks: [BAD_GATEWAY(LOST_ORDERS), SERVER_FIN(CONNECTIONS)],
      take: apacheStory(['KeepAliveTimeout 1'], true),
      faults: (capture, told) => faultsOfRace(capture, told, { idleMs: APACHE_MS }),
    },
    {
      file: 'keepalive-race-apache-healthy.pcapng',
      setUp: 'the same; Apache keeps idle connections longer than the pool',
      decisive: ['KeepAliveTimeout 5', 'keepalive_timeout 3s;'],
      wrong: null,
      diagnosis:
        'no keepalive-race: every reuse after up to 1 s of idleness is answered, and the pool closes first, after 3 s',
      marks: [BAD_GATEWAY(0), SERVER_FIN([2, 8])],
      take: apacheStory(['KeepAliveTimeout 5'], false),
      faults: faultsOfPeace,
    },
    {
      file: 'keepalive-race-max-requests-healthy.pcapng',
      setUp: 'the same; Apache closes each connection after its third request and says so',
      decisive: ['KeepAliveTimeout 5', 'MaxKeepAliveRequests 3'],
      wrong: null,
      diagnosis:
        'no keepalive-race: the server closes at once after a response with Connection: close, always the third of the connection; no request is lost. No idle time-out may be estimated from these FINs',
      marks: [
        BAD_GATEWAY(0),
        SERVER_FIN([6, 20]),
        {
          what: 'response that announces the close',
          filter: `http.response && http.connection == "close" && tcp.srcport == 8080`,
          count: [6, 20],
        },
      ],
      take: apacheStory(['KeepAliveTimeout 5', 'MaxKeepAliveRequests 3'], false),
      faults: faultsOfPeace,
    },
    {
      file: 'keepalive-race-node.pcapng',
      setUp:
        'nginx with a pool of connections to a Node application, 5 ms away; the back leg alone, captured on the application server',
      decisive: ['keep-alive-ms 1000', 'keepalive_timeout 4s;'],
      wrong:
        'Six requests arrive within 10 ms after the FIN that Node sends after 2 s of idleness (keepAliveTimeout 1 s and a second on top); the kernel answers each with RST, seq = ack of the request, no ACK flag, window 0, and the FIN of nginx behind it with another',
      diagnosis: `keepalive-race: ${SERVER} closes idle connections after 2.0 s though it announces Keep-Alive: timeout=1; 6 requests crossed the FIN and were reset; 4 POSTs were not sent again (critical), 2 GETs were, and answered. Supported: server idle time-out shorter than the pool's. Ruled out: maximum of requests, crash, middlebox (TTL and MAC of the RST are the server's). Remedy: \`server.keepAliveTimeout\` above the pool's \`keepalive_timeout\`, or the latter below it`,
      twin: 'keepalive-race-node-healthy.pcapng',
      differs: ['- keep-alive-ms 1000', '+ keep-alive-ms 8000'],
      marks: [SERVER_RST([LOST, 2 * LOST]), SERVER_FIN(CONNECTIONS)],
      take: nodeStory(1000, BACK_SERVER, true),
      faults: (capture, told) => faultsOfRace(capture, told, { idleMs: NODE_MS }),
    },
    {
      file: 'keepalive-race-node-healthy.pcapng',
      setUp: 'the same; Node keeps idle connections longer than the pool',
      decisive: ['keep-alive-ms 8000', 'keepalive_timeout 4s;'],
      wrong: null,
      diagnosis: 'no keepalive-race: every reuse after up to 2 s is answered, and the pool closes first, after 4 s',
      marks: [SERVER_RST(0), SERVER_FIN([2, 8])],
      take: nodeStory(8000, BACK_SERVER, false),
      faults: faultsOfPeace,
    },
    {
      file: 'keepalive-race-node-front.pcapng',
      setUp: 'the same as keepalive-race-node.pcapng; both legs, captured on the front on all devices',
      decisive: ['keep-alive-ms 1000', 'keepalive_timeout 4s;'],
      wrong:
        'Six requests leave the front within 10 ms before the FIN of Node arrives; each is reset by the kernel of the application server. nginx answers four POSTs with 502 and sends two GETs again, which succeed',
      diagnosis: `keepalive-race: as for keepalive-race-node.pcapng, and the 502 of the front are seen`,
      twin: 'keepalive-race-node-front-healthy.pcapng',
      differs: ['- keep-alive-ms 1000', '+ keep-alive-ms 8000'],
      marks: [BAD_GATEWAY(LOST_ORDERS), SERVER_RST([LOST, 2 * LOST])],
      take: nodeStory(1000, FRONT_SERVER, true),
      faults: (capture, told) => faultsOfRace(capture, told, { idleMs: NODE_MS }),
    },
    {
      file: 'keepalive-race-node-front-healthy.pcapng',
      setUp: 'the same; Node keeps idle connections longer than the pool',
      decisive: ['keep-alive-ms 8000', 'keepalive_timeout 4s;'],
      wrong: null,
      diagnosis: 'no keepalive-race: every reuse after up to 2 s is answered, and the pool closes first, after 4 s',
      marks: [BAD_GATEWAY(0), SERVER_RST(0), SERVER_FIN([2, 8])],
      take: nodeStory(8000, FRONT_SERVER, false),
      faults: faultsOfPeace,
    },
    {
      file: 'keepalive-race-stale-pool.pcap',
      setUp: 'nginx; a Node job posts batches and reckons between them, which keeps it from reading its sockets',
      decisive: ['keepalive_timeout 1s;'],
      wrong:
        'nginx closes after 1 s of idleness and the kernel of the client acknowledges the FIN; the job, busy for 1.3 to 1.6 s, takes the connection from its pool all the same: three batches are reset and lost',
      diagnosis: `keepalive-race, stale pool: three POSTs to ${FRONT}:80 were sent 0.3 to 0.6 s after the client's kernel had acknowledged the server's FIN: no race on the line, the client does not look at its pooled connections. They were not sent again (critical). Server idle time-out 1.0 s. Remedy: \`keepalive_timeout 75s;\`, or a client that checks or ages its pool`,
      twin: 'keepalive-race-stale-pool-healthy.pcap',
      differs: ['- keepalive_timeout 1s;', '+ keepalive_timeout 75s;'],
      marks: [
        {
          what: "RST from the server, to each request sent after its FIN and to the client's FIN behind it",
          filter: `tcp.flags.reset == 1 && ip.src == ${FRONT}`,
          count: [3, 6],
          fault: true,
          own: { segment: 'rst', from: `${FRONT}:80` },
        },
        {
          what: "the server's FIN",
          filter: `${FIN} && ip.src == ${FRONT}`,
          count: [3, 4],
          own: { segment: 'fin', from: `${FRONT}:80` },
        },
      ],
      take: (lab) => staleOrders(lab, { keepAlive: 'keepalive_timeout 1s;' }),
      async faults(capture, { statuses }) {
        const stale = (await connectionsIn(capture, 80)).filter(({ kind }) => kind === 'stale').length;
        const lost = statuses.filter((status) => status !== 202).length;
        return stale === 3 && lost === 3 ? [] : [`${stale} stale connections, ${lost} lost batches; should be 3`];
      },
    },
    {
      file: 'keepalive-race-stale-pool-healthy.pcap',
      setUp: 'the same; nginx keeps idle connections longer than the job ever reckons',
      decisive: ['keepalive_timeout 75s;'],
      wrong: null,
      diagnosis: 'nothing: one connection, reused after up to 1.6 s, closed by the client at its end',
      marks: [
        {
          what: 'RST from the server',
          filter: `tcp.flags.reset == 1 && ip.src == ${FRONT}`,
          count: 0,
          own: { segment: 'rst', from: `${FRONT}:80` },
        },
        {
          what: "the server's FIN, after the client's",
          filter: `${FIN} && ip.src == ${FRONT}`,
          count: 1,
          own: { segment: 'fin', from: `${FRONT}:80` },
        },
      ],
      take: (lab) => staleOrders(lab, { keepAlive: 'keepalive_timeout 75s;' }),
      faults: (_, { statuses }) => (statuses.every((status) => status === 202) ? [] : [`statuses ${statuses}`]),
    },
  ],
};
