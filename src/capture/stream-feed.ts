import type { Readable } from 'node:stream';
import type { Feed } from './source.js';

/**
 * A pipe, standard input or a decompressor: anything that Node reads as a stream.
 *
 * Pulled chunk by chunk with `read()`, so that the stream's own back-pressure holds and no more
 * than its high-water mark waits in memory. A stream that is destroyed before its end (the other
 * end of a pipe died) ends here too.
 */
export class StreamFeed implements Feed {
  failure: Error | null = null;
  readonly notice = null;
  bytesRead = 0;
  private rest: Uint8Array | null = null;
  private over = false;
  private wake: (() => void) | null = null;

  constructor(
    private readonly stream: Readable,
    /** Bytes of it, where known. */
    readonly size: number | null = null,
  ) {
    const stir = (): void => {
      const wake = this.wake;
      this.wake = null;
      wake?.();
    };
    const finish = (): void => {
      this.over = true;
      stir();
    };
    stream.on('readable', stir);
    stream.on('end', finish);
    stream.on('close', finish);
    stream.on('error', (error: Error) => {
      this.failure ??= error;
      finish();
    });
    // A stream that ended or was destroyed before it was given to us tells nobody any more.
    if (stream.readableEnded || stream.destroyed) this.over = true;
  }

  read(buffer: Uint8Array, at: number, length: number): number | Promise<number> {
    const chunk = this.next();
    if (chunk !== null) return this.copy(chunk, buffer, at, length);
    return this.over ? 0 : this.readLater(buffer, at, length);
  }

  close(): void {
    this.over = true;
    this.rest = null;
    this.stream.destroy();
  }

  private async readLater(buffer: Uint8Array, at: number, length: number): Promise<number> {
    for (;;) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      // What came before the end or an error is still to be had.
      const chunk = this.next();
      if (chunk !== null) return this.copy(chunk, buffer, at, length);
      if (this.over) return 0;
    }
  }

  private next(): Uint8Array | null {
    const rest = this.rest;
    if (rest !== null) return rest;
    const chunk: unknown = this.stream.read();
    if (chunk === null) return null;
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
    return bytes instanceof Uint8Array && bytes.length > 0 ? bytes : null;
  }

  private copy(chunk: Uint8Array, buffer: Uint8Array, at: number, length: number): number {
    const count = Math.min(chunk.length, length);
    buffer.set(count === chunk.length ? chunk : chunk.subarray(0, count), at);
    this.rest = count === chunk.length ? null : chunk.subarray(count);
    this.bytesRead += count;
    return count;
  }
}
