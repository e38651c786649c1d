/**
 * An application that closes a connection with bytes unread: it looks at the head of an upload, finds it too
 * large, and drops the socket instead of answering. The kernel then sends RST, not FIN (RFC 1122 §4.2.2.13,
 * RFC 2525 §2.17), and the client never learns why.
 */
import { beside } from '../../parts/beside.mjs';
import { startLoadBalancer, viewer } from './load-balancer.mjs';
import { hostNetwork } from './network.mjs';

const SITE = { address: '10.0.1.46', port: 9000, name: 'uploads.example' };
const SERVICE = beside(import.meta.url, 'upload-service.py');
const BALANCERS = ['10.0.0.10', '10.0.0.11'];

/** The largest body that the application takes, bytes. */
const LIMIT = 4096;
const SMALL = 200;
const LARGE = 12_000;
/** The sizes of the uploads, in order; every fourth is too large. */
const UPLOADS = Array.from({ length: 24 }, (_, index) => (index % 4 === 3 ? LARGE : SMALL + 37 * index));
const TOO_LARGE = UPLOADS.filter((size) => size > LIMIT).length;

const DROPS = 'drops the connection when Content-Length is above 4096';
const ANSWERS = 'reads the whole body and answers 413 when Content-Length is above 4096';

export const unreadSamples = [
  {
    file: 'rst-after-request-unread.pcapng',
    setUp: 'An upload service `10.0.1.46:9000` (Python, plain sockets) behind a load balancer; captured on the host',
    decisive: [DROPS],
    wrong: `The ${TOO_LARGE} uploads of 12,000 bytes are answered with RST while the service has most of them unread; ${UPLOADS.length - TOO_LARGE} small ones are answered 201`,
    diagnosis:
      'rst-after-request at `10.0.1.46:9000`: app-abort supported (RST,ACK of a socket, window above 0, timestamps; all of the large uploads and none of the small ones; other requests answered before and after). Not forged; process-dead ruled out. Read the body to its end before closing, or answer 413',
    twin: 'rst-after-request-unread-healthy.pcapng',
    differs: [`- ${DROPS}`, `+ ${ANSWERS}`],
    marks: marks(TOO_LARGE),
    take: (lab) => take(lab, { reads: false }),
    faults: (_, told) => answers(told, null),
  },
  {
    file: 'rst-after-request-unread-healthy.pcapng',
    setUp: 'The same, and the service reads what it refuses',
    decisive: [ANSWERS],
    wrong: null,
    diagnosis: 'Nothing: each upload is answered, the large ones with 413',
    marks: marks(0),
    take: (lab) => take(lab, { reads: true }),
    faults: (_, told) => answers(told, 413),
  },
];

function marks(resets) {
  return [
    {
      what: 'RST of the service’s socket',
      filter: `tcp.flags.reset == 1 && ip.src == ${SITE.address} && tcp.flags.ack == 1`,
      count: resets,
      fault: true,
    },
    {
      what: '201',
      filter: `http.response.code == 201 && ip.src == ${SITE.address}`,
      count: UPLOADS.length - TOO_LARGE,
      own: { response: 201, from: SITE.address },
    },
  ];
}

async function take(lab, { reads }) {
  const { server, clients } = await hostNetwork(lab, { servers: [SITE.address], clients: BALANCERS });
  lab.setting('upload service', reads ? ANSWERS : DROPS);
  await server.start({
    name: 'upload service',
    command: ['python3', SERVICE, SITE.address, String(SITE.port), String(LIMIT), reads ? 'reads' : 'drops'],
    ready: /^ready$/m,
  });
  const balancer = await startLoadBalancer(clients);
  await lab.capture(server, { device: 'eth0' });
  const told = [];
  for (const [index, size] of UPLOADS.entries()) {
    const who = viewer(`198.51.100.${10 + (index % 5)}`, index % 5);
    const body = 'x'.repeat(size);
    const pool = size > LIMIT ? null : `pool ${index % 3}`;
    const upload = { viewer: who, site: SITE, method: 'POST', path: '/files', body, from: BALANCERS[index % 2], pool };
    told.push(await balancer.ask(upload));
  }
  await balancer.closePools();
  await server.allClosed();
  return told;
}

function answers(told, toLarge) {
  return told.flatMap(({ status, error }, index) => {
    const wanted = UPLOADS[index] > LIMIT ? toLarge : 201;
    const isRight = wanted === null ? error !== undefined : status === wanted;
    return isRight ? [] : [`upload ${index}: ${status ?? error}, should be ${wanted ?? 'an error'}`];
  });
}
