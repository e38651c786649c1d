/** The SYN-ACK leaves through a firewall that never saw the SYN, and which drops what it does not know. */
import { pairOf } from './pair.mjs';
import {
  BRANCH_NET,
  DEFAULT_ROUTES,
  EDGE_SIDE,
  LOOSE,
  startPortal,
  statefulFirewall,
  twoGateways,
  WAN_SIDE,
} from './two-gateways.mjs';
import { branchFaults, branchVisits, internetVisits, visitFaults } from './visits.mjs';

const RULES = statefulFirewall('DROP');
const BOUND = `bind ${WAN_SIDE}:80 interface eth1`;
const UNBOUND = `bind ${WAN_SIDE}:80`;

/** The numbers that the kernel gave the devices of the server: what a capture on all devices has in place of names. */
const [ETH0, ETH1] = [2, 3];

const marks = (isFailing) => [
  {
    what: `SYN of the branch, arriving on device ${ETH1} (eth1)`,
    filter: `sll.ifindex == ${ETH1} && tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.src == ${BRANCH_NET}`,
    count: isFailing ? 6 : 3,
  },
  {
    what: `its SYN-ACK, leaving by device ${ETH0} (eth0)`,
    filter: `sll.ifindex == ${ETH0} && tcp.flags.syn == 1 && tcp.flags.ack == 1 && ip.dst == ${BRANCH_NET}`,
    // For each SYN, and by the server's own clock: the two may fall together.
    count: isFailing ? [6, 12] : 0,
    fault: true,
  },
  {
    what: 'SYN of the branch, sent again',
    filter: `tcp.analysis.retransmission && tcp.flags.syn == 1 && ip.src == ${BRANCH_NET}`,
    count: isFailing ? 3 : 0,
    fault: true,
  },
  {
    what: '200 to the internet',
    filter: `http.response.code == 200 && ip.src == ${EDGE_SIDE}`,
    count: 16,
    own: { response: 200, from: EDGE_SIDE },
  },
];

export const DROPPED = pairOf({
  file: 'asymmetric-path-drop.pcap',
  failing: {
    setUp:
      'captured on the server with `-i any` (a direction and a device number on each packet); the firewall at 10.0.0.1 drops what conntrack calls INVALID',
    decisive: [...DEFAULT_ROUTES, RULES[2], UNBOUND],
    wrong:
      'the SYN of each branch client arrives on eth1, the SYN-ACK leaves by eth0 and is dropped by the firewall; SYN and SYN-ACK are sent again each second until the 3 clients give up after 1.5 s; the internet is served',
    diagnosis: `asymmetric-path, 10.0.1.2:80: none of 3 handshakes of ${BRANCH_NET} is completed, SYNs on device 3 (eth1), SYN-ACKs on device 2 (eth0); not a plain connect-timeout: the server does answer; cause: default route by metric, a stateful firewall on the way back; ruled out: rp_filter, full accept queue (other clients are served at the same time); remedy: HAProxy \`bind 10.0.1.2:80 interface eth1\` or \`ip rule add from 10.0.1.2 table 101\``,
  },
  mended: {
    setUp: 'the same with the branch side of HAProxy bound to its device',
    decisive: [BOUND],
    diagnosis:
      'nothing: packets of several devices in one capture are no asymmetry, each connection has its own device in both directions',
  },
  differs: [`- ${UNBOUND}`, `+ ${BOUND}`],
  marks,
  take,
  faults,
});

async function take(lab, isFailing) {
  const { server, internet, branch } = await twoGateways(lab, {
    routing: [...LOOSE, ...DEFAULT_ROUTES],
    filter: RULES,
  });
  await startPortal(lab, server, { bind: isFailing ? UNBOUND : BOUND });
  await lab.capture(server, { device: 'any', filter: 'tcp and not host 127.0.0.1' });
  const [outside, inside] = await Promise.all([internetVisits(internet, EDGE_SIDE), branchVisits(branch, WAN_SIDE)]);
  await Promise.all([internet.allClosed(), branch.allClosed()]);
  return { outside, inside };
}

function faults({ outside, inside }, isFailing) {
  return [...visitFaults('internet', outside, { pages: 16, exit: 0 }), ...branchFaults(inside, isFailing)];
}
