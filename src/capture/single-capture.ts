import type { CaptureFacts, ClockFacts } from '../facts/capture.js';
import type { CaptureError } from './capture-error.js';
import type { PacketView } from './packet.js';
import type { PacketStream } from './packet-stream.js';
import type { LanePlace } from './place.js';
import { type CaptureReader, END, type NameRecord, type ReadOutcome } from './reader.js';

/** A run over one capture: its packets pass straight through. */
export class SingleCapture implements PacketStream {
  constructor(
    /** `null`: it could not be opened. */
    private readonly reader: CaptureReader | null,
    private readonly openingErrors: readonly CaptureError[],
    /** Warnings about how it was named. */
    private readonly warnings: readonly string[],
  ) {}

  read(packet: PacketView): ReadOutcome {
    return this.reader === null ? END : this.reader.read(packet);
  }

  fill(): Promise<void> | null {
    return this.reader === null ? null : this.reader.fill();
  }

  get originEpochNs(): bigint | null {
    return this.reader?.originEpochNs ?? null;
  }

  get errors(): readonly CaptureError[] {
    const error = this.reader?.error ?? null;
    return error === null ? this.openingErrors : [...this.openingErrors, error];
  }

  get keyLogs(): readonly string[] {
    return this.reader?.keyLogs ?? [];
  }

  get names(): readonly NameRecord[] {
    return this.reader?.names ?? [];
  }

  get bytesRead(): number {
    return this.reader?.bytesRead ?? 0;
  }

  get size(): number | null {
    return this.reader === null ? 0 : this.reader.size;
  }

  facts(): readonly CaptureFacts[] {
    if (this.reader === null) return [];
    const facts = this.reader.facts();
    return [{ ...facts, warnings: [...this.warnings, ...facts.warnings] }];
  }

  /** That of the only one. */
  readonly observationPoints: readonly number[] = [0];
  readonly clocks: readonly ClockFacts[] = [];

  places(last: PacketView): readonly LanePlace[] {
    return this.reader === null ? [] : [this.reader.placeOf(last)];
  }

  close(): void {
    this.reader?.close();
  }
}
