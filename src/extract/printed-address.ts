/** Addresses as text that become others of equal length, and addresses still: those that share a beginning do so after. */
import type { Pseudonyms } from './pseudonyms.js';

/** Such an address, or what looks like one. */
export const PRINTED_ADDRESS = /(?<![\da-fA-F])[\da-fA-F]+[.:][\da-fA-F.:]+/g;

/** The largest part of an IPv4 address; those of IPv6 have four digits. */
const MAX_OCTET = 255;

/** The address that stands for `address`. RFC 5952 for those with colons. */
export function otherAddress(address: string, pseudonyms: Pseudonyms): string {
  const base = address.includes(':') ? 16 : 10;
  let before = 'address:';
  return address.replace(/[\da-fA-F]+/g, (part) => {
    const least = part.length === 1 ? 0 : base ** (part.length - 1);
    const most = base === 10 ? Math.min(MAX_OCTET, 10 ** part.length - 1) : base ** part.length - 1;
    const value = Number.parseInt(part, base);
    const shift = Buffer.from(pseudonyms.bytes(Buffer.from(before))).readUInt32BE(0);
    before += `${part}.`;
    // A part that no address has.
    if (Number.isNaN(value) || value < least || value > most || part.length > 4) return pseudonyms.secret(part);
    return (least + ((value - least + shift) % (most - least + 1))).toString(base);
  });
}
