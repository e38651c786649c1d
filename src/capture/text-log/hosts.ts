/**
 * Addresses and ports for the ends of a printed capture: their own, or made-up ones for names.
 *
 * A host given by name has an address of the ranges for benchmarks, a port given by a name that is not known
 * here a number from the top down: nobody reads these as real, and the report says that they are not.
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { NameRecord } from '../reader.js';
import type { PrintedEnd } from './line.js';
import { portOf } from './services.js';

/** First port that stands for a name; those below are for the next ones. */
const FIRST_MADE_PORT = 65_535;

/** See the head of this file. */
export class Hosts {
  private readonly addresses = new Map<string, Uint8Array>();
  private readonly ports = new Map<string, number>();
  private madeAddresses = 0;

  constructor(private readonly onName: (record: NameRecord) => void) {}

  /** Whether hosts, and which port names, have numbers that the text does not say. */
  get hasMadeAddresses(): boolean {
    return this.madeAddresses > 0;
  }

  get madePorts(): readonly string[] {
    return [...this.ports.keys()];
  }

  /** Four bytes, or sixteen. @param peer The host that it speaks with, whose IP version is its own. */
  addressOf(host: string, peer = ''): Uint8Array {
    const known = this.addresses.get(host);
    if (known !== undefined) return known;
    const address = isIPv4(host)
      ? Uint8Array.from(host.split('.'), Number)
      : isIPv6(withoutZone(host))
        ? ipv6Bytes(host)
        : this.invented(host, isIPv6(withoutZone(peer)));
    this.addresses.set(host, address);
    return address;
  }

  /** The port, as printed or made up. */
  portOf({ port }: PrintedEnd): number {
    const printed = portOf(port) ?? this.ports.get(port);
    if (printed !== undefined) return printed;
    const made = Math.max(1024, FIRST_MADE_PORT - this.ports.size);
    this.ports.set(port, made);
    return made;
  }

  /** The bytes of a packet tell the address behind a name. */
  learn(host: string, address: Uint8Array): void {
    if (this.addresses.has(host) || isIPv4(host) || isIPv6(withoutZone(host))) return;
    this.addresses.set(host, address);
    if (address.length === 4) this.onName({ address: address.join('.'), name: host });
  }

  /** 198.18.0.1 and on (RFC 2544), or 2001:2::1 (RFC 5180): nobody has these. */
  private invented(name: string, isV6: boolean): Uint8Array {
    this.madeAddresses += 1;
    const number = this.madeAddresses;
    if (isV6) {
      const address = ipv6Bytes(`2001:2::${number.toString(16)}`);
      this.onName({ address: `2001:2::${number.toString(16)}`, name });
      return address;
    }
    const address = Uint8Array.of(198, 18 + ((number >>> 16) & 1), (number >>> 8) & 255, number & 255);
    this.onName({ address: address.join('.'), name });
    return address;
  }
}

function withoutZone(host: string): string {
  return host.split('%', 1)[0] ?? '';
}

function ipv6Bytes(text: string): Uint8Array {
  const plain = withoutZone(text);
  const embedded = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain);
  const hex =
    embedded === null
      ? plain
      : `${embedded[1]}${((Number(embedded[2]) << 8) | Number(embedded[3])).toString(16)}:${((Number(embedded[4]) << 8) | Number(embedded[5])).toString(16)}`;
  const [before = '', after] = hex.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const groups = [...head, ...new Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail];
  const bytes = new Uint8Array(16);
  groups.slice(0, 8).forEach((group, at) => {
    const value = Number.parseInt(group, 16) || 0;
    bytes[2 * at] = value >>> 8;
    bytes[2 * at + 1] = value & 255;
  });
  return bytes;
}
