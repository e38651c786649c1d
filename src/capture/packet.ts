import { DOUBLE } from '../bytes/double.js';
import type { CaptureDirection } from '../facts/segment-evidence.js';

/**
 * The packet last read: one object for a whole run, overwritten by the next read.
 *
 * `buffer` is borrowed: it is the reader's own, and its content moves with the next read.
 */
export interface PacketView {
  /** Index of the capture, 0-based, in the order the user named them. */
  captureIndex: number;
  /** `frame.number`: 1-based within its capture. */
  number: number;
  /** Where it was captured (observation-points.ts): 0, or one of several. */
  observationPoint: number;
  /** facts/packet-reference of the two above. */
  reference: number;
  /** Nanoseconds since the run's first packet (may be below 0 where the clock stepped back). */
  atNs: number;
  /** Epoch time, by the clock of the run: whole seconds, and nanoseconds below 1e9. Exact where `atNs` no longer is, beyond 104 days. */
  epochSeconds: number;
  epochNanoseconds: number;
  /** LINKTYPE_ number of the packet's interface. */
  linkType: number;
  /** Interface index within its section (pcapng), made unique over sections; 0 in classic pcap. */
  interfaceIndex: number;
  /** Whether the capturing host received or sent it (pcapng epb_flags); `null` when not said. */
  direction: CaptureDirection;
  buffer: Uint8Array;
  view: DataView;
  /** The captured bytes are [start, end) of `buffer`. */
  start: number;
  end: number;
  /** Length on the wire, at least `end - start` unless the file lies. */
  originalLength: number;
  /** Offset of the packet's record or block in its (decompressed) file, for reading it again. */
  fileOffset: number;
}

/** A packet view with nothing in it. */
export function emptyPacket(): PacketView {
  const buffer = new Uint8Array(0);
  return {
    captureIndex: 0,
    number: 0,
    observationPoint: 0,
    reference: DOUBLE,
    atNs: DOUBLE,
    epochSeconds: 0,
    epochNanoseconds: 0,
    linkType: 0,
    interfaceIndex: 0,
    direction: null,
    buffer,
    view: new DataView(buffer.buffer),
    start: 0,
    end: 0,
    originalLength: 0,
    fileOffset: DOUBLE,
  };
}

/** Makes one view the same as another; both then stand on the same bytes. */
export function copyPacket(from: PacketView, to: PacketView): void {
  to.captureIndex = from.captureIndex;
  to.number = from.number;
  to.observationPoint = from.observationPoint;
  to.reference = from.reference;
  to.atNs = from.atNs;
  to.epochSeconds = from.epochSeconds;
  to.epochNanoseconds = from.epochNanoseconds;
  to.linkType = from.linkType;
  to.interfaceIndex = from.interfaceIndex;
  to.direction = from.direction;
  to.buffer = from.buffer;
  to.view = from.view;
  to.start = from.start;
  to.end = from.end;
  to.originalLength = from.originalLength;
  to.fileOffset = from.fileOffset;
}
