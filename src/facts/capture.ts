/** Steps back in time up to this, nanoseconds, are the work of several queues or processors, not of a clock. */
export const CLOCK_STEP_NS = 1_000_000;
/** Steps back beyond this are a clock's that was set: queues and interfaces are off by far less. */
export const CLOCK_SET_NS = 100_000_000;

/** What was read from one capture file. */
export interface CaptureFacts {
  /** As the user named it; `-` is shown as `stdin`. */
  readonly file: string;
  /** `text`: what tcpdump, tshark or Wireshark printed. */
  readonly format: 'pcap' | 'pcapng' | 'text';
  readonly compressed: boolean;
  /** Distinct link types by name (capture/link-types.ts), in order of appearance. */
  readonly linkTypes: readonly string[];
  readonly packets: number;
  /** Bytes of the file read (after decompression). */
  readonly bytes: number;
  /** Epoch nanoseconds of the first and last packet; `null` without packets. */
  readonly startEpochNs: bigint | null;
  readonly endEpochNs: bigint | null;
  /** Packets that the capturing kernel or interface dropped, as pcapng statistics say; `null` when they say nothing. */
  readonly droppedPackets: number | null;
  /** Packets captured shorter than they were on the wire. */
  readonly snappedPackets: number;
  /** Sentences for the reader: cut short, unknown link type, clock steps, ... */
  readonly warnings: readonly string[];
}
