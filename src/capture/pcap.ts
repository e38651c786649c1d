import { figureText } from './figure-text.js';
import { beginsCapture, JOINED_FILES } from './joined-files.js';
import { LINKTYPE_PRINTED } from './link-types.js';
import type { PacketView } from './packet.js';
import { FILE_HEADER_BYTES, type PcapVariant } from './pcap-variant.js';
import { CaptureReader, END, MAX_PACKET_BYTES, type ReadOutcome } from './reader.js';
import type { ByteSource } from './source.js';

/** Fields of a record header, offsets in bytes; what dialects add stands behind them. */
const SECONDS = 0;
const FRACTION = 4;
const FIRST_LENGTH = 8;
const SECOND_LENGTH = 12;

/** Fields of the file header. */
const TIME_ZONE = 8;
const LINK_TYPE = 20;

/** Classic pcap: a file header, then records of a header and the packet. draft-ietf-opsawg-pcap §4, §5. */
export class PcapReader extends CaptureReader {
  protected readonly format: 'pcap' | 'text';
  private readonly little: boolean;
  private readonly recordBytes: number;
  private readonly unitNs: number;
  private readonly plainLengths: boolean;
  /** The first word of the file header, as a record header's time would have it. */
  private readonly magic: number;
  /** The file header: once more, it stands where another capture was put behind this one. */
  private readonly header: Uint8Array;
  private hasZeros = false;
  private isJoined = false;

  /** The source stands at the file header, which is held. */
  constructor(
    source: ByteSource,
    file: string,
    captureIndex: number,
    compressed: boolean,
    private readonly variant: PcapVariant,
  ) {
    super(source, file, captureIndex, compressed);
    this.format = variant.linkType === LINKTYPE_PRINTED ? 'text' : 'pcap';
    this.little = variant.little;
    this.recordBytes = variant.recordBytes;
    this.unitNs = variant.unitNs;
    this.plainLengths = variant.lengths === 'captured-first';
    this.meetLinkType(variant.linkType);
    if (variant.remark !== null) this.warn(variant.remark);
    this.header = source.buffer.slice(source.start, source.start + FILE_HEADER_BYTES);
    this.magic = source.view.getUint32(source.start, variant.little);
    source.skip(variant.headerBytes);
  }

  override read(packet: PacketView): ReadOutcome {
    if (this.isDone) return END;
    const { source, little, recordBytes } = this;
    const at = source.start;
    const start = at + recordBytes;
    if (start > source.end) return this.wantHeader();
    const { view } = source;
    let captured = view.getUint32(at + FIRST_LENGTH, little);
    let original = view.getUint32(at + SECOND_LENGTH, little);
    if (!this.plainLengths && (this.variant.lengths === 'original-first' || captured > original)) {
      const first = captured;
      captured = original;
      original = first;
    }
    let seconds = view.getUint32(at + SECONDS, little);
    // One comparison for both: nothing captured, or more than anyone captures.
    if ((captured - 1) >>> 0 >= MAX_PACKET_BYTES || seconds === this.magic) {
      const outcome = this.readOther(packet, captured);
      if (outcome !== null) return outcome;
    }
    const end = start + captured;
    if (end > source.end) return this.wantMore(recordBytes + captured, 'a packet record');
    let nanoseconds = view.getUint32(at + FRACTION, little) * this.unitNs;
    if (nanoseconds >= 1e9) {
      const carry = Math.floor(nanoseconds / 1e9);
      seconds += carry;
      nanoseconds -= carry * 1e9;
    }
    this.setTime(seconds, nanoseconds);
    const fileOffset = source.base + at;
    source.start = end;
    return this.deliver(packet, this.variant.linkType, 0, null, start, end, original, fileOffset);
  }

  /** Classic pcap counts no drops. */
  protected override droppedPackets(): null {
    return null;
  }

  private wantHeader(): ReadOutcome {
    const { source } = this;
    // Zeros are no record, and what is left of them no part of one.
    if (this.hasZeros && source.ended && isZero(source.buffer, source.start, source.end)) source.start = source.end;
    return this.wantMore(this.recordBytes, 'the header of a packet record');
  }

  /**
   * What stands where a record should and is none, or `null`: a packet, of which nothing may have been captured.
   *
   * Zeros are what a crash leaves of blocks that were allocated and not yet written; they are passed over,
   * and numbered as Wireshark numbers them. The same file header again is the next of several captures put
   * behind one another, as `tcpdump -w - >> FILE` does it.
   */
  private readOther(packet: PacketView, captured: number): ReadOutcome | null {
    const { source } = this;
    const { start } = source;
    for (;;) {
      const length = this.bytesToPassOver();
      if (length === 0) break;
      if (length > source.end - source.start) return this.wantMore(length, 'a pcap file header');
      source.start += length;
    }
    if (source.start > start) return this.read(packet);
    if (beginsCapture(source.view, start, source.end)) return this.damage(source.offset, JOINED_FILES);
    return captured > MAX_PACKET_BYTES ? this.impossibleLength(captured) : null;
  }

  /** Bytes of a record of zeros or of the file header met again; 0: neither stands here. */
  private bytesToPassOver(): number {
    const { source, recordBytes, header } = this;
    const { buffer, start } = source;
    if (start + recordBytes > source.end) return 0;
    if (isZero(buffer, start, start + recordBytes)) {
      if (!this.hasZeros) this.warn(`zeros stand in place of packets, first at offset ${source.offset}; passed over`);
      this.hasZeros = true;
      this.number += 1;
      return recordBytes;
    }
    // What stands between version and link type may differ: time zone and accuracy, which readers ignore, and the snap length.
    if (!isEqual(buffer, start, header, 0, TIME_ZONE)) return 0;
    if (start + FILE_HEADER_BYTES <= source.end) {
      if (!isEqual(buffer, start + LINK_TYPE, header, LINK_TYPE, FILE_HEADER_BYTES)) return 0;
      if (!this.isJoined) {
        const where = `from offset ${source.offset} on`;
        this.warn(
          `several captures stand behind one another, ${where}; all were read, Wireshark shows the first alone`,
        );
      }
      this.isJoined = true;
    }
    return this.variant.headerBytes;
  }

  private impossibleLength(captured: number): typeof END {
    const snap = figureText(this.variant.snapLength);
    const reason = `captured length ${figureText(captured)} of a packet record is above ${figureText(MAX_PACKET_BYTES)} (snap length ${snap})`;
    return this.damage(this.source.offset, reason);
  }
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] !== 0) return false;
  return true;
}

/** Whether the bytes from `at` on are those of [start, end) of the header. */
function isEqual(bytes: Uint8Array, at: number, header: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    if (bytes[at + index - start] !== header[index]) return false;
  }
  return true;
}
