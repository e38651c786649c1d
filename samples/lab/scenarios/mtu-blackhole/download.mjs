/** Answers that are larger than the tunnel takes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { curl } from '../../parts/curl.mjs';
import { pause } from '../../parts/program.mjs';
import { startNginx } from '../../parts/servers.mjs';
import { FIN } from '../../parts/tshark.mjs';
import {
  AFTERMATH_MS,
  CUSTOMER,
  DEAF,
  GATE,
  LARGE_AGAIN,
  OPEN,
  SERVER,
  SILENT,
  TOO_LARGE,
  tunnelNetwork,
} from './tunnel.mjs';

/** The customer's patience, seconds. */
const PATIENCE_S = 3;
const LARGE_BYTES = 9000;
const LARGE = ['/news.html', '/prices.csv'];

const SET_UP =
  'nginx; a small page on each connection, then one of 9,000 bytes, twice, with a client that waits for 3 s';
const PROBING = 'net.ipv4.tcp_mtu_probing=1';

const CLIENT_LEAVES = (count) => ({
  what: 'FIN of the client',
  filter: `${FIN} && ip.src == ${CUSTOMER}`,
  count,
  own: { segment: 'fin', from: CUSTOMER },
});

const LOST = {
  wrong:
    'the small pages arrive, of the large ones the last, short segment alone: the router before the tunnel drops the others, and its ICMP error is dropped too; nginx sends them again and again until the client leaves',
  twin: 'mtu-blackhole-download-healthy.pcapng',
  faults: (_, told) => outcomeFaults(told, [200, 28, 200, 28]),
};

export const DOWNLOAD = [
  {
    ...LOST,
    file: 'mtu-blackhole-download.pcapng',
    setUp: `${SET_UP}; captured at nginx`,
    decisive: [SILENT],
    diagnosis: `mtu-blackhole, ${SERVER}:80 (critical): large segments from it do not pass: 1,448 bytes sent again with doubling pauses and never acknowledged, smaller ones are, the short last one by SACK; the client is there (FIN). Ruled out: path-loss (no segment of that size ever passed, all small ones did), an ICMP error that is ignored (none comes). Remedy: clamp the MSS before the tunnel, let ICMP 3/4 pass, tcp_mtu_probing`,
    differs: [`- ${SILENT}`, `+ ${OPEN}`],
    marks: [LARGE_AGAIN(SERVER, [4, 20]), CLIENT_LEAVES(2)],
    take: (lab) => take(lab, { filters: { gate: [SILENT] }, at: 'server' }),
  },
  {
    ...LOST,
    file: 'mtu-blackhole-download-client.pcapng',
    setUp: `${SET_UP}; captured at the client`,
    decisive: [SILENT],
    diagnosis: `mtu-blackhole, ${SERVER}:80, likely: of an answer of 9,000 bytes the last 312 arrive alone, the client asks for what is before them by SACK, and in 3 s nothing of it comes, though the server answers small requests at once; no segment above 1,360 bytes ever arrives. No truncated-response (the client leaves), no slow-response (the answer has begun)`,
    differs: [`- ${SILENT}`, `+ ${OPEN}`],
    marks: [
      {
        what: 'acknowledgement that tells of a hole (SACK)',
        filter: `ip.src == ${CUSTOMER} && tcp.options.sack_le`,
        count: [2, 6],
        fault: true,
      },
      CLIENT_LEAVES(2),
    ],
    take: (lab) => take(lab, { filters: { gate: [SILENT] }, at: 'client' }),
  },
  {
    ...LOST,
    file: 'mtu-blackhole-ignored.pcapng',
    setUp: `${SET_UP}; captured at nginx, whose host drops every ICMP`,
    decisive: [DEAF],
    wrong:
      'the router says "fragmentation needed, MTU 1400" to each large segment, and the packet filter of the server does not let its kernel hear it',
    diagnosis: `mtu-blackhole, ${SERVER}:80 (critical, certain): ${GATE} asks for packets of at most 1400 bytes, and the same 1,448 bytes are sent again all the same: the ICMP errors are ignored. Remedy: let ICMP 3/4 into the host`,
    differs: [`- ${DEAF}`],
    marks: [LARGE_AGAIN(SERVER, [4, 20]), TOO_LARGE([4, 30]), CLIENT_LEAVES(2)],
    take: (lab) => take(lab, { filters: { gate: [OPEN], server: [DEAF] }, at: 'server' }),
  },
  {
    file: 'mtu-blackhole-download-healthy.pcapng',
    setUp: `${SET_UP}; captured at nginx, which hears the router`,
    decisive: [OPEN],
    wrong: null,
    diagnosis:
      'nothing: the router asks for packets of at most 1400 bytes, and nginx’s kernel sends the same bytes again in smaller segments at once (RFC 1191)',
    marks: [LARGE_AGAIN(SERVER, 0), TOO_LARGE([1, 8]), CLIENT_LEAVES(2)],
    take: (lab) => take(lab, { filters: { gate: [OPEN] }, at: 'server' }),
    faults: (_, told) => outcomeFaults(told, [200, 0, 200, 0]),
  },
  {
    file: 'mtu-blackhole-probing-healthy.pcapng',
    setUp: `${SET_UP}, of 12 s here; the router is silent, and nginx’s kernel finds out by itself; captured at nginx`,
    decisive: [SILENT, PROBING],
    wrong: null,
    diagnosis:
      'no request fails: after some time-outs the kernel tries smaller segments (RFC 4821), and they pass; at most a notice that it cost some seconds. No path-loss: what is lost is what is large',
    marks: [CLIENT_LEAVES(2)],
    take: (lab) => take(lab, { filters: { gate: [SILENT] }, at: 'server', sysctl: [PROBING], patience: 12 }),
    faults: (_, told) => outcomeFaults(told, [200, 0, 200, 0]),
  },
];

async function take(lab, { filters, at, sysctl, patience = PATIENCE_S }) {
  const hosts = await tunnelNetwork(lab, { filters, sysctl });
  const { client, server } = hosts;
  const root = await lab.folder('site');
  await writeFile(join(root, 'index.html'), '<!doctype html><title>Shop</title><h1>Shop</h1>\n');
  for (const path of LARGE)
    await writeFile(join(root, path), `${'tea;coffee;cocoa\n'.repeat(999)}`.slice(0, LARGE_BYTES));
  const nginx = await startNginx(lab, server, {
    http: `  server {\n    listen ${SERVER}:80;\n    root ${root};\n  }`,
    endpoints: [`${SERVER}:80`],
  });
  await lab.capture(hosts[at], { device: 'eth0', filter: 'tcp or icmp' });
  const told = [];
  for (const path of LARGE) {
    const { code, transfers } = await curl(client, [`http://${SERVER}/`, `http://${SERVER}${path}`], {
      maxSeconds: patience,
    });
    told.push(transfers[0]?.status ?? 0, code);
  }
  await pause(AFTERMATH_MS);
  await nginx.end('SIGTERM');
  return told;
}

function outcomeFaults(told, wanted) {
  return told.join() === wanted.join() ? [] : [`statuses and exit codes of curl: ${told.join()}, not ${wanted.join()}`];
}
