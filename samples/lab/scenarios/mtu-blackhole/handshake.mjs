/** A handshake of TLS that hangs: the server's certificates are larger than the tunnel takes. */
import { curl } from '../../parts/curl.mjs';
import { haproxyConfiguration } from '../../parts/haproxy-configuration.mjs';
import { pause } from '../../parts/program.mjs';
import { startHaproxy } from '../../parts/servers.mjs';
import { AFTERMATH_MS, CUSTOMER, LARGE_AGAIN, OPEN, SERVER, SILENT, TOO_LARGE, tunnelNetwork } from './tunnel.mjs';

const PATIENCE_S = 3;
const NAME = 'shop.example';
/** A certificate for all the shops of a hoster. */
const OTHER_NAMES = Array.from({ length: 60 }, (_, index) => `shop-${index + 1}.customers.example`);

const SET_UP =
  'HAProxy with TLS 1.3 and a certificate for 61 names, which fills more than a segment; a client that waits for 3 s, twice; captured at HAProxy';

const HELLO = {
  what: 'ClientHello',
  filter: `tls.handshake.type == 1 && ip.src == ${CUSTOMER}`,
  count: 2,
  own: { hello: NAME, from: CUSTOMER },
};

export const HANDSHAKE = [
  {
    file: 'mtu-blackhole-handshake.pcapng',
    setUp: SET_UP,
    decisive: [SILENT],
    wrong:
      'the ClientHello arrives, the first segment of the answer does not: HAProxy sends it again and again until the client leaves',
    diagnosis: `mtu-blackhole, ${SERVER}:443 (critical): large segments from it do not pass, it stops within the TLS handshake. Not tls-handshake-failure: no alert, and the ServerHello never arrives`,
    twin: 'mtu-blackhole-handshake-healthy.pcapng',
    differs: [`- ${SILENT}`, `+ ${OPEN}`],
    marks: [HELLO, LARGE_AGAIN(SERVER, [4, 20])],
    take: (lab) => take(lab, SILENT),
    faults: (_, told) => outcomeFaults(told, [28, 28]),
  },
  {
    file: 'mtu-blackhole-handshake-healthy.pcapng',
    setUp: SET_UP,
    decisive: [OPEN],
    wrong: null,
    diagnosis: 'nothing: the router asks for smaller packets, and gets them',
    marks: [HELLO, LARGE_AGAIN(SERVER, 0), TOO_LARGE([1, 8])],
    take: (lab) => take(lab, OPEN),
    faults: (_, told) => outcomeFaults(told, [0, 0]),
  },
];

async function take(lab, filter) {
  const { client, server } = await tunnelNetwork(lab, { filters: { gate: [filter] } });
  const authority = await lab.authority();
  const { bundle } = await authority.sign([NAME, ...OTHER_NAMES]);
  const haproxy = await startHaproxy(lab, server, {
    configuration: haproxyConfiguration({
      timeouts: { connect: '2s', client: '10s', server: '10s' },
      sections: `
frontend shop
    bind ${SERVER}:443 ssl crt ${bundle}
    http-request return status 200 content-type text/plain string ok`,
    }),
    endpoints: [`${SERVER}:443`],
  });
  await lab.capture(server, { device: 'eth0', filter: 'tcp or icmp' });
  const told = [];
  for (let visit = 0; visit < 2; visit += 1) {
    const { code } = await curl(client, [`https://${NAME}/`], {
      options: ['--cacert', authority.certificate, '--http1.1'],
      keyLog: lab.keyLog,
      resolve: { [`${NAME}:443`]: SERVER },
      maxSeconds: PATIENCE_S,
    });
    told.push(code);
  }
  await pause(AFTERMATH_MS);
  await haproxy.end('SIGTERM');
  return told;
}

function outcomeFaults(told, wanted) {
  return told.join() === wanted.join() ? [] : [`exit codes of curl: ${told.join()}, not ${wanted.join()}`];
}
