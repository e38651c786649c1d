/**
 * Certificates with other names in them, structure and lengths as before. X.690, RFC 5280 §4.
 *
 * What tells a certificate from all others goes too: serial number, key and signature. The result
 * can be read and proves nothing.
 */
import type { Pseudonyms } from './pseudonyms.js';

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
/** UTF8String, PrintableString, T61String, IA5String, VisibleString, BMPString. */
const STRINGS: ReadonlySet<number> = new Set([0x0c, 0x13, 0x14, 0x16, 0x1a, 0x1e]);
/** Of GeneralName: rfc822Name, dNSName, URI. RFC 5280 §4.2.1.6. */
const NAMES: ReadonlySet<number> = new Set([0x81, 0x82, 0x86]);
const IP_ADDRESS = 0x87;
const CONSTRUCTED = 0x20;
/** Integers shorter than this are versions and bounds; bit strings, usages. */
const LONG_BYTES = 8;
/** Certificates nest some ten deep. */
const MAX_DEPTH = 24;

/** Edits all certificates and distinguished names within a handshake message's body, in place. */
export function editDer(body: Buffer, pseudonyms: Pseudonyms): void {
  // Lists of lengths stand before and between: a certificate or name begins with a SEQUENCE that fits.
  for (let at = 0; at < body.length; ) {
    const element = body[at] === 0x30 ? elementAt(body, at, body.length) : null;
    if (element === null || element.end - at < LONG_BYTES) {
      at += 1;
      continue;
    }
    editElements(body, at, element.end, pseudonyms, 0);
    at = element.end;
  }
}

interface Element {
  readonly tag: number;
  readonly from: number;
  readonly end: number;
}

function editElements(body: Buffer, start: number, end: number, pseudonyms: Pseudonyms, depth: number): void {
  for (let at = start; at < end; ) {
    const element = elementAt(body, at, end);
    if (element === null) return;
    editElement(body, element, pseudonyms, depth);
    at = element.end;
  }
}

function editElement(body: Buffer, { tag, from, end }: Element, pseudonyms: Pseudonyms, depth: number): void {
  const content = body.subarray(from, end);
  if (STRINGS.has(tag) || NAMES.has(tag)) {
    content.write(pseudonyms.authority(content.toString('latin1')), 'latin1');
  } else if (tag === IP_ADDRESS && content.length === 4) {
    content.writeUInt32BE(pseudonyms.ipv4(content.readUInt32BE(0)), 0);
  } else if (tag === IP_ADDRESS && content.length === 16) {
    content.set(pseudonyms.bytes(content));
  } else if (tag === INTEGER && content.length >= LONG_BYTES) {
    // The first two bytes keep the number positive and of its length. X.690 §8.3.2.
    content.set(pseudonyms.bytes(content.subarray(2)), 2);
  } else if (tag === BIT_STRING && content.length > LONG_BYTES) {
    // A key of RSA is an element of its own; a point of a curve begins with how it is written.
    const inner = elementAt(body, from + 1, end);
    if (inner !== null && inner.end === end && depth < MAX_DEPTH) editElement(body, inner, pseudonyms, depth + 1);
    else content.set(pseudonyms.bytes(content.subarray(2)), 2);
  } else if (tag === OCTET_STRING && depth < MAX_DEPTH) {
    // An extension's value is an element of its own; a key identifier is none.
    const inner = elementAt(body, from, end);
    if (inner !== null && inner.end === end) editElement(body, inner, pseudonyms, depth + 1);
    else if (content.length >= LONG_BYTES) content.set(pseudonyms.bytes(content));
  } else if ((tag & CONSTRUCTED) !== 0 && depth < MAX_DEPTH) {
    editElements(body, from, end, pseudonyms, depth + 1);
  } else if (tag === 0x80 && content.length >= LONG_BYTES) {
    // An authority's key identifier, RFC 5280 §4.2.1.1.
    content.set(pseudonyms.bytes(content));
  }
}

/** The element that begins there; `null`: none that ends within. X.690 §8.1. */
function elementAt(body: Buffer, at: number, end: number): Element | null {
  if (at + 2 > end) return null;
  const first = body[at + 1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 3 || first === 0x80 || at + 2 + lengthBytes > end) return null;
  const length = lengthBytes === 0 ? first : body.readUIntBE(at + 2, lengthBytes);
  const from = at + 2 + lengthBytes;
  return from + length > end ? null : { tag: body[at] ?? 0, from, end: from + length };
}
