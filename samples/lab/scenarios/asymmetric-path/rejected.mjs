/** The SYN-ACK leaves through a firewall that never saw the SYN, and which resets what it does not know. */
import { pairOf } from './pair.mjs';
import {
  BRANCH_CLIENTS,
  BRANCH_NET,
  DEFAULT_ROUTES,
  EDGE_SIDE,
  LOOSE,
  startPortal,
  statefulFirewall,
  twoGateways,
  WAN_RULE,
  WAN_SIDE,
} from './two-gateways.mjs';
import { branchFaults, branchVisits, internetVisits, visitFaults } from './visits.mjs';

const RULES = statefulFirewall('REJECT --reject-with tcp-reset');

const marks = (isFailing) => [
  {
    what: 'SYN of the branch, arriving on interface 1 (eth1)',
    filter: `frame.interface_id == 1 && tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.src == ${BRANCH_NET}`,
    count: isFailing ? 6 : 3,
  },
  {
    what: 'its SYN-ACK, leaving by interface 0 (eth0)',
    filter: `frame.interface_id == 0 && tcp.flags.syn == 1 && tcp.flags.ack == 1 && ip.dst == ${BRANCH_NET}`,
    count: isFailing ? 6 : 0,
    fault: true,
  },
  {
    what: 'RST in the name of the branch, with a TTL of 254 where the SYN had 63, less than 1 ms after the SYN-ACK',
    filter: `tcp.flags.reset == 1 && ip.src == ${BRANCH_NET} && ip.ttl == 254 && tcp.time_delta < 0.001`,
    count: isFailing ? 6 : 0,
    fault: true,
  },
  ...BRANCH_CLIENTS.map((client) => ({
    what: `RST in the name of ${client}`,
    filter: `tcp.flags.reset == 1 && ip.src == ${client}`,
    count: isFailing ? 2 : 0,
    fault: true,
    own: { segment: 'rst', from: client },
  })),
  {
    what: '200 to the internet',
    filter: `http.response.code == 200 && ip.src == ${EDGE_SIDE}`,
    count: 16,
    own: { response: 200, from: EDGE_SIDE },
  },
];

export const REJECTED = pairOf({
  file: 'asymmetric-path.pcapng',
  failing: {
    setUp:
      'captured on eth0 and eth1 of the server, which are interfaces 0 and 1 of the file, without names; the firewall at 10.0.0.1 rejects what conntrack calls INVALID',
    decisive: [...DEFAULT_ROUTES, RULES[2]],
    wrong:
      'the SYN of each branch client arrives on eth1, the SYN-ACK leaves by eth0, where the firewall saw no SYN and answers it with a RST to the server; 3 clients try twice each and give up; the internet is served',
    diagnosis: `asymmetric-path, 10.0.1.2:80: 6 of 6 SYNs of 3 clients in ${BRANCH_NET} come to nothing, the SYN on interface 1 (eth1) and the SYN-ACK on interface 0 (eth0); the RSTs are not the clients' (less than 1 ms after the SYN-ACK where a round trip takes 4 ms; TTL 254, from an initial 255, against 63, from 64, of the SYNs); cause: default route by metric, no policy routing; ruled out: port closed (SYN-ACK sent), rp_filter (the SYN was answered), host down (10.0.0.2:80 answers 16 requests); remedy: \`ip rule add from 10.0.1.2 table 101\` with a default route by 10.0.1.1 in it, or HAProxy \`bind 10.0.1.2:80 interface eth1\``,
  },
  mended: {
    setUp: 'the same with policy routing on the server',
    decisive: WAN_RULE,
    diagnosis:
      'nothing: two devices with a default route each, and a client net on each, look alike, but every connection stays on one device in both directions',
  },
  differs: WAN_RULE.map((line) => `+ ${line}`),
  marks,
  take,
  faults,
});

async function take(lab, isFailing) {
  const { server, internet, branch } = await twoGateways(lab, {
    routing: [...LOOSE, ...DEFAULT_ROUTES, ...(isFailing ? [] : WAN_RULE)],
    filter: RULES,
  });
  await startPortal(lab, server);
  for (const device of ['eth0', 'eth1']) await lab.capture(server, { device, filter: 'tcp' });
  const [outside, inside] = await Promise.all([internetVisits(internet, EDGE_SIDE), branchVisits(branch, WAN_SIDE)]);
  await Promise.all([internet.allClosed(), branch.allClosed()]);
  return { outside, inside };
}

function faults({ outside, inside }, isFailing) {
  return [...visitFaults('internet', outside, { pages: 16, exit: 0 }), ...branchFaults(inside, isFailing)];
}
