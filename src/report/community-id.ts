/**
 * Community ID, version 1: one name for a flow in every tool that looks at it (Zeek, Suricata,
 * Arkime, Elastic). `1:` and the base64 of SHA-1 over seed, both addresses, the protocol, a zero
 * byte and both ports; the smaller endpoint stands first, so that direction does not matter.
 * https://github.com/corelight/community-id-spec
 */
import { createHash } from 'node:crypto';
import type { Endpoint } from '../facts/endpoint.js';

/** The seed that everyone uses unless told otherwise. */
const SEED = 0;
/** IANA protocol number of TCP. */
const TCP = 6;

/** The Community ID of a TCP connection between two endpoints, in either order. */
export function communityId(one: Endpoint, other: Endpoint): string {
  const oneAddress = addressBytes(one.address);
  const otherAddress = addressBytes(other.address);
  const order = Buffer.compare(oneAddress, otherAddress) || one.port - other.port;
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(order <= 0 ? one.port : other.port, 0);
  ports.writeUInt16BE(order <= 0 ? other.port : one.port, 2);
  const hash = createHash('sha1')
    .update(Uint8Array.of(SEED >>> 8, SEED & 255))
    .update(order <= 0 ? oneAddress : otherAddress)
    .update(order <= 0 ? otherAddress : oneAddress)
    .update(Uint8Array.of(TCP, 0))
    .update(ports);
  return `1:${hash.digest('base64')}`;
}

/** The four or sixteen bytes of an address as text/address writes it. */
function addressBytes(address: string): Uint8Array {
  if (!address.includes(':')) return Uint8Array.from(address.split('.'), Number);
  const bytes = new Uint8Array(16);
  const [head = '', tail] = address.split('::');
  const before = groupBytes(head);
  const after = groupBytes(tail ?? '');
  bytes.set(before.slice(0, 16));
  if (tail !== undefined) bytes.set(after.slice(0, 16), Math.max(0, 16 - after.length));
  return bytes;
}

/** Bytes of colon-separated groups, the last of which may be a dotted IPv4 address. */
function groupBytes(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >>> 8, value & 255];
  });
}
