/** Frames as they stand on the wire. RFC 9113 §4.1, §6. */

/** Length 24 bits, type 8, flags 8, reserved 1, stream 31. */
export const FRAME_HEADER_BYTES = 9;

/** Frame types. RFC 9113 §6, RFC 7838 §4, RFC 8336 §2.1. */
export const FRAME = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goAway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
  altSvc: 0xa,
  origin: 0xc,
} as const;

/** Flags; ACK and END_STREAM share a bit. */
export const FLAG = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** The largest payload before a setting allows more. RFC 9113 §4.2. */
export const DEFAULT_MAX_FRAME_BYTES = 16_384;
/** No setting allows more. RFC 9113 §6.5.2. */
export const LARGEST_FRAME_BYTES = 2 ** 24 - 1;

/** Exclusive dependency, dependency and weight in HEADERS and PRIORITY. RFC 9113 §6.2, §6.3. */
export const PRIORITY_BYTES = 5;

/** A frame's header, and the packets that carry the frame: references and nanoseconds. */
export interface FrameHeader {
  length: number;
  type: number;
  flags: number;
  stream: number;
  firstPacket: number;
  firstNs: number;
  lastPacket: number;
  lastNs: number;
}

/** A header of nothing, to be read into. */
export function emptyHeader(): FrameHeader {
  return { length: 0, type: 0, flags: 0, stream: 0, firstPacket: 0, firstNs: 0, lastPacket: 0, lastNs: 0 };
}

/** Reads the nine bytes at `at`. */
export function readFrameHeader(view: Uint8Array, at: number, into: FrameHeader): void {
  into.length = ((view[at] ?? 0) << 16) | ((view[at + 1] ?? 0) << 8) | (view[at + 2] ?? 0);
  into.type = view[at + 3] ?? 0;
  into.flags = view[at + 4] ?? 0;
  into.stream = wordAt(view, at + 5) & 0x7fffffff;
}

/** The big-endian word at `at`, signed. */
export function wordAt(view: Uint8Array, at: number): number {
  return ((view[at] ?? 0) << 24) | ((view[at + 1] ?? 0) << 16) | ((view[at + 2] ?? 0) << 8) | (view[at + 3] ?? 0);
}

/** What kind of stream a frame type belongs to, and the payload it has; RFC 9113 §6 by type. */
interface Rule {
  readonly on: 'connection' | 'stream' | 'either';
  /** Exact length of the payload, or what it is a multiple of; 0: any. */
  readonly exactly: number;
  readonly multipleOf: number;
  readonly least: number;
}

const any = { exactly: 0, multipleOf: 0, least: 0 };
const RULES: readonly (Rule | null)[] = [
  { ...any, on: 'stream' },
  { ...any, on: 'stream' },
  { ...any, on: 'stream', exactly: PRIORITY_BYTES },
  { ...any, on: 'stream', exactly: 4 },
  { ...any, on: 'connection', multipleOf: 6 },
  { ...any, on: 'stream', least: 4 },
  { ...any, on: 'connection', exactly: 8 },
  { ...any, on: 'connection', least: 8 },
  { ...any, on: 'either', exactly: 4 },
  { ...any, on: 'stream' },
  { ...any, on: 'either', least: 2 },
  null,
  { ...any, on: 'connection' },
];

/** What a header breaks: the length that its type demands (FRAME_SIZE_ERROR), or the stream that it may be on (PROTOCOL_ERROR). */
export function headerFlaw({ type, length, stream }: FrameHeader): 'h2-frame-size' | 'h2-wrong-stream' | null {
  const rule = RULES[type];
  if (rule === undefined || rule === null) return null;
  if (rule.on === 'stream' ? stream === 0 : rule.on === 'connection' && stream !== 0) return 'h2-wrong-stream';
  if (rule.exactly > 0 && length !== rule.exactly) return 'h2-frame-size';
  if (rule.multipleOf > 0 && length % rule.multipleOf !== 0) return 'h2-frame-size';
  return length < rule.least ? 'h2-frame-size' : null;
}

/** Flags that each type defines; PRIORITY_UPDATE (RFC 9218) and the like have none. */
const DEFINED_FLAGS: readonly number[] = [0x09, 0x2d, 0, 0, 0x01, 0x0c, 0x01, 0, 0, 0x04, 0, 0, 0];
const PRIORITY_UPDATE = 0x10;
/** In search of a boundary a longer frame is not believed: 16 KB is what nearly all send at most. */
const MAX_BELIEVED_BYTES = 65_536;

const candidate = emptyHeader();

/** Could a frame begin at `at`? Nine bytes are there. Stricter than a reader that knows where it is. */
export function mayBeHeader(view: Uint8Array, at: number): boolean {
  if (((view[at + 5] ?? 0) & 0x80) !== 0) return false;
  readFrameHeader(view, at, candidate);
  const { type, flags, length } = candidate;
  if (type >= RULES.length && type !== PRIORITY_UPDATE) return false;
  if ((flags & ~(DEFINED_FLAGS[type] ?? 0)) !== 0 || length > MAX_BELIEVED_BYTES) return false;
  if (type === FRAME.settings && flags !== 0 && length !== 0) return false;
  return headerFlaw(candidate) === null;
}

/**
 * Do frames stand one behind the other from `start` on? Three of them must be there, or at least
 * `least` and end with the bytes: by chance that is met once in millions of segments.
 */
export function isFrameChain(view: Uint8Array, start: number, end: number, least = 1): boolean {
  let at = start;
  for (let frames = 0; frames < MIN_CHAIN; frames += 1) {
    if (at === end) return frames >= least;
    if (end - at < FRAME_HEADER_BYTES || !mayBeHeader(view, at)) return false;
    readFrameHeader(view, at, candidate);
    at += FRAME_HEADER_BYTES + candidate.length;
  }
  return true;
}

const MIN_CHAIN = 3;
/** What begins within a segment, where frames seldom do, must be more than one. */
const MIN_CHAIN_WITHIN = 2;

/** Where a chain of frames begins in [start, end): at its beginning or, if with more of them, behind it; -1: nowhere. */
export function frameChainIn(view: Uint8Array, start: number, end: number): number {
  if (isFrameChain(view, start, end)) return start;
  // A length that is believed has 16 bits, or 17 and is the largest: its first byte tells most places apart.
  for (let at = start + 1; at + FRAME_HEADER_BYTES <= end; at += 1)
    if ((view[at] ?? 0) <= 1 && isFrameChain(view, at, end, MIN_CHAIN_WITHIN)) return at;
  return -1;
}
