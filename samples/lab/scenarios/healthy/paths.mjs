/** The network's own doings, and TLS's: loss that TCP mends, a client that tries two addresses, sessions resumed. */
import { curl } from '../../parts/curl.mjs';
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { FIN } from '../../parts/tshark.mjs';
import { startSite } from './site.mjs';

const CLIENT_V6 = '2001:db8::a';
const FRONT_V6 = '2001:db8::31';
/** An address that nobody has: what is sent there is lost. */
const NOWHERE_V6 = '2001:db8:f::31';
const WITH_V6 = {
  sysctl: [
    'net.ipv6.conf.all.disable_ipv6=0',
    'net.ipv6.conf.default.disable_ipv6=0',
    'net.ipv6.conf.all.accept_dad=0',
    'net.ipv6.conf.default.accept_dad=0',
  ],
};

/** What befalls the answers: of the segments with payload these are lost, these come late. */
const LOSS = {
  forward: { drop: [4], late: [6], late_microseconds: 4000 },
  backward: { drop: [9, 30, 31], late: [3, 18, 45], late_microseconds: 3000 },
};
const LOSS_TEXT =
  'lost: request 4, answer segments 9, 30 and 31; late: request 6 by 4 ms, answer segments 3, 18 and 45 by 3 ms';

const lossMarks = [
  {
    what: 'segment sent again, or behind one that was sent after it',
    filter: 'tcp.analysis.retransmission || tcp.analysis.fast_retransmission || tcp.analysis.out_of_order',
    count: [3, 40],
  },
  {
    what: 'FIN of nginx, after that of the client',
    filter: `${FIN} && ip.src == ${FRONT}`,
    count: 2,
    own: { segment: 'fin', from: FRONT },
  },
  { what: 'RST', filter: 'tcp.flags.reset == 1', count: 0 },
];

export const PATHS = [
  {
    file: 'healthy-loss.pcapng',
    setUp:
      'nginx behind a line that loses and delays single segments, captured at the client: holes in the answers that are filled later, segments out of order',
    decisive: [LOSS_TEXT],
    wrong: null,
    diagnosis:
      'nothing: every body becomes whole, a segment that comes late is no gap in the capture and no truncated-response; 4 losses are below path-loss; the request sent again after 200 ms is one request',
    marks: lossMarks,
    take: (lab) => takeLossy(lab, 'client'),
    faults: (_, told) => statusFaults(told, Array(8).fill(200)),
  },
  {
    file: 'healthy-loss-server.pcapng',
    setUp: 'the same captured at the server: segments sent twice, selective acknowledgements',
    decisive: [LOSS_TEXT],
    wrong: null,
    diagnosis:
      'nothing: bytes sent twice count once, the time of the answer is that of its first copy; the late request is not a slow server',
    marks: lossMarks,
    take: (lab) => takeLossy(lab, 'front'),
    faults: (_, told) => statusFaults(told, Array(8).fill(200)),
  },
  {
    file: 'healthy-dual-stack.pcapng',
    setUp: `nginx on IPv4 alone; the name has IPv6 addresses too: ${FRONT_V6}, where nothing listens, and ${NOWHERE_V6}, where nobody is`,
    wrong: null,
    diagnosis:
      'nothing wrong: the RST to a SYN by IPv6 is followed by a connection by IPv4 at once, the SYN without an answer by one 200 ms later (Happy Eyeballs, RFC 8305); no connect-refused or connect-timeout, at most a notice that IPv6 is announced and not served',
    marks: [
      {
        what: 'SYN by IPv6',
        filter: 'ipv6 && tcp.flags.syn == 1 && tcp.flags.ack == 0',
        count: [6, 9],
      },
      {
        what: 'RST in answer to it',
        filter: `tcp.flags.reset == 1 && ipv6.src == ${FRONT_V6}`,
        count: 3,
        own: { segment: 'rst', from: FRONT_V6 },
      },
      {
        what: '200',
        filter: `http.response.code == 200 && ip.src == ${FRONT}`,
        count: 9,
        own: { response: 200, from: FRONT },
      },
    ],
    take: takeDualStack,
    faults: (_, told) => statusFaults(told, Array(9).fill(200)),
  },
  {
    file: 'healthy-resumption.pcapng',
    setUp: 'nginx with TLS 1.2 and 1.3, a connection for each request, sessions resumed by ticket; keys embedded',
    decisive: ['keepalive_timeout 0;'],
    wrong: null,
    diagnosis:
      'nothing: a handshake without a Certificate is a resumed one, a server that closes after each answer was told to; no tls-handshake-failure, no empty-response; the RSTs of nginx answer a close_notify of the client, which came after its FIN; many short connections are at most no-upstream-reuse, and this client is no proxy',
    marks: [
      { what: 'ClientHello', filter: `tls.handshake.type == 1 && ip.src == ${CLIENT}`, count: 8 },
      {
        what: 'Certificate: full handshakes alone have one',
        filter: `tls.handshake.type == 11 && ip.src == ${FRONT}`,
        count: 2,
      },
      {
        what: 'FIN of nginx',
        filter: `${FIN} && ip.src == ${FRONT}`,
        count: 8,
        own: { segment: 'fin', from: FRONT },
      },
      {
        what: 'RST of nginx for what the client sends after that',
        filter: `tcp.flags.reset == 1 && ip.src == ${FRONT}`,
        count: [8, 32],
      },
    ],
    take: takeResumption,
    faults: (_, told) => statusFaults(told, Array(8).fill(200)),
  },
];

async function takeLossy(lab, at) {
  const hosts = await frontNetwork(lab, { line: LOSS });
  const { client, front } = hosts;
  lab.setting('line between client and nginx', LOSS_TEXT);
  await startSite(lab, front, { listen: `${FRONT}:80`, endpoints: [`${FRONT}:80`] });
  await lab.capture(hosts[at], { device: 'eth0', filter: 'tcp' });
  const told = [];
  for (const paths of [
    ['/', '/shop.css', '/offers.html', '/basket.json'],
    ['/basket.html', '/stock.csv', '/shop.js', '/healthz'],
  ]) {
    const urls = paths.map((path) => `http://${FRONT}${path}`);
    told.push(...(await curl(client, urls, { options: ['--header', 'Host: shop.example'] })).transfers);
    await pause(100);
  }
  await Promise.all([client.allClosed(), front.allClosed()]);
  return told.map(({ status }) => status);
}

async function takeDualStack(lab) {
  const { client, front } = await frontNetwork(lab, { hosts: { client: WITH_V6, front: WITH_V6 } });
  await client.ip('-6', 'addr', 'add', `${CLIENT_V6}/64`, 'dev', 'eth0', 'nodad');
  await front.ip('-6', 'addr', 'add', `${FRONT_V6}/64`, 'dev', 'eth0', 'nodad');
  await client.ip('-6', 'route', 'add', 'default', 'via', FRONT_V6);
  await front.run('ip', '-6', 'route', 'add', 'blackhole', '2001:db8:f::/48');
  await startSite(lab, front, { listen: `${FRONT}:80`, endpoints: [`${FRONT}:80`] });
  await lab.capture(front, { device: 'eth0', filter: 'tcp' });
  const told = [];
  for (const address of [FRONT_V6, NOWHERE_V6, FRONT_V6, NOWHERE_V6, FRONT_V6, NOWHERE_V6]) {
    const paths = address === FRONT_V6 ? ['/', '/shop.css'] : ['/basket.json'];
    const urls = paths.map((path) => `http://shop.example${path}`);
    told.push(...(await curl(client, urls, { resolve: { 'shop.example:80': `[${address}],${FRONT}` } })).transfers);
    await pause(80);
  }
  await front.allClosed();
  return told.map(({ status }) => status);
}

async function takeResumption(lab) {
  const { client, front } = await frontNetwork(lab);
  const authority = await lab.authority();
  const { certificate, key } = await authority.sign(['shop.example']);
  await startSite(lab, front, {
    listen: `${FRONT}:443 ssl`,
    lines: [
      `ssl_certificate "${certificate}";`,
      `ssl_certificate_key "${key}";`,
      'ssl_protocols TLSv1.2 TLSv1.3;',
      'ssl_session_cache shared:shop:1m;',
      'keepalive_timeout 0;',
    ],
    endpoints: [`${FRONT}:443`],
  });
  await lab.capture(front, { device: 'eth0', filter: 'tcp' });
  const told = [];
  for (const version of ['1.2', '1.3']) {
    const urls = ['/', '/shop.css', '/offers.html', '/basket.json'].map((path) => `https://shop.example${path}`);
    const options = ['--cacert', authority.certificate, '--http1.1', `--tlsv${version}`, '--tls-max', version];
    told.push(
      ...(await curl(client, urls, { options, keyLog: lab.keyLog, resolve: { 'shop.example:443': FRONT } })).transfers,
    );
    await pause(100);
  }
  await front.allClosed();
  return told.map(({ status }) => status);
}

function statusFaults(seen, wanted) {
  return seen.join() === wanted.join() ? [] : [`the clients saw ${seen.join()}`];
}
