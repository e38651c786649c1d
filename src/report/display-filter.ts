import type { Evidence } from '../facts/finding.js';
import { packetNumberOf } from '../facts/packet-reference.js';

/** The display filter that shows all packets of an occurrence, those of other connections among them. */
export function occurrenceFilter(evidence: Evidence, captures: number): string {
  const connection = displayFilter(evidence, captures);
  // In a run over several captures a number alone means another packet in each.
  if (captures > 1) return connection;
  const others = evidence.packets.filter(({ elsewhere }) => elsewhere === true);
  if (others.length === 0) return connection;
  const numbers = others.map(({ packet }) => packetNumberOf(packet));
  return `${connection} or frame.number ${numbers.length === 1 ? `== ${numbers[0]}` : `in {${numbers.join(', ')}}`}`;
}

/**
 * The display filter that finds an occurrence's connection in Wireshark.
 *
 * With one capture its `tcp.stream`; with several the stream numbers run over all of them and mean
 * nothing in any one, so addresses and ports stand instead.
 */
export function displayFilter(evidence: Evidence, captures: number): string {
  if (captures <= 1) return `tcp.stream eq ${evidence.stream}`;
  const { client, server } = evidence;
  const field = client.address.includes(':') ? 'ipv6.addr' : 'ip.addr';
  return [
    `${field} == ${client.address}`,
    `${field} == ${server.address}`,
    `tcp.port == ${client.port}`,
    `tcp.port == ${server.port}`,
  ].join(' && ');
}
