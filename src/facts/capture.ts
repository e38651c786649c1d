/** Steps back in time up to this, nanoseconds, are the work of several queues or processors, not of a clock. */
export const CLOCK_STEP_NS = 1_000_000;
/** Steps back beyond this are a clock's that was set: queues and interfaces are off by far less. */
export const CLOCK_SET_NS = 100_000_000;

/**
 * By how much the clock of a capture is ahead of another's, as what both captured shows: its times are set
 * back by that, so that they are the other's.
 */
export interface ClockFacts {
  /** Index of the capture whose clock is kept to. */
  readonly reference: number;
  /** Index of the first capture that was taken by this clock: the files of a ring share one. */
  readonly first: number;
  /** At {@link sinceSeconds}: whole seconds (below 0: it is behind), and nanoseconds below 1e9 on top. */
  readonly aheadSeconds: number;
  readonly aheadNanoseconds: number;
  /** What it gains each second, in seconds (1e-6: one part in a million); below 0: it loses. */
  readonly drift: number;
  /** Epoch second by its own clock from which it gains. */
  readonly sinceSeconds: number;
  /** By what the clocks were compared: packets that both captured, or requests that a proxy handed on from one to the other. */
  readonly by: 'packets' | 'requests';
  readonly count: number;
  /** The difference may be off by this much, nanoseconds. */
  readonly withinNs: number;
}

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
  /** How its clock differs from another capture's, by which its times are set back; `null`: they stand. {@link startEpochNs} is what the file says. */
  readonly clock: ClockFacts | null;
  /**
   * Index of the capture by whose clock its times are told: times of captures that have the same one can be held
   * against each other. `null`: it was compared with none, as the only one of a run, a pipe or a text.
   */
  readonly timedBy: number | null;
  /** Sentences for the reader: cut short, unknown link type, clock steps, ... */
  readonly warnings: readonly string[];
}
