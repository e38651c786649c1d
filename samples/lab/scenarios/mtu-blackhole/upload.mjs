/** Requests that are larger than the tunnel takes: the filter is at the customer's end. */
import { curl } from '../../parts/curl.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { pause } from '../../parts/program.mjs';
import { startApache, startHaproxy, startNginx } from '../../parts/servers.mjs';
import { AFTERMATH_MS, CUSTOMER, LARGE_AGAIN, OPEN, SERVER, SILENT, TOO_LARGE, tunnelNetwork } from './tunnel.mjs';

/** How long the servers wait for a request, seconds. */
const WAIT_S = 3;

/** Cookies that a shop's trackers have left: the head of the request does not fit into one segment. */
const COOKIES = Array.from({ length: 24 }, (_, index) => `t${index}=${'0123456789abcdef'.repeat(5)}`).join('; ');

const SERVERS = {
  haproxy: {
    name: 'HAProxy',
    does: 'answers 408',
    line: `timeout http-request ${WAIT_S}s`,
    start: (lab, host) =>
      startHaproxy(lab, host, {
        configuration: haproxyConfiguration({
          timeouts: { connect: '2s', client: '10s', server: '10s', 'http-request': `${WAIT_S}s` },
          sections: `
frontend shop
    bind ${SERVER}:80
    http-request return status 200 content-type text/plain string ok`,
        }),
        endpoints: [`${SERVER}:80`],
      }),
  },
  nginx: {
    name: 'nginx',
    does: 'closes without a word',
    line: `client_header_timeout ${WAIT_S}s;`,
    start: (lab, host) =>
      startNginx(lab, host, {
        http: `  client_header_timeout ${WAIT_S}s;\n  server {\n    listen ${SERVER}:80;\n    return 200 "ok";\n  }`,
        endpoints: [`${SERVER}:80`],
      }),
  },
  apache: {
    name: 'Apache',
    does: 'closes without a word, as it saw no byte',
    line: `RequestReadTimeout header=${WAIT_S}`,
    start: (lab, host) =>
      startApache(lab, host, {
        modules: ['reqtimeout', 'alias'],
        configuration: `Listen ${SERVER}:80\nRequestReadTimeout header=${WAIT_S}\nRedirect 204 /`,
        endpoints: [`${SERVER}:80`],
      }),
  },
};

const VISITS = 2;

const setUpOf = (name, at) =>
  `${name}, which waits for a request for 3 s; a browser whose cookies make the head of its requests 2.3 kB, two visits; captured at ${at}`;

const CLOSES = (count) => ({
  what: 'FIN of the server',
  filter: `tcp.flags.fin == 1 && ip.src == ${SERVER} && !tcp.analysis.retransmission`,
  count,
  own: { segment: 'fin', from: SERVER },
});

function pairOf(kind, at) {
  const { name, does, line } = SERVERS[kind];
  const isClient = at === 'client';
  const file = `mtu-blackhole-upload-${kind}${isClient ? '-client' : ''}`;
  const setUp = setUpOf(name, isClient ? 'the client' : name);
  return [
    {
      file: `${file}.pcapng`,
      setUp,
      decisive: [SILENT, line],
      wrong: `of each request the first, full segment does not arrive, the second, shorter one does; ${name} waits for the first in vain and ${does}`,
      diagnosis: isClient
        ? `mtu-blackhole, ${SERVER}:80 (critical): large segments to it do not pass: they are sent again with doubling pauses and never acknowledged, the shorter one behind them is (SACK)`
        : `mtu-blackhole, ${SERVER}:80, likely: of each request a short segment arrives that begins behind bytes which never come, the server asks for them (SACK), and gives up after 3 s. Not preconnect-408 and no slow client: the client had sent its request`,
      twin: `${file}-healthy.pcapng`,
      differs: [`- ${SILENT}`, `+ ${OPEN}`],
      marks: [
        isClient
          ? LARGE_AGAIN(CUSTOMER, [4, 20])
          : {
              what: 'segment of a request with a hole before it',
              filter: `ip.src == ${CUSTOMER} && tcp.len > 0 && tcp.seq > 1300`,
              count: [VISITS, 12],
            },
        {
          what: 'acknowledgement that tells of a hole (SACK)',
          filter: `ip.src == ${SERVER} && tcp.options.sack_le`,
          count: [VISITS, 12],
          fault: !isClient,
        },
        CLOSES(VISITS),
      ],
      take: (lab) => take(lab, kind, { filter: SILENT, at }),
      faults: (_, told) => outcomeFaults(told, (status) => status !== 200 && status !== 204),
    },
    {
      file: `${file}-healthy.pcapng`,
      setUp,
      decisive: [OPEN, line],
      wrong: null,
      diagnosis: 'nothing: the customer’s router asks for smaller packets, and gets them',
      marks: [...(isClient ? [LARGE_AGAIN(CUSTOMER, 0), TOO_LARGE([1, 8])] : []), CLOSES(VISITS)],
      take: (lab) => take(lab, kind, { filter: OPEN, at }),
      faults: (_, told) => outcomeFaults(told, (status) => status === 200 || status === 204),
    },
  ];
}

export const UPLOAD = [
  ...pairOf('haproxy', 'server'),
  ...pairOf('haproxy', 'client'),
  ...pairOf('nginx', 'server'),
  ...pairOf('apache', 'server'),
];

async function take(lab, kind, { filter, at }) {
  const hosts = await tunnelNetwork(lab, { filters: { home: [filter] } });
  const { client, server } = hosts;
  const program = await SERVERS[kind].start(lab, server);
  await lab.capture(hosts[at], { device: 'eth0', filter: 'tcp or icmp' });
  const told = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const { transfers } = await curl(client, [`http://${SERVER}/account`], {
      options: ['--header', 'Host: shop.example', '--cookie', COOKIES],
    });
    told.push(transfers[0]?.status ?? 0);
  }
  await pause(AFTERMATH_MS);
  await program.end('SIGTERM');
  return told;
}

function outcomeFaults(told, isRight) {
  return told.every(isRight) ? [] : [`statuses of curl: ${told.join()}`];
}
