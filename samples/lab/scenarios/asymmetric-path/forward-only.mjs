/**
 * The requests go through the edge, the answers round it: a stateful firewall that saw the SYN but never the
 * SYN-ACK, and an address translation that the answers do not pass on their way back. Captured at the client.
 */
import { pause } from '../../parts/program.mjs';
import { pairOf } from './pair.mjs';
import {
  BRANCH_CLIENTS,
  BRANCH_NET,
  BRANCH_ROUTE,
  DEFAULT_ROUTES,
  EDGE_RULE,
  EDGE_SIDE,
  LOOSE,
  startPortal,
  statefulFirewall,
  twoGateways,
  VIRTUAL,
  WAN_SIDE,
} from './two-gateways.mjs';
import { branchVisits, CONNECT_TIMED_OUT, RESET, visitFaults } from './visits.mjs';

const FIREWALL = statefulFirewall('REJECT --reject-with tcp-reset');
const TRANSLATION = [
  `iptables -t nat -A PREROUTING -d ${VIRTUAL} -p tcp --dport 80 -j DNAT --to-destination ${EDGE_SIDE}`,
];

/** The other address of the same portal, which no firewall stands before. */
const served = {
  what: `200 from ${WAN_SIDE}, the other address of the portal`,
  filter: `http.response.code == 200 && ip.src == ${WAN_SIDE}`,
  count: 6,
  own: { response: 200, from: WAN_SIDE },
};

const firewallMarks = (isFailing) => [
  {
    what: 'SYN-ACK of the server itself, TTL 63',
    filter: `tcp.flags.syn == 1 && tcp.flags.ack == 1 && ip.src == ${EDGE_SIDE} && ip.ttl == 63`,
    count: isFailing ? [9, 18] : 0,
    fault: true,
  },
  {
    what: 'RST in the name of the server, TTL 254, in answer to the ACK and to the GET',
    filter: `tcp.flags.reset == 1 && ip.src == ${EDGE_SIDE}`,
    count: isFailing ? 12 : 0,
    fault: true,
    own: { segment: 'rst', from: EDGE_SIDE },
  },
  served,
];

const translationMarks = (isFailing) => [
  {
    what: `SYN to ${VIRTUAL}`,
    filter: `tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.dst == ${VIRTUAL}`,
    count: isFailing ? 12 : 6,
  },
  {
    what: `SYN-ACK from ${EDGE_SIDE}, to which no SYN went`,
    filter: `tcp.flags.syn == 1 && tcp.flags.ack == 1 && ip.src == ${EDGE_SIDE}`,
    count: isFailing ? 12 : 0,
    fault: true,
  },
  ...BRANCH_CLIENTS.map((client) => ({
    what: `RST of ${client}, which knows no such connection`,
    filter: `tcp.flags.reset == 1 && ip.src == ${client}`,
    count: isFailing ? 4 : 0,
    fault: true,
    own: { segment: 'rst', from: client },
  })),
  served,
];

const DIFFERENCE = EDGE_RULE.map((line) => `+ ${line}`);

export const FORWARD_ONLY = [
  ...pairOf({
    file: 'asymmetric-path-firewall.pcapng',
    failing: {
      setUp: `captured on the clients' host in the branch; 10.0.0.2 is reached through the firewall, the server's route to the branch goes round it`,
      decisive: [BRANCH_ROUTE, FIREWALL[2]],
      wrong:
        'the firewall saw the SYN but not the SYN-ACK: ACK and GET of the client are INVALID to it, and it resets the client in the name of the server; 6 of 12 visits fail, those to 10.0.1.2 do not',
      diagnosis: `asymmetric-path (a firewall sees one direction only and resets), 10.0.0.2:80: 6 of 6 connections reset right after the handshake; the RSTs are not the server's (TTL 254, from an initial 255, against 63, from 64, of its SYN-ACKs; one for each segment of the client, the bare ACK included), the server, which got neither, sends its SYN-ACKs again after 1 s; cause: a stateful device on the way in that the answers bypass; ruled out: port closed, application (10.0.1.2:80 answers 6 requests), keepalive-race (first request); not a security agent: no payload is needed, the bare ACK is reset; remedy: route the answers back through the firewall, \`ip rule add from 10.0.0.2 table 100\``,
    },
    mended: {
      setUp: 'the same with policy routing on the server',
      decisive: EDGE_RULE,
      diagnosis:
        'nothing: two addresses of one server with different TTLs (62 through the firewall, 63 without) are two paths, each whole',
    },
    differs: DIFFERENCE,
    marks: firewallMarks,
    take: (lab, isFailing) => take(lab, { filter: FIREWALL, address: EDGE_SIDE, rule: isFailing ? [] : EDGE_RULE }),
    faults: (told, isFailing) => faults(told, EDGE_SIDE, isFailing ? RESET : 0),
  }),
  ...pairOf({
    file: 'asymmetric-path-dnat.pcapng',
    failing: {
      setUp: `captured on the clients' host in the branch; the edge translates the virtual address ${VIRTUAL} to 10.0.0.2, the server's route to the branch goes round it`,
      decisive: [BRANCH_ROUTE, ...TRANSLATION],
      wrong: `each SYN to ${VIRTUAL} is answered by a SYN-ACK from 10.0.0.2, which the client resets; 6 of 12 visits give up after 1.5 s, those to 10.0.1.2 do not`,
      diagnosis: `asymmetric-path (the answers come from another address than was asked), certain, critical, ${VIRTUAL}:80: 12 SYNs of 6 attempts, each with a SYN-ACK from 10.0.0.2:80 to the same client port within a round trip, acknowledging the SYN's sequence number, and the client's RST to 10.0.0.2; cause: destination translation whose way back is bypassed; ruled out: connect-timeout by a dead host, port closed, the client's own fault; remedy: return route through the translating device, \`ip rule add from 10.0.0.2 table 100\`, or source translation there`,
    },
    mended: {
      setUp: 'the same with policy routing on the server',
      decisive: EDGE_RULE,
      diagnosis: 'nothing: the virtual address answers for itself',
    },
    differs: DIFFERENCE,
    marks: translationMarks,
    take: (lab, isFailing) => take(lab, { filter: TRANSLATION, address: VIRTUAL, rule: isFailing ? [] : EDGE_RULE }),
    faults: (told, isFailing) => faults(told, VIRTUAL, isFailing ? CONNECT_TIMED_OUT : 0),
  }),
];

async function take(lab, { filter, address, rule }) {
  const { server, branch } = await twoGateways(lab, {
    routing: [...LOOSE, ...DEFAULT_ROUTES, BRANCH_ROUTE, ...rule],
    filter,
  });
  await startPortal(lab, server);
  await lab.capture(branch, { device: 'eth0', filter: `tcp and net ${BRANCH_NET}` });
  const told = await branchVisits(branch, address, WAN_SIDE, address);
  await pause(1100); // what is half open is seen to be so: the server sends its SYN-ACKs again
  await branch.allClosed();
  return told;
}

function faults(told, address, exit) {
  return [
    ...visitFaults(
      'branch',
      told.filter((page) => page.address === WAN_SIDE),
      { pages: 6, exit: 0 },
    ),
    ...visitFaults(
      'branch',
      told.filter((page) => page.address === address),
      { pages: exit === 0 ? 12 : 6, exit },
    ),
  ];
}
