import { ipv4Text, ipv6Text } from '../../text/address.js';
import type { NameRecord } from '../reader.js';
import { BLOCK_HEADER_BYTES, BLOCK_TRAILER_BYTES } from './block.js';
import { padded } from './options.js';

/** Record types; 0 ends the list. draft-ietf-opsawg-pcapng §4.5. */
const END_OF_RECORDS = 0;
const IPV4 = 1;
const IPV6 = 2;

/** Names kept of one capture; a resolver's whole cache is smaller. */
export const MAX_NAMES = 65_536;

/** Longest name kept: RFC 1035 §2.3.4 allows 253 characters as text. */
const MAX_NAME_BYTES = 255;

/**
 * Name resolution block of `length` bytes at `at`, all held: adds its names to `into`, up to
 * MAX_NAMES.
 *
 * `false`: a record runs past the block; what came before it was read.
 */
export function readNames(into: NameRecord[], view: DataView, at: number, length: number, little: boolean): boolean {
  const end = at + length - BLOCK_TRAILER_BYTES;
  let position = at + BLOCK_HEADER_BYTES;
  while (position + 4 <= end) {
    const type = view.getUint16(position, little);
    const recordLength = view.getUint16(position + 2, little);
    if (type === END_OF_RECORDS) return true;
    const value = position + 4;
    if (value + recordLength > end) return false;
    if (type === IPV4 && recordLength > 4) {
      addNames(into, ipv4Text(view.getUint32(value)), view, value + 4, value + recordLength);
    } else if (type === IPV6 && recordLength > 16) {
      const address = ipv6Text(
        view.getUint32(value),
        view.getUint32(value + 4),
        view.getUint32(value + 8),
        view.getUint32(value + 12),
      );
      addNames(into, address, view, value + 16, value + recordLength);
    }
    position = value + padded(recordLength);
  }
  return true;
}

/** One or several names, each ended by a NUL; addresses stand in network byte order whatever the section's is. */
function addNames(into: NameRecord[], address: string, view: DataView, start: number, end: number): void {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, end);
  for (let at = start; at < end; ) {
    const nul = bytes.indexOf(0, at);
    const stop = nul < 0 ? end : nul;
    if (stop > at && stop - at <= MAX_NAME_BYTES && into.length < MAX_NAMES) {
      into.push({ address, name: new TextDecoder().decode(bytes.subarray(at, stop)) });
    }
    at = stop + 1;
  }
}
