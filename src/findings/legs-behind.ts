/**
 * Proxies that answered 502 or 504, which only a gateway says, and of a server behind it (RFC 9110 §15.6.3,
 * §15.6.5), where no leg behind a proxy is in the captures: nobody can tell from them what failed. Where other
 * servers are in them, asked by others than the proxy's clients, such a leg may be there unrecognised, and
 * nothing is said.
 *
 * 503 is not among them: any server says that of itself.
 */
import type { RawFinding } from '../facts/finding.js';
import type { PacketReference } from '../facts/packet-reference.js';
import type { LegBehind, ServerSummary } from '../facts/summary.js';
import { endpointText } from '../text/address.js';

/** Bad Gateway, and Gateway Timeout. */
const OF_GATEWAYS: readonly number[] = [502, 504];

/** One answer of a gateway. */
interface GatewayAnswer {
  readonly address: string;
  readonly port: number;
  readonly status: number;
  readonly packet: PacketReference;
}

/** Whom a server accepted: the addresses kept, all of them where `areAll`. */
export interface AcceptedBy {
  readonly address: string;
  readonly port: number;
  readonly clients: readonly string[];
  readonly areAll: boolean;
}

/**
 * See the head of this file; none of those that a finding cites, which says why.
 *
 * @param answers In order of time.
 */
export function legsBehind(
  servers: readonly ServerSummary[],
  answers: readonly GatewayAnswer[],
  findings: readonly RawFinding[],
  accepted: readonly AcceptedBy[],
): LegBehind[] {
  const byServer = new Map<string, GatewayAnswer[]>();
  for (const answer of answers) {
    if (!OF_GATEWAYS.includes(answer.status)) continue;
    const known = byServer.get(endpointText(answer));
    if (known === undefined) byServer.set(endpointText(answer), [answer]);
    else known.push(answer);
  }
  if (byServer.size === 0) return [];
  const cited = new Set(
    findings.flatMap(({ evidence }) => evidence.flatMap(({ packets }) => packets.map(({ packet }) => packet))),
  );
  return servers.flatMap(({ address, port, statuses }) => {
    const told = byServer.get(endpointText({ address, port })) ?? [];
    const [first] = told;
    if (first === undefined || told.some(({ packet }) => cited.has(packet))) return [];
    const clients = new Set(accepted.find((one) => isOne(one, first))?.clients);
    if (clients.has(address) || !accepted.every((one) => isOne(one, first) || isInFront(one, first, clients)))
      return [];
    return [
      { address, port, first: first.packet, statuses: statuses.filter(({ status }) => OF_GATEWAYS.includes(status)) },
    ];
  });
}

function isOne(one: { address: string; port: number }, other: { address: string; port: number }): boolean {
  return one.address === other.address && one.port === other.port;
}

/** It is no server behind the proxy: another port of its own that others ask, or one that only its clients ask. */
function isInFront(
  { address, clients, areAll }: AcceptedBy,
  proxy: { readonly address: string },
  ofProxy: ReadonlySet<string>,
): boolean {
  if (!areAll || clients.length === 0) return false;
  return address === proxy.address ? !clients.includes(address) : clients.every((client) => ofProxy.has(client));
}
