/**
 * A service's address that the node translates to a pod's, asked by a pod of the same node: both are on one bridge,
 * and an answer that the bridge hands on by itself is not translated back.
 *
 *   client 10.244.1.192 eth0 ── pod1 ┐
 *                                    bridge cni0 10.244.1.1   node (10.103.175.29:80 → 10.244.1.189:8080)
 *   server 10.244.1.189 eth0 ── pod2 ┘
 */
import { configure } from '../parts/commands.mjs';
import { curl } from '../parts/curl.mjs';
import { pause } from '../parts/program.mjs';
import { startNginx } from '../parts/servers.mjs';

const CLIENT = '10.244.1.192';
const SERVER = '10.244.1.189';
const SERVICE = '10.103.175.29';
const NODE = '10.244.1.1';
const CLIENT_MAC = '02:00:0a:f4:01:c0';
const VISITS = 4;

const BRIDGE = [
  'ip link add cni0 address 02:00:0a:f4:01:01 type bridge',
  'ip link set pod1 master cni0',
  'ip link set pod2 master cni0',
  'ip link set cni0 up',
  `ip addr add ${NODE}/24 dev cni0`,
];
const TRANSLATION = `iptables -t nat -A PREROUTING -d ${SERVICE} -p tcp --dport 80 -j DNAT --to-destination ${SERVER}:8080`;
const FILTERED = (isOn) => `sysctl -qw net.bridge.bridge-nf-call-iptables=${isOn ? 1 : 0}`;

const NGINX = `  keepalive_timeout 30s;
  server {
    listen ${SERVER}:8080;
    default_type application/json;
    location = /stock { return 200 '{"article":"4711","stock":17,"store":"Leipzig"}'; }
  }`;

const marks = (isFailing) => [
  {
    what: `SYN to ${SERVICE}`,
    filter: `tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.dst == ${SERVICE}`,
    count: isFailing ? [VISITS, 2 * VISITS] : 0,
  },
  {
    what: `the same SYN, translated, to ${SERVER}`,
    filter: `tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.dst == ${SERVER}`,
    count: [VISITS, 3 * VISITS],
  },
  {
    what: `SYN-ACK from ${SERVER} to the client's own MAC`,
    filter: `tcp.flags.syn == 1 && tcp.flags.ack == 1 && ip.src == ${SERVER} && eth.dst == ${CLIENT_MAC}`,
    count: [VISITS, 3 * VISITS],
  },
  {
    what: 'RST of the client, which knows no such connection',
    filter: `tcp.flags.reset == 1 && ip.src == ${CLIENT}`,
    count: isFailing ? [VISITS, 2 * VISITS] : 0,
    fault: true,
    own: { segment: 'rst', from: CLIENT },
  },
];

const DIFFERENCE = [`- ${FILTERED(false)}`, `+ ${FILTERED(true)}`];

export const scenario = {
  name: 'bridged-service',
  about: `nginx in a pod at ${SERVER}:8080, reached as the service ${SERVICE}:80, an address that is nowhere but in the node's packet filter. The client is a pod of the same node. Captured on the bridge of the node, cni0.`,
  programs: ['nginx', 'curl', 'iptables'],
  samples: [
    {
      file: 'asymmetric-path-bridge.pcapng',
      setUp: 'captured on the bridge: of each SYN both what the client sent and what the node made of it',
      decisive: [TRANSLATION, FILTERED(false)],
      wrong: `the bridge hands the server's answers to the client past the node's packet filter, so that they keep the pod's address; the client resets them, and ${VISITS} visits give up after 1.5 s`,
      diagnosis: `asymmetric-path (the answers come from another address than was asked), certain, critical, ${SERVICE}:80: ${VISITS} attempts; the SYN to ${SERVER}:8080 is the client's own to ${SERVICE}:80, translated (same port, window, options and IP ID, microseconds later, from the node's MAC); its SYN-ACK goes to the client's MAC, past the node; the client resets it; cause: a translation that the way back does not pass; ruled out: connect-timeout by a dead host, a firewall's reset (the RST is the client's), a transparent proxy (the SYN is the same); remedy: \`modprobe br_netfilter\`, \`${FILTERED(true)}\`, or translate the source too`,
      twin: 'asymmetric-path-bridge-healthy.pcapng',
      differs: DIFFERENCE,
      marks: marks(true),
      take: (lab) => take(lab, true),
      faults: (_, told) => faults(told, { status: 0, exit: 28 }),
    },
    {
      file: 'asymmetric-path-bridge-healthy.pcapng',
      setUp: 'the same, bridged packets pass the packet filter',
      decisive: [TRANSLATION, FILTERED(true)],
      wrong: null,
      diagnosis: `nothing: the packet filter has translated the SYNs before they are captured here, and translates the answers behind it; the SYN-ACKs go to the client’s MAC all the same, and nobody resets them`,
      marks: marks(false),
      take: (lab) => take(lab, false),
      faults: (_, told) => faults(told, { status: 200, exit: 0 }),
    },
  ],
};

async function take(lab, isFailing) {
  const { client, server, node } = await lab.network({
    hosts: {
      client: {},
      server: {},
      node: {
        forwards: true,
        sysctl: ['net.ipv4.conf.all.send_redirects=0', 'net.ipv4.conf.default.send_redirects=0'],
      },
    },
    links: [
      {
        ends: {
          client: { device: 'eth0', mac: CLIENT_MAC, addresses: [`${CLIENT}/24`] },
          node: { device: 'pod1', mac: '02:00:0a:f4:02:01' },
        },
      },
      {
        ends: {
          server: { device: 'eth0', mac: '02:00:0a:f4:01:bd', addresses: [`${SERVER}/24`] },
          node: { device: 'pod2', mac: '02:00:0a:f4:02:02' },
        },
      },
    ],
  });
  await configure(lab, node, 'bridge of the node', BRIDGE);
  await configure(lab, node, 'packet filter of the node', [TRANSLATION, FILTERED(!isFailing)]);
  for (const pod of [client, server]) await pod.ip('route', 'add', 'default', 'via', NODE);
  await startNginx(lab, server, { http: NGINX, endpoints: [`${SERVER}:8080`] });
  await lab.capture(node, { device: 'cni0', filter: 'tcp' });
  const told = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const options = ['--connect-timeout', '1.5', '--user-agent', 'stock-checker/1.4'];
    const { transfers } = await curl(client, [`http://${SERVICE}/stock`], { options });
    told.push(...transfers);
    await pause(100);
  }
  await client.allClosed();
  return told;
}

function faults(told, { status, exit }) {
  return [
    ...(told.length === VISITS ? [] : [`${told.length} visits, should be ${VISITS}`]),
    ...told
      .filter((one) => one.status !== status || one.exit !== exit)
      .map((one) => `status ${one.status}, exit ${one.exit}, should be ${status}, ${exit}`),
  ];
}
