import type { Evidence } from '../facts/finding.js';

/**
 * The display filter that finds an occurrence in Wireshark.
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
