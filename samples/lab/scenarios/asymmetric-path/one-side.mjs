/** A capture point that sees requests only: their answers leave by another device, and nothing on the way minds. */
import { pairOf } from './pair.mjs';
import {
  BRANCH_NET,
  DEFAULT_ROUTES,
  LOOSE,
  startPortal,
  twoGateways,
  WAN_GATEWAY,
  WAN_RULE,
  WAN_SIDE,
} from './two-gateways.mjs';
import { branchVisits, routerChecks, visitFaults } from './visits.mjs';

const marks = (isOneSided) => [
  {
    what: 'GET of the branch and of its router',
    filter: `http.request.method == "GET" && ip.dst == ${WAN_SIDE}`,
    count: 15,
    own: { request: 'GET', to: WAN_SIDE },
  },
  {
    what: 'the answers that are seen',
    filter: `http.response.code == 200 && ip.src == ${WAN_SIDE}`,
    count: isOneSided ? 3 : 15,
    own: { response: 200, from: WAN_SIDE },
  },
  {
    what: 'segment of the branch that acknowledges bytes of an answer',
    filter: `tcp.ack > 1 && ip.src == ${BRANCH_NET}`,
    count: [24, 60],
  },
  {
    what: 'any packet to the branch',
    filter: `ip.dst == ${BRANCH_NET}`,
    count: isOneSided ? 0 : [24, 60],
    mended: true,
  },
];

export const ONE_SIDE = pairOf({
  file: 'asymmetric-path-one-side.pcap',
  failing: {
    setUp: 'captured on eth1 of the server alone; no firewall on either way, no strict filter',
    decisive: DEFAULT_ROUTES,
    wrong: `of the connections of ${BRANCH_NET} only the clients' half is in the capture, the answers leave by eth0; of those of the router ${WAN_GATEWAY}, on the server's own net, both halves. Nobody is harmed: every request is answered`,
    diagnosis: `asymmetric-path, possible, 10.0.1.2:80: 6 connections of 3 clients with one direction only, their ACKs advance over bytes not seen, 3 connections of ${WAN_GATEWAY} with both, so the capture does not lack a direction as such; no claim that requests went unanswered (no slow-response, rst-after-request, truncated-response, connect-timeout); cause: the answers to other nets leave by another device`,
  },
  mended: {
    setUp: 'the same with policy routing on the server',
    decisive: WAN_RULE,
    diagnosis: 'nothing: both directions of every connection',
  },
  differs: WAN_RULE.map((line) => `+ ${line}`),
  marks,
  take,
  faults,
});

async function take(lab, isOneSided) {
  const { server, branch, wan } = await twoGateways(lab, {
    routing: [...LOOSE, ...DEFAULT_ROUTES, ...(isOneSided ? [] : WAN_RULE)],
  });
  await startPortal(lab, server);
  await lab.capture(server, { device: 'eth1', filter: 'tcp' });
  const [inside, checks] = await Promise.all([branchVisits(branch, WAN_SIDE, WAN_SIDE), routerChecks(wan, WAN_SIDE)]);
  await Promise.all([branch.allClosed(), wan.allClosed()]);
  return { inside, checks };
}

function faults({ inside, checks }) {
  return [
    ...visitFaults('branch', inside, { pages: 12, exit: 0 }),
    ...visitFaults('router', checks, { pages: 3, exit: 0 }),
  ];
}
