import { pcapByteOrder } from './pcap-magic.js';

/** Bytes that tell a capture's format. */
export const MAGIC_BYTES = 4;

/** Bytes that tell what it is, where it is no capture. */
export const TELLING_BYTES = 512;

/** What a file begins like: a format that is read, one that is packed, or something else in words. */
export type Look =
  | { readonly kind: 'pcap' | 'pcapng' | 'gzip' | 'zstd' }
  | { readonly kind: 'packed'; readonly program: string }
  | { readonly kind: 'other'; readonly description: string };

const PCAPNG = 0x0a0d0d0a;
const GZIP = 0x1f8b;
const ZSTD = 0x28b52ffd;
/** How a skippable frame begins, but for four bits; its length follows (RFC 8878 §3.1.2). */
const SKIPPABLE = 0x184d2a50;
const SKIPPABLE_HEADER_BYTES = 8;

/** Compressed by a program that has to unpack it first: first bytes, and the program. */
const PACKED: readonly (readonly [readonly number[], string])[] = [
  [[0x04, 0x22, 0x4d, 0x18], 'lz4'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'xz'],
  [[0x42, 0x5a, 0x68], 'bzip2'],
];

/** What people hand over by mistake: first bytes, and what to call it. */
const OTHERS: readonly (readonly [readonly number[], string])[] = [
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  [[0xff, 0xd8, 0xff], 'a JPEG image'],
  [[0x47, 0x49, 0x46, 0x38], 'a GIF image'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF document'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive; unpack the captures in it'],
  [[0x7f, 0x45, 0x4c, 0x46], 'a program (ELF)'],
  [[0x62, 0x74, 0x73, 0x6e, 0x6f, 0x6f, 0x70, 0x00], 'a capture of Bluetooth (btsnoop)'],
];

/** Captures in formats that Wireshark's editcap turns into one of ours: first bytes, and who writes it. */
const CONVERTIBLE: readonly (readonly [readonly number[], string])[] = [
  [[0x73, 0x6e, 0x6f, 0x6f, 0x70, 0x00], 'snoop'],
  [[0x52, 0x54, 0x53, 0x53], 'Network Monitor'],
  [[0x47, 0x4d, 0x42, 0x55], 'Network Monitor'],
  [[0x69, 0x70, 0x74, 0x72, 0x61, 0x63, 0x65, 0x20], 'iptrace (AIX)'],
  [[0x54, 0x52, 0x00, 0x64], 'nettl (HP-UX)'],
  [[0x54, 0x52, 0x53, 0x4e, 0x49, 0x46, 0x46, 0x20], 'Sniffer'],
  [[0x58, 0x43, 0x50, 0x00], 'Sniffer'],
  [[0x4f, 0x62, 0x73, 0x65, 0x72, 0x76, 0x65, 0x72, 0x50, 0x6b, 0x74], 'Observer'],
  [[0x01, 0x10, 0x4c, 0x00], 'LANalyzer'],
  [[0x05, 0x56, 0x4e, 0x46], 'Visual Networks'],
  [[0xaa, 0xaa, 0xaa, 0xaa], '5View'],
];

/** In the first record of a trace of NetScaler, which only Wireshark itself reads. */
const NETSCALER = 'NetScaler';

/**
 * Event traces of Windows begin with a buffer's header, which begins with the buffer's size. The first event
 * behind it tells that size again.
 */
const ETL_EVENT = 72;
const ETL_EVENT_KIND = ETL_EVENT + 2;
const ETL_EVENT_FLAGS = ETL_EVENT + 3;
const ETL_EVENT_HOOK = ETL_EVENT + 6;
const ETL_BUFFER_SIZE = ETL_EVENT + 32;

/** Most characters of a text that are shown of it. */
const SHOWN_TEXT = 24;

/** Judges a file by its first bytes, never by its name: at least MAGIC_BYTES, the more the better. */
export function lookAt(bytes: Uint8Array): Look {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (pcapByteOrder(view, 0) !== null) return { kind: 'pcap' };
  if (view.getUint32(0) === PCAPNG) return { kind: 'pcapng' };
  if (view.getUint16(0) === GZIP) return { kind: 'gzip' };
  if (isZstd(view)) return { kind: 'zstd' };
  const packed = PACKED.find(([magic]) => beginsWith(bytes, magic));
  if (packed !== undefined) return { kind: 'packed', program: packed[1] };
  const other = OTHERS.find(([magic]) => beginsWith(bytes, magic));
  if (other !== undefined) return { kind: 'other', description: other[1] };
  const convertible = CONVERTIBLE.find(([magic]) => beginsWith(bytes, magic));
  if (convertible !== undefined) {
    return { kind: 'other', description: `a capture of ${convertible[1]}; try: editcap FILE OUT.pcapng` };
  }
  if (isWindowsTrace(view)) {
    const description = 'an event trace of Windows (ETL); try: pktmon etl2pcap FILE, or etl2pcapng FILE OUT.pcapng';
    return { kind: 'other', description };
  }
  const head = bytes.subarray(0, TELLING_BYTES);
  if (head.every((byte) => byte === 0)) return { kind: 'other', description: 'nothing but zeros' };
  const text = textOf(head);
  if (text !== null) return { kind: 'other', description: text === '' ? 'text' : `text, beginning with "${text}"` };
  if (Buffer.from(head).includes(NETSCALER)) {
    return { kind: 'other', description: 'a trace of NetScaler; take it with: start nstrace -traceformat PCAP' };
  }
  const hex = [...bytes.subarray(0, MAGIC_BYTES)].map((byte) => byte.toString(16).padStart(2, '0'));
  return { kind: 'other', description: `unknown data, beginning with ${hex.join(' ')}` };
}

/** A frame of zstd, or a skippable one with such a frame behind it, as pzstd writes them: lz4 has skippable frames, too. */
function isZstd(view: DataView): boolean {
  if (view.getUint32(0) === ZSTD) return true;
  if ((view.getUint32(0, true) & ~0xf) !== SKIPPABLE || view.byteLength < SKIPPABLE_HEADER_BYTES) return false;
  const next = SKIPPABLE_HEADER_BYTES + view.getUint32(4, true);
  return next + MAGIC_BYTES <= view.byteLength && view.getUint32(next) === ZSTD;
}

/** What `netsh trace` and `pktmon` write: its first event is of a system's trace, 32 or 64 bits, and of hook 0. */
function isWindowsTrace(view: DataView): boolean {
  if (view.byteLength < ETL_BUFFER_SIZE + 4) return false;
  const size = view.getUint32(0, true);
  const kind = view.getUint8(ETL_EVENT_KIND);
  return (
    size > ETL_BUFFER_SIZE &&
    view.getUint32(ETL_BUFFER_SIZE, true) === size &&
    (kind === 1 || kind === 2) &&
    (view.getUint8(ETL_EVENT_FLAGS) & 0xc0) === 0xc0 &&
    view.getUint16(ETL_EVENT_HOOK, true) === 0
  );
}

function beginsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/** The first printable ASCII characters if the whole looks like text (UTF-8, no control characters), else `null`. */
function textOf(bytes: Uint8Array): string | null {
  const hasControl = bytes.some((byte) => byte === 0x7f || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13));
  if (hasControl) return null;
  let text: string;
  try {
    // `stream`: the last character may be cut.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
  const line = /^[\x20-\x7e]*/.exec(text.trimStart())?.[0] ?? '';
  return line.length > SHOWN_TEXT ? `${line.slice(0, SHOWN_TEXT)}…` : line;
}
