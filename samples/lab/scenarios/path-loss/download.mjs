/** Downloads over a bad line. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { curl } from '../../parts/curl.mjs';
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { startNginx } from '../../parts/servers.mjs';
import { FIN } from '../../parts/tshark.mjs';

const CLIENTS = [CLIENT, '10.0.0.11', '10.0.0.12'];
const BYTES = 40_000;
/** Small segments, as a modem has them: a sample needs many. */
const MSS = 400;
const ONE_WAY_MICROSECONDS = 8000;

/** Every seventh of the segments with payload, of all clients together. */
const SEVENTH = Array.from({ length: 80 }, (_, index) => 7 * (index + 1));

const SOUND = 'line between client and nginx: sound';
const LOSES = 'line between client and nginx: every seventh segment of nginx is lost';
const OVERTAKES = 'line between client and nginx: every seventh segment of nginx comes 12 ms late';

const LINE = `nginx, a line with a round trip of 16 ms and small segments (MSS ${MSS});`;
const SET_UP = `${LINE} three clients download 40 kB each`;
const ALONE = `${LINE} a client downloads 40 kB`;

const AGAIN = (count, fault = true) => ({
  what: 'segment of nginx, sent again',
  filter: `ip.src == ${FRONT} && tcp.len > 0 && (tcp.analysis.retransmission || tcp.analysis.fast_retransmission || tcp.analysis.spurious_retransmission || tcp.analysis.out_of_order)`,
  count,
  fault,
});

const ENDS = {
  what: 'FIN of a client that has all',
  filter: `${FIN} && ip.dst == ${FRONT}`,
  count: [1, 2 * CLIENTS.length],
  own: { segment: 'fin', to: FRONT },
};

const LOSSY = { backward: { drop: SEVENTH, least_bytes: 100 } };

export const DOWNLOAD = [
  {
    file: 'path-loss-download.pcapng',
    setUp: `${SET_UP}; captured at nginx`,
    decisive: [LOSES],
    wrong:
      'one segment in seven is lost on the way to the clients; nginx’s kernel sends each again, the downloads crawl',
    diagnosis: `path-loss, ${FRONT}:80 (warning, certain): in all three connections more than a tenth of the server's segments had to be sent again: the way to the clients loses. Ruled out: the way to the server (the clients sent nothing again), mtu-blackhole (segments of the same size pass). Remedy: look for the place on the way`,
    twin: 'path-loss-download-healthy.pcapng',
    differs: [`- ${LOSES}`, `+ ${SOUND}`],
    marks: [AGAIN([30, 120]), ENDS],
    take: (lab) => take(lab, { line: LOSSY, text: LOSES, at: ['front'] }),
    faults,
  },
  {
    file: 'path-loss-download-client.pcapng',
    setUp: `${SET_UP}; captured at the clients`,
    decisive: [LOSES],
    wrong:
      'the same, seen from the other end: segments are missing, the clients ask for them by SACK, and they come a round trip later',
    diagnosis: `path-loss, ${FRONT}:80: holes in what arrives that are filled only a round trip and more after the next segment: lost before the capture point, not overtaken. No truncated-response: all holes are filled`,
    twin: 'path-loss-download-healthy.pcapng',
    differs: [`- ${LOSES}`, `+ ${SOUND}`],
    marks: [
      {
        what: 'acknowledgement that tells of a hole (SACK)',
        filter: `ip.dst == ${FRONT} && tcp.options.sack_le`,
        count: [30, 300],
        fault: true,
      },
      ENDS,
    ],
    take: (lab) => take(lab, { line: LOSSY, text: LOSES, at: ['client'] }),
    faults,
  },
  {
    file: 'path-loss-download-healthy.pcapng',
    setUp: `${ALONE}; captured at nginx`,
    decisive: [SOUND],
    wrong: null,
    diagnosis: 'nothing: each segment is sent once',
    marks: [AGAIN(0, undefined), ENDS],
    take: (lab) => take(lab, { line: {}, text: SOUND, at: ['front'], clients: 1 }),
    faults,
  },
  {
    file: 'path-loss-overtaken-healthy.pcapng',
    setUp: `${ALONE}; captured there`,
    decisive: [OVERTAKES],
    wrong: null,
    diagnosis:
      'no path-loss: segments come out of order, each within less than a round trip of those that overtook it; nothing is lost',
    marks: [
      {
        what: 'segment of nginx behind one that was sent after it',
        filter: `ip.src == ${FRONT} && tcp.len > 0 && tcp.analysis.out_of_order`,
        count: [4, 80],
      },
      ENDS,
    ],
    take: (lab) =>
      take(lab, {
        line: { backward: { late: SEVENTH, late_microseconds: 12_000, least_bytes: 100 } },
        text: OVERTAKES,
        at: ['client'],
        clients: 1,
      }),
    faults,
  },
  {
    file: 'path-loss-both-ends-healthy.pcapng',
    setUp: `${ALONE}; captured at nginx and at the client, in one file`,
    decisive: [SOUND],
    wrong: null,
    diagnosis:
      'nothing: every packet is in the file twice, 8 ms apart, as it passed two capture points; none was sent twice',
    marks: [ENDS],
    take: (lab) => take(lab, { line: {}, text: SOUND, at: ['front', 'client'], clients: 1 }),
    faults,
  },
];

async function take(lab, { line, text, at, clients = CLIENTS.length }) {
  const hosts = await frontNetwork(lab, {
    clients: CLIENTS.slice(1),
    line: { oneWayMicroseconds: ONE_WAY_MICROSECONDS, ...line },
  });
  lab.setting('line', text);
  await hosts.client.ip('route', 'change', '10.0.0.0/24', 'dev', 'eth0', 'advmss', String(MSS));
  // Segments as they are on the line: what the kernel cuts only in the device is captured uncut.
  await hosts.front.run('sysctl', '-qw', 'net.ipv4.tcp_min_tso_segs=1');
  const root = await lab.folder('site');
  await writeFile(join(root, 'index.html'), 'shop');
  await writeFile(join(root, 'prices.csv'), 'tea;coffee;cocoa\n'.repeat(9999).slice(0, BYTES));
  const nginx = await startNginx(lab, hosts.front, {
    http: `  server {\n    listen ${FRONT}:80;\n    root ${root};\n  }`,
    endpoints: [`${FRONT}:80`],
  });
  // They know one another's link-layer addresses: a handshake takes a round trip, no more.
  for (const from of CLIENTS) await curl(hosts.client, [`http://${FRONT}/`], { options: ['--interface', from] });
  await Promise.all([hosts.client.allClosed(), hosts.front.allClosed()]);
  for (const name of at) await lab.capture(hosts[name], { device: 'eth0', filter: 'tcp' });
  const told = [];
  for (const from of CLIENTS.slice(0, clients)) {
    const options = ['--interface', from, '--header', 'Host: shop.example'];
    const { transfers } = await curl(hosts.client, [`http://${FRONT}/prices.csv`], { options });
    told.push(transfers[0]?.status ?? 0);
    await pause(50);
  }
  await Promise.all([hosts.client.allClosed(), hosts.front.allClosed()]);
  await nginx.end('SIGTERM');
  return told;
}

function faults(_, told) {
  return told.every((status) => status === 200) ? [] : [`statuses: ${told.join()}`];
}
