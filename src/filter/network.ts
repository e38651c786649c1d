/** Addresses, networks and ports as a filter names them. RFC 4632 §3.1, RFC 4291 §2.3. */
import { BlockList, isIP } from 'node:net';

/**
 * Whether an endpoint (`10.0.1.43:80`, `[2001:db8::1]:443`) is the one meant by `10.0.1.43`,
 * `10.0.1.43:80`, `:80`, `10.0.1.0/24`, `10.0.1.` or `2001:db8::1`; `null`: the value means none.
 */
export function networkTest(value: string): ((endpoint: string) => boolean) | null {
  const port = /^:(\d{1,5})$/.exec(value)?.[1];
  if (port !== undefined) return (endpoint) => endpoint.endsWith(`:${port}`);
  if (/^(?:\d{1,3}\.){1,3}$/.test(value)) return (endpoint) => endpoint.startsWith(value);
  const [, network = '', bits] = /^(.+?)\/(\d{1,3})$/.exec(value) ?? [];
  if (bits !== undefined) return withinNetwork(network, Number(bits));
  if (isIP(value) !== 0) {
    const list = new BlockList();
    list.addAddress(value, familyOf(value));
    return (endpoint) => contains(list, addressOf(endpoint));
  }
  const [, address = '', its] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(value) ?? [];
  if (isIP(address) === 0) return null;
  const test = networkTest(address);
  return test === null ? null : (endpoint) => endpoint.endsWith(`:${its}`) && test(endpoint);
}

function withinNetwork(network: string, bits: number): ((endpoint: string) => boolean) | null {
  const version = isIP(network);
  if (version === 0 || bits > (version === 4 ? 32 : 128)) return null;
  const list = new BlockList();
  list.addSubnet(network, bits, familyOf(network));
  return (endpoint) => contains(list, addressOf(endpoint));
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

/** An endpoint's address: what stands before the port, without brackets. */
function addressOf(endpoint: string): string {
  const at = endpoint.lastIndexOf(':');
  return endpoint.startsWith('[') ? endpoint.slice(1, at - 1) : endpoint.slice(0, at);
}
