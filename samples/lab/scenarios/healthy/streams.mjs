/** Many streams at once on few HTTP/2 connections, in clear: a load tester at a shop. */
import { FRONT, frontNetwork } from '../../parts/front.mjs';
import { FIN } from '../../parts/tshark.mjs';
import { startSite } from './site.mjs';

const CLIENTS = 2;
const REQUESTS = 60;
const AT_ONCE = 10;
const PATHS = ['/', '/offers.html', '/shop.css', '/basket.json'];

export const STREAMS = [
  {
    file: 'healthy-streams.pcap',
    setUp: `nginx with HTTP/2 in clear text; h2load asks ${REQUESTS} times on ${CLIENTS} connections, ${AT_ONCE} requests under way on each`,
    decisive: [`listen ${FRONT}:80 http2;`],
    wrong: null,
    diagnosis:
      'nothing: answers that come in another order than the requests are a matter of HTTP/2; streams without an answer at a moment are under way; the GOAWAY at the end is that of the client, which leaves',
    marks: [
      {
        what: 'GOAWAY of the client',
        filter: `http2.type == 7 && ip.dst == ${FRONT}`,
        count: CLIENTS,
      },
      {
        what: 'FIN of the client',
        filter: `${FIN} && ip.dst == ${FRONT}`,
        count: CLIENTS,
        own: { segment: 'fin', to: FRONT },
      },
    ],
    take,
    faults: (_, told) => (told === REQUESTS ? [] : [`${told} of ${REQUESTS} requests succeeded`]),
  },
];

async function take(lab) {
  const { client, front } = await frontNetwork(lab);
  await startSite(lab, front, { listen: `${FRONT}:80 http2`, endpoints: [`${FRONT}:80`] });
  await lab.capture(front, { device: 'eth0' });
  const urls = PATHS.map((path) => `http://${FRONT}${path}`);
  const told = await client.run(
    'h2load',
    '-n',
    String(REQUESTS),
    '-c',
    String(CLIENTS),
    '-m',
    String(AT_ONCE),
    ...urls,
  );
  await front.allClosed();
  return Number(/(\d+) succeeded/.exec(told)?.[1]);
}
