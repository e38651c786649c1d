import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Feed } from './source.js';

/**
 * A plain file, read synchronously: the cheapest way there is, and the only one that can pass over
 * a block without reading it.
 *
 * Every read names its position, a double, so that files above 4 GiB need no care and a skip is an
 * addition. A file that shrinks meanwhile ends early; one that grows is read to where it ends then.
 */
export class FileFeed implements Feed {
  readonly size: number;
  failure: Error | null = null;
  readonly notice = null;
  private readonly descriptor: number;
  private position = 0;
  private readonly isOwn: boolean;
  private closed = false;

  /**
   * @param file Its path, or the descriptor of an open file, which stays open.
   * @throws what `node:fs` throws when the file cannot be opened.
   */
  constructor(file: string | number) {
    this.isOwn = typeof file === 'string';
    this.descriptor = typeof file === 'string' ? openSync(file, 'r') : file;
    this.size = fstatSync(this.descriptor).size;
  }

  get bytesRead(): number {
    return this.position;
  }

  read(buffer: Uint8Array, at: number, length: number): number {
    if (this.closed) return 0;
    try {
      const got = readSync(this.descriptor, buffer, at, length, this.position);
      this.position += got;
      return got;
    } catch (thrown) {
      this.failure = thrown instanceof Error ? thrown : new Error(String(thrown));
      return 0;
    }
  }

  skip(length: number): number {
    if (this.closed) return 0;
    const skipped = Math.max(0, Math.min(length, fstatSync(this.descriptor).size - this.position));
    this.position += skipped;
    return skipped;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.isOwn) closeSync(this.descriptor);
  }
}
