/** Requests and their ends: who closes, when, and how, with nobody harmed. */
import { FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { FIN } from '../../parts/tshark.mjs';
import { open } from './raw-client.mjs';
import { startSite } from './site.mjs';

const [READER, IDLER, SCRIPT, BUSY, HASTY, LEAVER, PIPELINER] = [10, 11, 12, 13, 14, 15, 16].map(
  (last) => `10.0.0.${last}`,
);

export const CLOSING = [
  {
    file: 'healthy-closing.pcapng',
    setUp:
      'nginx; clients that keep connections and close them first, that let the server close idle ones, that ask for `Connection: close`, and one that asks more often than `keepalive_requests`',
    decisive: ['keepalive_timeout 1s;', 'keepalive_requests 5;'],
    wrong: null,
    diagnosis:
      'nothing: the FINs of nginx follow an idle second, a `Connection: close` or the fifth request, no request crosses one; no keepalive-race, no empty-response; at most the idle time-out of 1 s as a fact about the server',
    marks: [
      {
        what: '200',
        filter: `http.response.code == 200 && ip.src == ${FRONT}`,
        count: 28,
        own: { response: 200, from: FRONT },
      },
      {
        what: 'FIN of nginx',
        filter: `${FIN} && ip.src == ${FRONT}`,
        count: 12,
        own: { segment: 'fin', from: FRONT },
      },
      {
        what: 'FIN of a client that closes first',
        filter: `tcp.connection.fin_active && ip.dst == ${FRONT}`,
        count: 4,
      },
    ],
    take: (lab) => take(lab, { story: 'closing', lines: ['keepalive_timeout 1s;', 'keepalive_requests 5;'] }),
    faults: (_, told) => faults(told, Array(28).fill(200)),
  },
  {
    file: 'healthy-resets.pcapng',
    setUp:
      'nginx; clients that reset connections which are finished (SO_LINGER 0), two that leave in the middle of a slow download, one of them with bytes unread',
    decisive: ['location = /prices.csv { limit_rate 64k; }'],
    wrong: null,
    diagnosis:
      'nothing wrong with the server: 6 RSTs of clients after whole answers mean nothing; 2 RSTs amid a body are readers who left (client-abort at most, notice), no truncated-response (the client ended it), no rst-after-request (the answer had begun)',
    marks: [
      {
        what: 'RST of a client after its answers, to abandon the connection',
        filter: `tcp.flags.reset == 1 && tcp.flags.ack == 1 && ip.src == ${HASTY}`,
        count: 6,
        own: { segment: 'rst', from: HASTY },
      },
      {
        what: 'RST of a reader who leaves a download',
        filter: `tcp.flags.reset == 1 && tcp.flags.ack == 1 && ip.src == ${LEAVER}`,
        count: 2,
      },
    ],
    take: (lab) => take(lab, { story: 'resets', lines: ['location = /prices.csv { limit_rate 64k; }'] }),
    faults: (_, told) => faults(told, Array(15).fill(200)),
  },
  {
    file: 'healthy-pipelining.pcapng',
    setUp: 'nginx; a client sends four requests in one segment, and others before the answer to the first is there',
    wrong: null,
    diagnosis:
      'nothing: more requests than answers at a moment are a pipeline; each answer belongs to the oldest request without one, HEAD and 304 among them have no body',
    marks: [
      {
        what: 'GET of what is not there, the last of each pipeline',
        filter: `http.request.uri == "/missing" && ip.dst == ${FRONT}`,
        count: 3,
        own: { request: 'GET', target: '/missing', to: FRONT },
      },
    ],
    take: (lab) => take(lab, { story: 'pipelining', lines: ['if_modified_since before;'] }),
    faults: (_, told) => faults(told, Array(3).fill([200, 200, 200, 304, 200, 200, 404]).flat()),
  },
];

async function take(lab, { story, lines }) {
  const { client, front } = await frontNetwork(lab, { clients: [IDLER, SCRIPT, BUSY, HASTY, LEAVER, PIPELINER] });
  await startSite(lab, front, { listen: `${FRONT}:80`, lines, endpoints: [`${FRONT}:80`] });
  await lab.capture(front, { device: 'eth0', filter: 'tcp' });
  const told = await client.perform(import.meta.url, story, { to: FRONT });
  await front.allClosed();
  return told;
}

/** Connections that end in every ordinary way. Gives the statuses. */
export async function closing({ to }) {
  const reader = async (rounds) => {
    const told = [];
    for (let round = 0; round < rounds; round += 1) {
      const connection = await open({ from: READER, to });
      for (const path of ['/', '/shop.css', '/shop.js']) {
        told.push(await connection.ask('GET', path, 'User-Agent: reader/1.0'));
        await pause(60);
      }
      await connection.end();
    }
    return told;
  };
  const idler = async () => {
    const connection = await open({ from: IDLER, to });
    const status = await connection.ask('GET', '/offers.html', 'User-Agent: reader/1.0');
    await connection.closed();
    return status;
  };
  const script = async () => {
    const connection = await open({ from: SCRIPT, to });
    const status = await connection.ask('GET', '/basket.json', 'User-Agent: import-script', 'Connection: close');
    await connection.closed();
    return status;
  };
  const busy = async () => {
    const told = [];
    for (let round = 0; round < 2; round += 1) {
      const connection = await open({ from: BUSY, to });
      for (let count = 0; count < 5; count += 1)
        told.push(await connection.ask('GET', '/basket.json', 'User-Agent: poller/0.9'));
      await connection.closed();
    }
    return told;
  };
  const told = await Promise.all([
    reader(4),
    ...[0, 150, 300].map((delay) => pause(delay).then(idler)),
    ...[50, 200, 350].map((delay) => pause(delay).then(script)),
    busy(),
  ]);
  return told.flat();
}

/** Connections that clients reset: after their answers, and in the middle of one. Gives the statuses. */
export async function resets({ to }) {
  const told = [];
  for (let round = 0; round < 6; round += 1) {
    const connection = await open({ from: HASTY, to });
    for (const path of ['/', '/basket.json']) told.push(await connection.ask('GET', path, 'User-Agent: poller/0.9'));
    await pause(40);
    connection.reset();
  }
  const leaver = await open({ from: LEAVER, to });
  leaver.stopReading();
  leaver.send(['GET', '/prices.csv', 'User-Agent: reader/1.0']);
  await pause(150);
  leaver.abandon();
  const other = await open({ from: LEAVER, to });
  other.send(['GET', '/prices.csv', 'User-Agent: reader/1.0']);
  await other.begin(20_000);
  await pause(80);
  other.reset();
  const reader = await open({ from: READER, to });
  for (const path of ['/', '/shop.css', '/shop.js']) told.push(await reader.ask('GET', path));
  await reader.end();
  return told;
}

/** Pipelines. Gives the statuses. */
export async function pipelining({ to }) {
  const told = [];
  for (let round = 0; round < 3; round += 1) {
    const connection = await open({ from: PIPELINER, to });
    const agent = 'User-Agent: mirror/2.4';
    connection.send(
      ['GET', '/', agent],
      ['HEAD', '/offers.html', agent],
      ['GET', '/shop.css', agent],
      ['GET', '/shop.js', agent, 'If-Modified-Since: Fri, 31 Dec 2038 23:59:59 GMT'],
    );
    for (const method of ['GET', 'HEAD', 'GET', 'GET']) told.push(await connection.answer(method));
    connection.send(['GET', '/offers.html', agent]);
    connection.send(['GET', '/basket.json', agent]);
    await pause(1);
    connection.send(['GET', '/missing', agent]);
    for (let count = 0; count < 3; count += 1) told.push(await connection.answer());
    await connection.end();
  }
  return told;
}

function faults(told, wanted) {
  return told.join() === wanted.join() ? [] : [`the clients saw ${told.join()}`];
}
