/** Addresses for the hosts of a printed capture: their own, or made-up ones for names (RFC 2544's range). */
import { isIPv4, isIPv6 } from 'node:net';
import type { NameRecord } from '../reader.js';

/** See the head of this file. */
export class Hosts {
  private readonly made = new Map<string, Uint8Array>();

  constructor(private readonly onName: (record: NameRecord) => void) {}

  /** Four or sixteen bytes. */
  addressOf(host: string): Uint8Array {
    const known = this.made.get(host);
    if (known !== undefined) return known;
    const address = isIPv4(host)
      ? Uint8Array.from(host.split('.'), Number)
      : isIPv6(host)
        ? ipv6Bytes(host)
        : this.invented(host);
    this.made.set(host, address);
    return address;
  }

  /** 198.18.0.1 and on: nobody has these. */
  private invented(name: string): Uint8Array {
    const number = this.made.size + 1;
    const address = Uint8Array.of(198, 18 + ((number >>> 16) & 1), (number >>> 8) & 255, number & 255);
    this.onName({ address: address.join('.'), name });
    return address;
  }
}

function ipv6Bytes(text: string): Uint8Array {
  const [plain = ''] = text.split('%', 1);
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
