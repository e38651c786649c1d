import type { CaptureFacts, ClockFacts } from '../facts/capture.js';
import type { CaptureError } from './capture-error.js';
import type { PacketView } from './packet.js';
import type { LanePlace } from './place.js';
import type { NameRecord, ReadOutcome } from './reader.js';

/** The packets of a run. Read like a single capture (see the head of reader.ts), through any number of them. */
export interface PacketStream {
  read(packet: PacketView): ReadOutcome;
  fill(): Promise<void> | null;
  /** Epoch nanoseconds of the run's first packet, from which every `atNs` counts; `null` before it. */
  readonly originEpochNs: bigint | null;
  /** Captures that could not be opened and those whose reading ended in damage, so far. */
  readonly errors: readonly CaptureError[];
  /** TLS key-log texts and names that the captures carry, as far as read: those of key logs in the order in which they came. */
  readonly keyLogs: readonly string[];
  readonly names: readonly NameRecord[];
  /** For progress: bytes taken from the files as they are stored, and how many they have (`null`: a pipe among them). */
  readonly bytesRead: number;
  readonly size: number | null;
  /** What is known of each capture that could be opened; `captureIndex` counts in this list. */
  facts(): readonly CaptureFacts[];
  /** How far each capture has been read, by `captureIndex`; `last` is the packet last read. */
  places(last: PacketView): readonly LanePlace[];
  /** Where each capture was taken, by `captureIndex`, as far as they have begun (observation-points.ts). */
  readonly observationPoints: readonly number[];
  /** By `captureIndex`: how the clock of each differs, by which its times are set back; `null` or nothing: they stand. */
  readonly clocks: readonly (ClockFacts | null)[];
  close(): void;
}
