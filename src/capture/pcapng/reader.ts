import { figureText } from '../figure-text.js';
import { beginsCapture, JOINED_FILES } from '../joined-files.js';
import type { PacketView } from '../packet.js';
import type { SectionPlace } from '../place.js';
import { CaptureReader, END, MAX_PACKET_BYTES, type ReadOutcome } from '../reader.js';
import * as blocks from './block.js';
import { leastBytes, nameOf, nameWithArticle } from './block-kind.js';
import { MAX_KEY_LOG_LENGTH, readKeyLog } from './decryption-secrets.js';
import { readEnhancedPacket } from './enhanced-packet.js';
import { type PcapngInterface, readInterfaceDescription } from './interface-description.js';
import { readStatisticsDrops, statisticsInterface } from './interface-statistics.js';
import { MAX_NAMES, readNames } from './name-resolution.js';
import { readObsoletePacket } from './obsolete-packet.js';
import { OptionCursor } from './options.js';
import { emptyPacketBlock } from './packet-block.js';
import { SECTION_BYTE_ORDER_BYTES, sectionByteOrder, unknownVersion } from './section-header.js';
import { readSimplePacket } from './simple-packet.js';

/** Interfaces of one section; a host with this many has other worries, a hostile file would fill the memory. */
export const MAX_INTERFACES = 65_536;

/**
 * pcapng: sections of blocks, each block framed by its length before and behind.
 * draft-ietf-opsawg-pcapng §3.
 *
 * A block that is read is held whole, up to MAX_BLOCK_BYTES; any other is passed over, however
 * large, and only its two lengths are compared.
 */
export class PcapngReader extends CaptureReader {
  protected readonly format = 'pcapng';
  /** Names of the interfaces by `interfaceIndex`; `null` where the capture does not tell. */
  readonly interfaceNames: (string | null)[] = [];

  private little = true;
  private interfaces: PcapngInterface[] = [];
  /** Interfaces of earlier sections: what makes their numbers unique over the file. */
  private interfaceBase = 0;
  /** Dropped packets of earlier sections; -1 when nothing counted them. */
  private earlierDrops = -1;
  private readonly packetBlock = emptyPacketBlock();
  private readonly options = new OptionCursor();
  private optionsOverran = false;
  private keyLogLength = 0;
  /** A block that is being passed over: its length and offset; 0 when there is none. */
  private passedLength = 0;
  private passedOffset = 0;

  override read(packet: PacketView): ReadOutcome {
    for (;;) {
      if (this.isDone) return END;
      if (this.passedLength > 0) {
        const outcome = this.endPassedBlock();
        if (outcome !== null) return outcome;
      }
      const { source } = this;
      const at = source.start;
      const held = source.end - at;
      if (held < blocks.BLOCK_HEADER_BYTES) return this.wantMore(blocks.BLOCK_HEADER_BYTES, 'the header of a block');
      const { view } = source;
      const type = view.getUint32(at, this.little);
      if (type === blocks.SECTION_HEADER) {
        // Its length can only be read once its byte order is known.
        if (held < SECTION_BYTE_ORDER_BYTES) return this.wantMore(SECTION_BYTE_ORDER_BYTES, 'a section header block');
        const order = sectionByteOrder(view, at);
        if (order === null) return this.unknownByteOrder(at);
        this.little = order === 'little';
      }
      const told = view.getUint32(at + 4, this.little);
      const least = leastBytes(type);
      let length = told;
      if (told < blocks.MIN_BLOCK_BYTES || (told & 3) !== 0) {
        // Some writers pad the block and do not count the padding; Wireshark reads it as well.
        if (told < blocks.MIN_BLOCK_BYTES || least === 0) return this.impossibleLength(type, told);
        length += 4 - (told & 3);
      }
      if (least === 0) {
        if (beginsCapture(view, at, source.end)) return this.damage(source.offset, JOINED_FILES);
        if (!this.passOver(type, length)) return END;
        continue;
      }
      if (length < least) return this.tooShort(type, length, least);
      if (length > blocks.MAX_BLOCK_BYTES) {
        if (!this.passOverLarge(type, length)) return END;
        continue;
      }
      if (held < length) return this.wantMore(length, nameWithArticle(type));
      const trailer = view.getUint32(at + length - blocks.BLOCK_TRAILER_BYTES, this.little);
      if (trailer !== told) return this.unequalLengths(source.offset, told, trailer);

      switch (type) {
        case blocks.ENHANCED_PACKET:
          if (!readEnhancedPacket(this.packetBlock, this.options, view, at, length, this.little)) {
            return this.packetTooLong(type, length);
          }
          return this.deliverBlock(packet, length);
        case blocks.SIMPLE_PACKET: {
          const first = this.interfaces[0];
          if (first === undefined) return this.unknownInterface(type, 0);
          if (!readSimplePacket(this.packetBlock, view, at, length, this.little, first.snapLength)) {
            return this.packetTooLong(type, length);
          }
          return this.deliverBlock(packet, length);
        }
        case blocks.OBSOLETE_PACKET:
          if (!readObsoletePacket(this.packetBlock, this.options, view, at, length, this.little)) {
            return this.packetTooLong(type, length);
          }
          return this.deliverBlock(packet, length);
        default:
          if (!this.readOther(type, view, at, length)) return END;
          source.start += length;
      }
    }
  }

  protected override droppedPackets(): number | null {
    const drops = this.addDrops();
    // Counters of 64 bits, which a damaged capture may hold: so many packets nobody dropped.
    return drops < 0 || !Number.isSafeInteger(drops) ? null : drops;
  }

  protected override sectionPlace(): SectionPlace {
    const { little, interfaces, interfaceBase } = this;
    return { little, interfaces: [...interfaces], interfaceBase };
  }

  protected override enterSection(section: SectionPlace): void {
    this.little = section.little;
    this.interfaces = [...section.interfaces];
    this.interfaceBase = section.interfaceBase;
  }

  private deliverBlock(packet: PacketView, length: number): ReadOutcome {
    const { source, packetBlock: block } = this;
    const from = this.interfaces[block.interfaceId];
    if (from === undefined) return this.unknownInterface(blocks.ENHANCED_PACKET, block.interfaceId);
    if (block.capturedLength > MAX_PACKET_BYTES) {
      const figures = `${figureText(block.capturedLength)} of a packet is above ${figureText(MAX_PACKET_BYTES)}`;
      return this.damage(source.offset, `captured length ${figures}`);
    }
    if (block.timed) {
      from.clock.set(block.timestampHigh, block.timestampLow);
      this.setTime(from.clock.seconds, from.clock.nanoseconds);
    }
    if (block.drops >= 0) from.packetDrops = Math.max(from.packetDrops, 0) + block.drops;
    const fileOffset = source.offset;
    if (this.options.overrun) this.tellOptionsOverran(fileOffset);
    source.start += length;
    return this.deliver(
      packet,
      from.linkType,
      this.interfaceBase + block.interfaceId,
      block.direction,
      block.start,
      block.start + block.capturedLength,
      block.originalLength,
      fileOffset,
    );
  }

  /** Reads a block without a packet; `false` when that ended the reading. */
  private readOther(type: number, view: DataView, at: number, length: number): boolean {
    const { little, options, source } = this;
    options.overrun = false;
    switch (type) {
      case blocks.SECTION_HEADER: {
        const version = unknownVersion(view, at, little);
        if (version !== null) {
          this.damage(source.offset, `pcapng version ${version} is not known, expected 1.0`, 'unsupported');
          return false;
        }
        this.earlierDrops = this.addDrops();
        this.interfaceBase += this.interfaces.length;
        this.interfaces = [];
        break;
      }
      case blocks.INTERFACE_DESCRIPTION: {
        if (this.interfaces.length >= MAX_INTERFACES) {
          this.damage(source.offset, `more than ${figureText(MAX_INTERFACES)} interfaces in a section`, 'unsupported');
          return false;
        }
        const described = readInterfaceDescription(options, view, at, length, little);
        this.interfaces.push(described);
        this.meetLinkType(described.linkType);
        if (this.interfaceNames.length < MAX_INTERFACES) this.interfaceNames.push(described.name);
        break;
      }
      case blocks.INTERFACE_STATISTICS: {
        // Statistics of an interface that nobody described are no reason to stop: no packet is lost by it.
        const about = this.interfaces[statisticsInterface(view, at, little)];
        const drops = readStatisticsDrops(options, view, at, length, little);
        if (about !== undefined && drops >= 0) about.statisticsDrops = drops;
        break;
      }
      case blocks.NAME_RESOLUTION: {
        const had = this.names.length;
        if (!readNames(this.names, view, at, length, little)) {
          this.warn(`the name resolution block at offset ${source.offset} holds a record that runs past its end`);
        }
        if (had < MAX_NAMES && this.names.length === MAX_NAMES) {
          this.warn(`kept the first ${figureText(MAX_NAMES)} names of its name resolution blocks`);
        }
        break;
      }
      default:
        this.readSecrets(view, at, length);
    }
    if (options.overrun) this.tellOptionsOverran(source.offset);
    return true;
  }

  private readSecrets(view: DataView, at: number, length: number): void {
    const keyLog = readKeyLog(view, at, length, this.little);
    if (keyLog === undefined) {
      this.warn(`the decryption secrets block at offset ${this.source.offset} holds secrets that run past its end`);
    } else if (keyLog !== null) {
      if (this.keyLogLength + keyLog.length > MAX_KEY_LOG_LENGTH) {
        this.warn(
          `dropped TLS secrets beyond ${figureText(MAX_KEY_LOG_LENGTH)} characters, at offset ${this.source.offset}`,
        );
        return;
      }
      this.keyLogLength += keyLog.length;
      this.keyLogs.push(keyLog);
    }
  }

  /** Begins to pass over a block that is not read; `false` when it cannot be one. */
  private passOver(type: number, length: number): boolean {
    const { source } = this;
    const { offset } = source;
    const size = this.plainSize;
    if (length > blocks.MAX_BLOCK_BYTES && size !== null && offset + length > size) {
      const figures = `${figureText(length)} runs past the end of the file, ${figureText(size)}`;
      this.damage(offset, `block length ${figures} (block type 0x${hex(type)})`);
      return false;
    }
    if (blocks.NUMBERED_BLOCKS.has(type)) this.number += 1;
    this.passedLength = length;
    this.passedOffset = offset;
    source.skip(length - blocks.BLOCK_TRAILER_BYTES);
    return true;
  }

  /** A block that is read as a rule, but larger than is held: passed over if no packet is lost by it. */
  private passOverLarge(type: number, length: number): boolean {
    if (type !== blocks.NAME_RESOLUTION && type !== blocks.DECRYPTION_SECRETS) {
      const figures = `${figureText(length)} is above ${figureText(blocks.MAX_BLOCK_BYTES)}`;
      this.damage(this.source.offset, `length of ${nameWithArticle(type)} ${figures}`);
      return false;
    }
    this.warn(`passed over ${nameWithArticle(type)} of ${figureText(length)} bytes at offset ${this.source.offset}`);
    return this.passOver(type, length);
  }

  /** Compares the lengths of a block passed over; `null` when all is well. */
  private endPassedBlock(): ReadOutcome | null {
    const { source, passedLength: length, passedOffset: offset } = this;
    if (source.unskipped > 0 || source.end - source.start < blocks.BLOCK_TRAILER_BYTES) {
      return this.wantMore(blocks.BLOCK_TRAILER_BYTES, 'a block', offset);
    }
    const trailer = source.view.getUint32(source.start, this.little);
    this.passedLength = 0;
    if (trailer !== length) return this.unequalLengths(offset, length, trailer);
    source.start += blocks.BLOCK_TRAILER_BYTES;
    return null;
  }

  /** Drops so far: of each interface the larger of its two counts. */
  private addDrops(): number {
    let drops = this.earlierDrops;
    for (const { statisticsDrops, packetDrops } of this.interfaces) {
      const counted = Math.max(statisticsDrops, packetDrops);
      if (counted >= 0) drops = Math.max(drops, 0) + counted;
    }
    return drops;
  }

  /** One capture's writer makes the same mistake in every block: told once. */
  private tellOptionsOverran(offset: number): void {
    this.options.overrun = false;
    if (this.optionsOverran) return;
    this.optionsOverran = true;
    this.warn(`options run past the end of their block, first at offset ${offset}; they were left out`);
  }

  private unknownByteOrder(at: number): typeof END {
    const magic = hex(this.source.view.getUint32(at + blocks.BLOCK_HEADER_BYTES));
    return this.damage(this.source.offset, `byte-order magic 0x${magic} of a section header is not 0x1a2b3c4d`);
  }

  private impossibleLength(type: number, length: number): typeof END {
    const { source } = this;
    if (beginsCapture(source.view, source.start, source.end)) return this.damage(source.offset, JOINED_FILES);
    if (type === 0 && length === 0) return this.damage(source.offset, 'zeros stand where a block should');
    const reason = length < blocks.MIN_BLOCK_BYTES ? `is below ${blocks.MIN_BLOCK_BYTES}` : 'is not a multiple of 4';
    return this.damage(this.source.offset, `block length ${figureText(length)} ${reason} (block type 0x${hex(type)})`);
  }

  private tooShort(type: number, length: number, least: number): typeof END {
    return this.damage(this.source.offset, `length ${length} of ${nameWithArticle(type)} is below ${least}`);
  }

  private unequalLengths(offset: number, length: number, trailer: number): typeof END {
    return this.damage(
      offset,
      `block length ${figureText(length)} at its start and ${figureText(trailer)} at its end differ`,
    );
  }

  private packetTooLong(type: number, length: number): typeof END {
    const captured = figureText(this.packetBlock.capturedLength);
    return this.damage(
      this.source.offset,
      `captured length ${captured} does not fit ${nameWithArticle(type)} of ${length}`,
    );
  }

  private unknownInterface(type: number, id: number): typeof END {
    const described = `${figureText(this.interfaces.length)} described`;
    return this.damage(this.source.offset, `${nameOf(type)} of interface ${id}, with ${described} in its section`);
  }
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
