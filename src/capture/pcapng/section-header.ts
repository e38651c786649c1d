import { BLOCK_TRAILER_BYTES } from './block.js';

const BYTE_ORDER_MAGIC = 8;
const MAJOR_VERSION = 12;
const MINOR_VERSION = 14;
const OPTIONS = 24;

/** Bytes of a section header block without options. */
export const MIN_SECTION_HEADER_BYTES = OPTIONS + BLOCK_TRAILER_BYTES;

/** Bytes of it that tell its byte order. */
export const SECTION_BYTE_ORDER_BYTES = MAJOR_VERSION;

const BYTE_ORDER = 0x1a2b3c4d;

/** Byte order of the section whose header block begins at `at`; `null` when its magic is neither. draft-ietf-opsawg-pcapng §4.1. */
export function sectionByteOrder(view: DataView, at: number): 'little' | 'big' | null {
  if (view.getUint32(at + BYTE_ORDER_MAGIC, true) === BYTE_ORDER) return 'little';
  if (view.getUint32(at + BYTE_ORDER_MAGIC, false) === BYTE_ORDER) return 'big';
  return null;
}

/** The section's version as text when it cannot be read, else `null`: major version 1 is the only one; minor ones are compatible. */
export function unknownVersion(view: DataView, at: number, little: boolean): string | null {
  const major = view.getUint16(at + MAJOR_VERSION, little);
  return major === 1 ? null : `${major}.${view.getUint16(at + MINOR_VERSION, little)}`;
}
