/** The strict reverse path filter: a SYN from where no answer would leave by the same device is not even seen by TCP. */
import { pairOf } from './pair.mjs';
import {
  BRANCH_NET,
  DEFAULT_ROUTES,
  EDGE_SIDE,
  startPortal,
  twoGateways,
  WAN_GATEWAY,
  WAN_RULE,
  WAN_SIDE,
} from './two-gateways.mjs';
import { branchFaults, branchVisits, internetVisits, routerChecks, visitFaults } from './visits.mjs';

const STRICT = ['sysctl -qw net.ipv4.conf.eth0.rp_filter=1', 'sysctl -qw net.ipv4.conf.eth1.rp_filter=1'];

const marks = (isFailing) => [
  {
    what: 'SYN of the branch, arriving on interface 1 (eth1)',
    filter: `frame.interface_id == 1 && tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.src == ${BRANCH_NET}`,
    count: isFailing ? 6 : 3,
  },
  {
    what: 'SYN of the branch, sent again for want of an answer',
    filter: `tcp.analysis.retransmission && tcp.flags.syn == 1 && ip.src == ${BRANCH_NET}`,
    count: isFailing ? 3 : 0,
    fault: true,
  },
  {
    what: '200 to the branch side: to its router, and to its clients if to any',
    filter: `http.response.code == 200 && ip.src == ${WAN_SIDE}`,
    count: isFailing ? 3 : 9,
    own: { response: 200, from: WAN_SIDE },
  },
  {
    what: '200 to the internet',
    filter: `http.response.code == 200 && ip.src == ${EDGE_SIDE}`,
    count: 16,
    own: { response: 200, from: EDGE_SIDE },
  },
];

export const REVERSE_PATH_FILTER = pairOf({
  file: 'asymmetric-path-rp-filter.pcapng',
  failing: {
    setUp:
      'captured on eth0 and eth1 of the server, which are interfaces 0 and 1 of the file, without names; strict reverse path filter, no firewall',
    decisive: [...DEFAULT_ROUTES, STRICT[1]],
    wrong: `the SYNs of the branch arrive on eth1 and are dropped by the kernel, which would answer by eth0: no SYN-ACK at all, 3 clients give up after 1.5 s; the branch router ${WAN_GATEWAY}, on the server's own net, and the internet are served`,
    diagnosis: `asymmetric-path (hypothesis rp_filter) or connect-timeout that names it, 10.0.1.2:80: 6 SYNs of 3 clients in ${BRANCH_NET} unanswered, while ${WAN_GATEWAY} gets 3 answers from the same address and port in the same seconds; ruled out: not listening, host down, full queue; open: a packet filter on the server by source; remedy: \`ip rule add from 10.0.1.2 table 101\` with a default route by 10.0.1.1 in it, or \`net.ipv4.conf.eth1.rp_filter=2\``,
  },
  mended: {
    setUp: 'the same with policy routing on the server, by which the strict filter goes too',
    decisive: [...WAN_RULE, STRICT[1]],
    diagnosis: 'nothing: every SYN is answered on its interface',
  },
  differs: WAN_RULE.map((line) => `+ ${line}`),
  marks,
  take,
  faults,
});

async function take(lab, isFailing) {
  const { server, internet, branch, wan } = await twoGateways(lab, {
    routing: [...STRICT, ...DEFAULT_ROUTES, ...(isFailing ? [] : WAN_RULE)],
  });
  await startPortal(lab, server);
  for (const device of ['eth0', 'eth1']) await lab.capture(server, { device, filter: 'tcp' });
  const [outside, inside, checks] = await Promise.all([
    internetVisits(internet, EDGE_SIDE),
    branchVisits(branch, WAN_SIDE),
    routerChecks(wan, WAN_SIDE),
  ]);
  await Promise.all([internet.allClosed(), branch.allClosed(), wan.allClosed()]);
  return { outside, inside, checks };
}

function faults({ outside, inside, checks }, isFailing) {
  return [
    ...visitFaults('internet', outside, { pages: 16, exit: 0 }),
    ...visitFaults('router', checks, { pages: 3, exit: 0 }),
    ...branchFaults(inside, isFailing),
  ];
}
