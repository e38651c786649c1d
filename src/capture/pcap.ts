import { figureText } from './figure-text.js';
import { LINKTYPE_PRINTED } from './link-types.js';
import type { PacketView } from './packet.js';
import type { PcapVariant } from './pcap-variant.js';
import { CaptureReader, END, MAX_PACKET_BYTES, type ReadOutcome } from './reader.js';
import type { ByteSource } from './source.js';

/** Fields of a record header, offsets in bytes; what dialects add stands behind them. */
const SECONDS = 0;
const FRACTION = 4;
const FIRST_LENGTH = 8;
const SECOND_LENGTH = 12;

/** Classic pcap: a file header, then records of a header and the packet. draft-ietf-opsawg-pcap §4, §5. */
export class PcapReader extends CaptureReader {
  protected readonly format: 'pcap' | 'text';
  private readonly little: boolean;
  private readonly recordBytes: number;
  private readonly unitNs: number;
  private readonly plainLengths: boolean;

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
    source.skip(variant.headerBytes);
  }

  override read(packet: PacketView): ReadOutcome {
    if (this.isDone) return END;
    const { source, little, recordBytes } = this;
    const at = source.start;
    const start = at + recordBytes;
    if (start > source.end) return this.wantMore(recordBytes, 'the header of a packet record');
    const { view } = source;
    let captured = view.getUint32(at + FIRST_LENGTH, little);
    let original = view.getUint32(at + SECOND_LENGTH, little);
    if (!this.plainLengths && (this.variant.lengths === 'original-first' || captured > original)) {
      const first = captured;
      captured = original;
      original = first;
    }
    if (captured > MAX_PACKET_BYTES) return this.impossibleLength(captured);
    const end = start + captured;
    if (end > source.end) return this.wantMore(recordBytes + captured, 'a packet record');
    let seconds = view.getUint32(at + SECONDS, little);
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

  private impossibleLength(captured: number): typeof END {
    const snap = figureText(this.variant.snapLength);
    const reason = `captured length ${figureText(captured)} of a packet record is above ${figureText(MAX_PACKET_BYTES)} (snap length ${snap})`;
    return this.damage(this.source.offset, reason);
  }
}
