/**
 * takes: the bytes of one capture. gives: its packets, one by one, into the caller's packet view.
 * may: know file formats. may not: know what is in a packet.
 *
 * Pull, without a promise per packet:
 *
 *     for (;;) {
 *       const outcome = reader.read(packet);
 *       if (outcome === PACKET) use(packet);
 *       else if (outcome === END) break;
 *       else await reader.fill();
 *     }
 *
 * (`fill` returns `null` where nothing has to be waited for; a hot loop awaits only a promise.)
 * Captured bytes never make `read` throw. Damage ends the reading: `error` says what and where, and
 * what was read before stands. A capture that merely stops in a packet, as one does when tcpdump is
 * killed, is a warning.
 */
import { DOUBLE_ZERO } from '../bytes/double.js';
import { type CaptureFacts, CLOCK_STEP_NS } from '../facts/capture.js';
import { CAPTURE_STRIDE } from '../facts/packet-reference.js';
import type { CaptureDirection } from '../facts/segment-evidence.js';
import { CaptureError, type CaptureErrorCode, captureErrorOf } from './capture-error.js';
import { countText } from './figure-text.js';
import { linkTypeName } from './link-types.js';
import type { PacketView } from './packet.js';
import type { Place, SectionPlace } from './place.js';
import type { ByteSource } from './source.js';

/** `read` filled the packet view. */
export const PACKET = 0;
/** `read` needs bytes: call `fill`, then `read` again. */
export const MORE = 1;
/** Nothing follows. */
export const END = 2;
/** What one call of the reader comes to: a packet, more bytes needed, or the end. */
export type ReadOutcome = typeof PACKET | typeof MORE | typeof END;

/** Most bytes of one packet that a capture may hold; libpcap and Wireshark draw the line here too. */
export const MAX_PACKET_BYTES = 262_144;

/** Warnings kept of one capture; the first say it all. */
export const MAX_WARNINGS = 16;

/** A name that a pcapng name resolution block gives for an address. */
export interface NameRecord {
  /** IPv4 dotted, IPv6 as RFC 5952 writes it. */
  readonly address: string;
  readonly name: string;
}

/** What both formats have in common: time, numbers, warnings, the end. See the head of this file. */
export abstract class CaptureReader {
  /** Damage that ended the reading; `null` without any. */
  error: CaptureError | null = null;
  /** Epoch time of the packet last read: whole seconds, and nanoseconds below 1e9. */
  epochSeconds = 0;
  nanosecondsOfSecond = 0;
  /** TLS key-log texts that the capture carries (pcapng DSB), as far as read. */
  readonly keyLogs: string[] = [];
  /** Names for addresses that the capture carries (pcapng NRB), as far as read. */
  readonly names: NameRecord[] = [];
  /** Where the capture was taken, for its packets. */
  observationPoint = 0;

  protected abstract readonly format: CaptureFacts['format'];
  protected readonly warnings: string[] = [];
  /** Bytes that must be held before `read` can go on. */
  protected needed = 0;
  /** `frame.number` of the last packet. */
  protected number = 0;

  private done = false;
  private reachedEnd = false;
  private packets = 0;
  private snappedPackets = 0;
  private readonly linkTypes = new Set<number>();
  private timed = false;
  private originKnown = false;
  private originSeconds = DOUBLE_ZERO;
  private originNanoseconds = 0;
  private firstSeconds = 0;
  private firstNanoseconds = 0;
  private lastAtNs = Number.NEGATIVE_INFINITY;
  private stepsBack = 0;
  private longestStepNs = 0;
  private firstStepPacket = 0;

  constructor(
    protected readonly source: ByteSource,
    /** As the user named it; `-` is `stdin`. */
    readonly file: string,
    /** Index of this capture within its run. */
    readonly captureIndex: number,
    private readonly compressed: boolean,
  ) {}

  /**
   * Reads the next packet into `packet`, whose bytes stay valid until the next `fill`.
   *
   * After END it goes on returning END; see {@link error}.
   */
  abstract read(packet: PacketView): ReadOutcome;

  /** Brings bytes after MORE. A promise only where the bytes have to be waited for. */
  fill(): Promise<void> | null {
    return this.done ? null : this.source.fill(this.needed);
  }

  /** Sets what `atNs` counts from: the run's first packet. Without it, this capture's first packet with a time. */
  setOrigin(seconds: number, nanoseconds: number): void {
    this.originKnown = true;
    this.originSeconds = seconds;
    this.originNanoseconds = nanoseconds;
    if (this.timed) {
      this.lastAtNs = this.sinceOriginNs();
    } else {
      this.epochSeconds = seconds;
      this.nanosecondsOfSecond = nanoseconds;
    }
  }

  /** `atNs` of the packet last read, from the origin as it is set now. */
  sinceOriginNs(): number {
    return (this.epochSeconds - this.originSeconds) * 1e9 + (this.nanosecondsOfSecond - this.originNanoseconds);
  }

  /** The place of the packet last read, for another reader of this capture. */
  placeOf({ number, fileOffset }: PacketView): Place {
    const { epochSeconds, nanosecondsOfSecond: epochNanoseconds } = this;
    return { number, fileOffset, epochSeconds, epochNanoseconds, section: this.sectionPlace() };
  }

  /** Goes to a place before anything was read; the packet there is the next. Needs an origin set before. */
  goTo(place: Place): void {
    const { source } = this;
    source.skip(place.fileOffset - source.offset);
    this.number = place.number - 1;
    this.epochSeconds = place.epochSeconds;
    this.nanosecondsOfSecond = place.epochNanoseconds;
    this.timed = true;
    if (place.section !== null) this.enterSection(place.section);
  }

  /** Whether a packet with a time has been read. */
  get isTimed(): boolean {
    return this.timed;
  }

  /** Epoch nanoseconds of what `atNs` counts from; `null` before the first packet with a time. */
  get originEpochNs(): bigint | null {
    return this.originKnown ? epochNs(this.originSeconds, this.originNanoseconds) : null;
  }

  /** Bytes taken from the file as it is stored, and how many it has (`null`: a pipe): for progress. */
  get bytesRead(): number {
    return this.source.feed.bytesRead;
  }

  get size(): number | null {
    return this.source.feed.size;
  }

  /** What is known of the capture so far; complete after END. */
  facts(): CaptureFacts {
    const warnings = [...this.warnings];
    if (this.stepsBack > 0) {
      const longest = (this.longestStepNs / 1e9).toFixed(3);
      warnings.push(
        `time steps back at ${countText(this.stepsBack, 'packet')}, first at packet ${this.firstStepPacket}, by at most ${longest} s`,
      );
    }
    if (this.reachedEnd && this.error === null && this.packets === 0) warnings.push('holds no packets');
    return {
      file: this.file,
      format: this.format,
      compressed: this.compressed,
      linkTypes: [...new Set([...this.linkTypes].map(linkTypeName))],
      packets: this.packets,
      bytes: this.source.offset,
      startEpochNs: this.timed ? epochNs(this.firstSeconds, this.firstNanoseconds) : null,
      endEpochNs: this.timed ? epochNs(this.epochSeconds, this.nanosecondsOfSecond) : null,
      droppedPackets: this.droppedPackets(),
      snappedPackets: this.snappedPackets,
      clock: null,
      timedBy: null,
      warnings,
    };
  }

  close(): void {
    this.done = true;
    this.source.close();
  }

  protected abstract droppedPackets(): number | null;

  /** What goes before a packet without standing in it; `null`: nothing. */
  protected sectionPlace(): SectionPlace | null {
    return null;
  }

  protected enterSection(_section: SectionPlace): void {}

  /** Takes down that the capture has this link type. */
  protected meetLinkType(linkType: number): void {
    this.linkTypes.add(linkType);
  }

  /** Says something about the capture that whoever opened it knows. */
  remark(sentence: string): void {
    this.warn(sentence);
  }

  protected warn(sentence: string): void {
    if (this.warnings.length < MAX_WARNINGS) this.warnings.push(sentence);
  }

  /** Sets the time of the packet about to be delivered; not called for one without a time, which then has its predecessor's. */
  protected setTime(seconds: number, nanoseconds: number): void {
    this.epochSeconds = seconds;
    this.nanosecondsOfSecond = nanoseconds;
    if (this.timed) return;
    this.timed = true;
    this.firstSeconds = seconds;
    this.firstNanoseconds = nanoseconds;
    if (this.originKnown) return;
    // Packets without a time that came before stand at the origin too.
    this.setOrigin(seconds, nanoseconds);
  }

  /** Fills the view with the packet whose bytes are [start, end) of the source's buffer. */
  protected deliver(
    packet: PacketView,
    linkType: number,
    interfaceIndex: number,
    direction: CaptureDirection,
    start: number,
    end: number,
    originalLength: number,
    fileOffset: number,
  ): typeof PACKET {
    const source = this.source;
    this.packets += 1;
    this.number += 1;
    if (end - start < originalLength) this.snappedPackets += 1;
    const atNs = (this.epochSeconds - this.originSeconds) * 1e9 + (this.nanosecondsOfSecond - this.originNanoseconds);
    if (atNs < this.lastAtNs) this.stepBack(this.lastAtNs - atNs);
    this.lastAtNs = atNs;
    packet.captureIndex = this.captureIndex;
    packet.number = this.number;
    packet.observationPoint = this.observationPoint;
    packet.reference = this.captureIndex * CAPTURE_STRIDE + this.number;
    packet.atNs = atNs;
    packet.epochSeconds = this.epochSeconds;
    packet.epochNanoseconds = this.nanosecondsOfSecond;
    packet.linkType = linkType;
    packet.interfaceIndex = interfaceIndex;
    packet.direction = direction;
    packet.buffer = source.buffer;
    packet.view = source.view;
    packet.start = start;
    packet.end = end;
    packet.originalLength = originalLength;
    packet.fileOffset = fileOffset;
    return PACKET;
  }

  /** Counts a packet that lies before its predecessor. */
  private stepBack(byNs: number): void {
    if (byNs <= CLOCK_STEP_NS) return;
    this.stepsBack += 1;
    if (this.stepsBack === 1) this.firstStepPacket = this.number;
    if (byNs > this.longestStepNs) this.longestStepNs = byNs;
  }

  /**
   * `needed` bytes are not held: MORE, or END with whatever is to be said about it.
   *
   * `what` is being read; it began at `offset`, which is the source's unless a part was consumed.
   */
  protected wantMore(needed: number, what: string, offset: number = this.source.offset): ReadOutcome {
    this.needed = needed;
    if (this.done) return END;
    return this.source.ended ? this.finish(needed, what, offset) : MORE;
  }

  /** Ends the reading because of what the file holds at `offset`. */
  protected damage(offset: number, reason: string, code: CaptureErrorCode = 'damaged', cause?: unknown): typeof END {
    const before =
      this.packets === 0 ? 'before the first packet' : `read ${countText(this.packets, 'packet')} before it`;
    this.error = new CaptureError(code, this.file, offset, `${reason}; ${before}`, cause);
    this.done = true;
    return END;
  }

  protected get isDone(): boolean {
    return this.done;
  }

  /** Bytes of the file if it is a plain one; `null` when compressed or a pipe. */
  protected get plainSize(): number | null {
    return this.compressed ? null : this.source.feed.size;
  }

  private finish(needed: number, what: string, offset: number): typeof END {
    const { source } = this;
    const { failure, notice } = source.feed;
    this.done = true;
    this.reachedEnd = true;
    if (notice !== null) this.warn(notice);
    if (failure !== null) {
      const told = captureErrorOf(this.file, null, failure);
      return this.damage(source.offset, told.reason, told.code, told.cause);
    }
    const held = source.end - source.start;
    if (held > 0 || source.unskipped > 0 || offset !== source.offset) {
      const missing = countText(needed - held + source.unskipped, 'byte');
      this.warn(`cut short at offset ${offset}, in ${what}: ${missing} missing; what came before it was read`);
    }
    return END;
  }
}

/** One epoch figure out of seconds and nanoseconds; seconds are whole, however far off. */
export function epochNs(seconds: number, nanoseconds: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}
