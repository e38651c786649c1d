/**
 * Where text goes: a terminal, a pipe, a file.
 *
 * Writing is synchronous. The reading of a capture is one long loop of synchronous work that cannot
 * wait for a slow reader of our output; a blocking write lets that reader set the pace, keeps
 * nothing in memory, and leaves nothing unwritten when the process ends.
 */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { systemReason, UsageError } from './exit-code.js';

/** Takes text in order; all of it is written when `write` returns. */
export interface Output {
  /** @throws {ClosedPipeError} when nobody reads any more; {@link UsageError} when it cannot be written for another reason */
  write(text: string): void;
  /** Bytes as they are, as {@link write} does it. */
  writeBytes(bytes: Uint8Array): void;
  readonly isTTY: boolean;
  /** Columns of the terminal; `undefined` when it is none. */
  readonly columns: number | undefined;
  /** Whether a slow reader can hold `write` up for long. */
  readonly canBlock: boolean;
}

/** The reader of our output has gone (`| head`): no error of anyone. */
export class ClosedPipeError extends Error {
  override readonly name = 'ClosedPipeError';
}

/** Pause before a full non-blocking pipe is tried again: short beside a human's patience, long beside a write. */
const RETRY_MS = 5;

/** An output on an open file descriptor. */
export class DescriptorOutput implements Output {
  readonly isTTY: boolean;
  readonly canBlock: boolean;

  constructor(
    private readonly descriptor: number,
    /** Asked only where the descriptor is a terminal: touching `process.stdout` sets a pipe to non-blocking. */
    private readonly terminalColumns: () => number | undefined = () => undefined,
    canBlock = true,
  ) {
    this.isTTY = isatty(descriptor);
    this.canBlock = canBlock;
  }

  get columns(): number | undefined {
    return this.isTTY ? this.terminalColumns() : undefined;
  }

  write(text: string): void {
    this.writeBytes(Buffer.from(text, 'utf8'));
  }

  writeBytes(bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length; ) {
      try {
        written += writeSync(this.descriptor, bytes, written);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'EPIPE') throw new ClosedPipeError('nobody reads the output', { cause: error });
        if (code !== 'EAGAIN') {
          throw new UsageError(`the result cannot be written: ${systemReason(error)}`, { cause: error });
        }
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }
}
