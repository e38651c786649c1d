/**
 * Classic pcap has one file header and many dialects, not all of them told apart by the magic.
 *
 * - `a1b2c3d4` microseconds, `a1b23c4d` nanoseconds.
 * - `a1b2cd34` "modified": Alexey Kuznetsov's patches of 1999. Record headers carry an interface
 *   index, a protocol and a packet type: 24 bytes (October 1999) or 28 (September 1999, SuSE 6.3).
 * - The standard magic with 24-byte record headers (his patch of April 1999, Red Hat 6.1) or with
 *   20-byte ones (Nokia).
 * - `1c0001ac`, `1c0001ab`: Ixia's nano- and microseconds, with four more bytes of file header.
 * - AIX: version 2.2, interface types in place of link types, nanoseconds.
 *
 * What the magic leaves open is decided by the first records, as Wireshark does: a dialect is taken
 * when these make sense in it and do not make sense in the standard.
 */
import { CaptureError } from './capture-error.js';
import { beginsCapture } from './joined-files.js';
import { PCAP_MAGIC, PCAP_MAJOR_VERSION, pcapByteOrder } from './pcap-magic.js';
import { MAX_PACKET_BYTES } from './reader.js';

/** Where the captured and the original length stand in a record header. */
type LengthOrder = 'captured-first' | 'original-first' | 'larger-is-original';

/** How to read one classic pcap file. */
export interface PcapVariant {
  readonly little: boolean;
  /** Bytes of the file header. */
  readonly headerBytes: number;
  /** Bytes of each record header. */
  readonly recordBytes: number;
  /** Nanoseconds of one unit of the fraction field: 1 or 1000. */
  readonly unitNs: number;
  readonly lengths: LengthOrder;
  readonly linkType: number;
  readonly snapLength: number;
  /** Something about the header that the user should know; `null` for the ordinary. */
  readonly remark: string | null;
}

/** Bytes of the file header that every dialect has. */
export const FILE_HEADER_BYTES = 24;
const IXIA_HEADER_BYTES = 28;

const RECORD_BYTES = 16;
const NOKIA_RECORD_BYTES = 20;
const MODIFIED_RECORD_BYTES = 24;
const MODIFIED_SEPTEMBER_RECORD_BYTES = 28;

/** Bytes that are looked at to tell dialects apart: three records of ordinary size. */
const PROBED_BYTES = 8192;

/** Records looked at to tell dialects apart. */
const PROBED_RECORDS = 3;

/** Nobody sends packets this large; a length field above it is not one. Wireshark's figure. */
const UNLIKELY_LENGTH = 128 * 1024 * 1024;

/** Linux boxes of 1999 had fewer interfaces than this. */
const UNLIKELY_INTERFACE = 10_000;

/** Packet types of Linux end with PACKET_OUTGOING (4). */
const LAST_PACKET_TYPE = 4;

/** Link type and the bits above it: 0 to 25. The rest are a frame check sequence's length and whether it is told. */
const LINK_TYPE_MASK = 0x03ff_ffff;

/** RFC 1573 interface types that AIX writes, and the link types that they are. */
const AIX_LINK_TYPES: Readonly<Record<number, number>> = { 6: 1, 9: 6, 15: 10, 24: 0 };

/**
 * How many bytes from `start` on decide between dialects, however the bytes come: no more than are held up
 * to `end` when these are enough. A live capture of the ordinary kind is read from its third record on.
 */
export function bytesToJudge(view: DataView, start: number, end: number): number {
  const little = pcapByteOrder(view, start) === 'little';
  const magic = view.getUint32(start, little);
  if (magic === PCAP_MAGIC.modified) return PROBED_BYTES;
  const lengths = lengthOrder(view.getUint16(start + 4, little), view.getUint16(start + 6, little));
  if (magic !== PCAP_MAGIC.microseconds || lengths !== 'captured-first') return FILE_HEADER_BYTES;
  const snapLength = view.getUint32(start + 16, little);
  let at = start + FILE_HEADER_BYTES;
  for (let records = 0; records < PROBED_RECORDS; records += 1) {
    const needed = at + RECORD_BYTES - start;
    if (needed > PROBED_BYTES) break;
    if (start + needed > end) return needed;
    if (beginsCapture(view, at, end)) break;
    if (!isSoundRecord({ little, snapLength }, RECORD_BYTES, view, at)) return PROBED_BYTES;
    at += RECORD_BYTES + view.getUint32(at + 8, little);
  }
  return FILE_HEADER_BYTES;
}

/**
 * Reads the file header at `start`; the caller holds at least FILE_HEADER_BYTES of it, and what
 * {@link bytesToJudge} asks for, as far as there is so much: that decides between dialects.
 *
 * @throws CaptureError `unsupported` for a version that nobody wrote.
 */
export function readPcapHeader(file: string, view: DataView, start: number, end: number): PcapVariant {
  const little = pcapByteOrder(view, start) === 'little';
  const magic = view.getUint32(start, little);
  const major = view.getUint16(start + 4, little);
  const minor = view.getUint16(start + 6, little);
  const snapLength = view.getUint32(start + 16, little);
  const field = view.getUint32(start + 20, little);
  if (major !== PCAP_MAJOR_VERSION && !(major === 543 && minor === 0)) {
    throw new CaptureError('unsupported', file, 4, `pcap version ${major}.${minor} is not known, expected 2.4`);
  }
  const aix = magic === PCAP_MAGIC.microseconds && major === 2 && minor === 2 ? AIX_LINK_TYPES[field] : undefined;
  const ixia = magic === PCAP_MAGIC.ixiaMicroseconds || magic === PCAP_MAGIC.ixiaNanoseconds;
  const nanoseconds = magic === PCAP_MAGIC.nanoseconds || magic === PCAP_MAGIC.ixiaNanoseconds || aix !== undefined;
  const common: PcapVariant = {
    little,
    headerBytes: ixia ? IXIA_HEADER_BYTES : FILE_HEADER_BYTES,
    recordBytes: RECORD_BYTES,
    unitNs: nanoseconds ? 1 : 1000,
    lengths: lengthOrder(major, minor),
    linkType: aix ?? field & LINK_TYPE_MASK,
    snapLength,
    remark: major === 2 && minor > 4 ? `pcap version 2.${minor} is not known; read as 2.4` : null,
  };
  const records = start + common.headerBytes;
  const probed = Math.min(end, start + PROBED_BYTES);
  if (magic === PCAP_MAGIC.modified) {
    const sizes = [MODIFIED_RECORD_BYTES, MODIFIED_SEPTEMBER_RECORD_BYTES];
    return { ...common, recordBytes: likeliest(common, sizes, view, records, probed) };
  }
  // Files older than 2.4 never were of these kinds.
  if (magic === PCAP_MAGIC.microseconds && common.lengths === 'captured-first') {
    const sizes = [RECORD_BYTES, MODIFIED_RECORD_BYTES, NOKIA_RECORD_BYTES];
    return { ...common, recordBytes: likeliest(common, sizes, view, records, probed) };
  }
  return common;
}

/**
 * Version 2.3 turned the two lengths round; some programs wrote 2.3 without doing so, and DG/UX
 * calls the old order 543.0.
 */
function lengthOrder(major: number, minor: number): LengthOrder {
  if (major !== 2 || minor < 3) return 'original-first';
  return minor === 3 ? 'larger-is-original' : 'captured-first';
}

/** The first of the record header sizes in which the records make sense; the first of all when none does. */
function likeliest(variant: PcapVariant, sizes: readonly number[], view: DataView, start: number, end: number): number {
  const first = sizes[0] ?? RECORD_BYTES;
  return sizes.find((size, index) => makesSense(variant, size, index === 0, view, start, end)) ?? first;
}

/**
 * Whether the first records are sound with record headers of this size.
 *
 * The default is believed on no evidence; another size must be borne out by two records, or by one
 * that ends where the file does, or where another capture was put behind it.
 */
function makesSense(
  variant: PcapVariant,
  size: number,
  isDefault: boolean,
  view: DataView,
  start: number,
  end: number,
): boolean {
  let at = start;
  let records = 0;
  while (records < PROBED_RECORDS && at + size <= end) {
    if (beginsCapture(view, at, end)) return isDefault || records > 0;
    if (!isSoundRecord(variant, size, view, at)) return false;
    at += size + view.getUint32(at + 8, variant.little);
    records += 1;
  }
  return isDefault || records >= 2 || (records === 1 && at === end);
}

function isSoundRecord(
  { little, snapLength }: Pick<PcapVariant, 'little' | 'snapLength'>,
  size: number,
  view: DataView,
  at: number,
): boolean {
  const captured = view.getUint32(at + 8, little);
  const original = view.getUint32(at + 12, little);
  if (view.getUint32(at + 4, little) >= 1_000_000) return false;
  if (captured > MAX_PACKET_BYTES || captured > original || original > UNLIKELY_LENGTH) return false;
  if (snapLength > 0 && captured > snapLength) return false;
  if (size < MODIFIED_RECORD_BYTES) return true;
  return view.getUint32(at + 16, little) <= UNLIKELY_INTERFACE && view.getUint8(at + 22) <= LAST_PACKET_TYPE;
}
