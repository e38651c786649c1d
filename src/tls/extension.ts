import { Fields } from './fields.js';

/** Extensions that are read. https://www.iana.org/assignments/tls-extensiontype-values/ */
export const SERVER_NAME = 0;
export const ALPN = 16;
export const ENCRYPT_THEN_MAC = 22;
export const SESSION_TICKET = 35;
export const PRE_SHARED_KEY = 41;
export const EARLY_DATA = 42;
export const SUPPORTED_VERSIONS = 43;
export const ENCRYPTED_CLIENT_HELLO = 0xfe0d;

/** Calls `each` with every extension of a block; `false` where it is malformed. `data` is borrowed. RFC 8446 §4.2. */
export function eachExtension(block: Fields, each: (type: number, data: Fields) => void): boolean {
  const data = new Fields(block.view, 0, 0);
  while (block.left > 0) {
    const type = block.uint16();
    const length = block.uint16();
    data.at = block.skip(length);
    data.end = block.at;
    data.broken = false;
    if (block.broken) return false;
    each(type, data);
  }
  return !block.broken;
}

/** Protocol names of an ALPN extension, as sent. RFC 7301 §3.1. */
export function readAlpn(data: Fields): string[] {
  const list = data.vector(2);
  const names: string[] = [];
  while (list.left > 0) {
    const name = list.vector(1);
    if (list.broken) break;
    names.push(name.text());
  }
  return names;
}
