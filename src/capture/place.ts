import type { PcapngInterface } from './pcapng/interface-description.js';

/** A place in a capture from which another reader of it can go on: that of a packet which was read. */
export interface Place {
  /** `frame.number` of the packet. */
  readonly number: number;
  /** Offset of its record or block in the (decompressed) file. */
  readonly fileOffset: number;
  /** Its time as the file says it, which a packet without one takes over: epoch seconds, and nanoseconds below 1e9. */
  readonly epochSeconds: number;
  readonly epochNanoseconds: number;
  /** What pcapng has said before it; `null` in classic pcap. */
  readonly section: SectionPlace | null;
}

/** The section of a pcapng file that a packet stands in, as far as it was described before the packet. */
export interface SectionPlace {
  readonly little: boolean;
  readonly interfaces: readonly PcapngInterface[];
  /** Interfaces of earlier sections. */
  readonly interfaceBase: number;
}

/** How far one capture of a run has been read; `unread`: its turn has not come, `done`: it was read to its end. */
export type LanePlace = Place | 'unread' | 'done';
