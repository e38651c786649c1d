import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { CaptureError } from './capture-error.js';
import { countText } from './figure-text.js';
import type { ByteSource, Feed } from './source.js';
import { StreamFeed } from './stream-feed.js';

/**
 * Compressed bytes handed to zlib at a time. When gzip data is damaged, zlib keeps back what it
 * made of the last such piece, so smaller pieces lose less; below this the calls cost more than
 * the work.
 */
const COMPRESSED_BYTES = 32 * 1024;

/**
 * No capture shrinks to so small a part, headers and times being what they are: a compression bomb does,
 * to a thousandth. Told from this many unpacked bytes on.
 */
const MAX_RATIO = 300;
const MIN_BOMB_BYTES = 256 * 1024 * 1024;

/** Unpacked bytes of one capture that are read, unless the user says otherwise: many times what a ring of captures holds. */
export const MAX_UNPACKED_BYTES = 100e9;

/** Decompressed bytes that zlib hands out at a time. */
const DECOMPRESSED_BYTES = 128 * 1024;

/**
 * Gzip data (RFC 1952, one member or several) out of any source, decompressed as it is read.
 *
 * Data cut short are no failure: what came before is read and `notice` tells. Damaged data are.
 */
export class GzipFeed implements Feed {
  private readonly inner: StreamFeed;

  constructor(
    private readonly file: string,
    private readonly compressed: ByteSource,
    private readonly maxBytes: number = MAX_UNPACKED_BYTES,
  ) {
    const gunzip = createGunzip({ chunkSize: DECOMPRESSED_BYTES, flush: constants.Z_SYNC_FLUSH });
    const input = Readable.from(piecesOf(compressed), { objectMode: false, highWaterMark: COMPRESSED_BYTES });
    input.on('error', (error) => gunzip.destroy(error));
    input.pipe(gunzip);
    this.inner = new StreamFeed(gunzip);
  }

  get bytesRead(): number {
    return this.compressed.feed.bytesRead;
  }

  get size(): number | null {
    return this.compressed.feed.size;
  }

  get failure(): Error | null {
    if (this.isBomb) {
      const reason = `unpacks to more than ${MAX_RATIO} times its size, as no capture does; not read further`;
      return new CaptureError('damaged', this.file, null, reason);
    }
    if (this.isBeyond) {
      const reason = `unpacks to more than ${countText(this.maxBytes, 'byte')} (--max-unpacked); not read further`;
      return new CaptureError('beyond-limit', this.file, null, reason);
    }
    const failure = this.inner.failure;
    if (failure === null || isCutShort(failure)) return null;
    if (!zlibCodeOf(failure).startsWith('Z_')) return failure;
    const reason = `the gzip data are damaged (${failure.message}); what gzip makes of them can be read with: gzip -dc FILE | pcapdx -`;
    return new CaptureError('damaged', this.file, null, reason, failure);
  }

  get notice(): string | null {
    return isCutShort(this.inner.failure) ? 'the gzip data are cut short; read what came before' : null;
  }

  read(buffer: Uint8Array, at: number, length: number): number | Promise<number> {
    if (this.isBomb || this.isBeyond) return 0;
    // One byte beyond tells that there is more.
    return this.inner.read(buffer, at, Math.min(length, this.maxBytes + 1 - this.inner.bytesRead));
  }

  private get isBeyond(): boolean {
    return this.inner.bytesRead > this.maxBytes;
  }

  private get isBomb(): boolean {
    const unpacked = this.inner.bytesRead;
    return unpacked > MIN_BOMB_BYTES && unpacked > MAX_RATIO * this.compressed.feed.bytesRead;
  }

  close(): void {
    this.inner.close();
    this.compressed.close();
  }
}

function isCutShort(failure: Error | null): boolean {
  return failure !== null && zlibCodeOf(failure) === 'Z_BUF_ERROR';
}

function zlibCodeOf(failure: Error): string {
  return 'code' in failure ? String(failure.code) : '';
}

/** What the source already holds (it was sniffed), then the rest of its feed. */
async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  let held = source.buffer.subarray(source.start, source.end);
  let isOver = false;
  while (!isOver) {
    const piece = Buffer.allocUnsafeSlow(COMPRESSED_BYTES);
    let length = Math.min(held.length, piece.length);
    piece.set(held.subarray(0, length));
    held = held.subarray(length);
    // Whole pieces, however a pipe brings them: what zlib makes of damaged data depends on them.
    while (length < piece.length && !isOver) {
      const got = await source.feed.read(piece, length, piece.length - length);
      isOver = got === 0;
      length += got;
    }
    if (length > 0) yield piece.subarray(0, length);
  }
  if (source.feed.failure !== null) throw source.feed.failure;
}
