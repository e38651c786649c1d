/**
 * Whether a server's answer left by another way than its client's SYN came: another device, another
 * VLAN, or for another neighbour on the link.
 */
import type { Connection, SideFacts } from '../../facts/connection.js';

/** What differs between SYN and SYN-ACK. */
export type OtherWay = 'interface' | 'vlan' | 'neighbour';

/** TTLs that systems begin with: with one of them a segment has crossed no router. */
const FIRST_TTLS: ReadonlySet<number> = new Set([64, 128, 255]);
/** First three to five bytes of the virtual addresses that routers share: answers to them go to the router that is asked. RFC 5798 §7.3, HSRP, GLBP. */
const VIRTUAL: readonly (readonly [prefix: number, divisor: number])[] = [
  [0x00005e0001, 0x100],
  [0x00005e0002, 0x100],
  [0x00000c07ac, 0x100],
  [0x00000c9ff, 0x1000],
  [0x0007b400, 0x10000],
];

/**
 * What differs; `null`: nothing, or not in a way that says so. Told at the server only: on a router,
 * or in a mirror of two lines, the directions of every connection are captured on different devices.
 */
export function wayOf({ handshake: { syn, synAck }, client, server, guards }: Connection): OtherWay | null {
  if (syn === null || synAck === null || synAck.ttl === null || !FIRST_TTLS.has(synAck.ttl)) return null;
  // On the client's own host it is the SYN that leaves, and the answer that comes.
  if (client.direction === 'outbound' || server.direction === 'inbound') return null;
  // A router shows each segment twice, and so do captures of its devices that were taken at once.
  if (guards.severalPoints || hasCopiesInCapture(client) || hasCopiesInCapture(server)) return null;
  // Who hands on the request does not send the answer: somebody made the addresses up, or it is no link's end.
  if (syn.mac !== null && syn.mac === synAck.mac) return null;
  if (syn.interfaceIndex !== synAck.interfaceIndex) return 'interface';
  if (syn.vlan !== null && synAck.vlan !== null && syn.vlan !== synAck.vlan) return 'vlan';
  if (syn.mac === null || synAck.macTo === null || syn.mac === synAck.macTo || isVirtual(synAck.macTo)) return null;
  return 'neighbour';
}

/** Whether packets of one capture stand in it twice; what another capture has of them says nothing of this one's place. */
function hasCopiesInCapture({ duplicates, duplicatesElsewhere }: SideFacts): boolean {
  return duplicates > duplicatesElsewhere;
}

function isVirtual(mac: number): boolean {
  return VIRTUAL.some(([prefix, divisor]) => Math.floor(mac / divisor) === prefix);
}
