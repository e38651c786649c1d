import type { Readable } from 'node:stream';
import { CaptureError } from './capture-error.js';
import { countText } from './figure-text.js';
import type { ByteSource, Feed } from './source.js';
import { StreamFeed } from './stream-feed.js';

/**
 * No capture shrinks to so small a part, headers and times being what they are: a compression bomb does,
 * to a thousandth. Told from this many unpacked bytes on.
 */
const MAX_RATIO = 300;
const MIN_BOMB_BYTES = 256 * 1024 * 1024;

/** Unpacked bytes of one capture that are read, unless the user says otherwise: many times what a ring of captures holds. */
export const MAX_UNPACKED_BYTES = 100e9;

/** A compression that captures and logs may be in: they are unpacked as they are read. */
export interface Packing {
  /** The program of that name unpacks it, too. */
  readonly program: string;
  /**
   * Packed bytes handed over at a time, whole, however a pipe brings them: what is made of damaged data
   * depends on them.
   */
  readonly pieceBytes: number;
  /** What the pieces unpack to. A failure of theirs becomes one of the stream. */
  unpack(pieces: AsyncGenerator<Uint8Array, void>): Readable;
  /** What a failure of the stream tells; `null` when it is none of the packing's own. */
  judge(failure: Error): 'cut-short' | { readonly damage: string } | null;
}

/**
 * Packed data out of any source, unpacked as they are read.
 *
 * Data cut short are no failure: what came before is read and `notice` tells. Damaged data are.
 */
export class UnpackedFeed implements Feed {
  private readonly inner: StreamFeed;

  constructor(
    private readonly file: string,
    private readonly packed: ByteSource,
    private readonly packing: Packing,
    private readonly maxBytes: number = MAX_UNPACKED_BYTES,
  ) {
    this.inner = new StreamFeed(packing.unpack(piecesOf(packed, packing.pieceBytes)));
  }

  get bytesRead(): number {
    return this.packed.feed.bytesRead;
  }

  get size(): number | null {
    return this.packed.feed.size;
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
    if (failure === null) return null;
    const verdict = this.packing.judge(failure);
    if (verdict === null) return failure;
    if (verdict === 'cut-short') return null;
    const { program } = this.packing;
    const reason = `the ${program} data are damaged (${verdict.damage}); what ${program} makes of them can be read with: ${program} -dc FILE | pcapdx -`;
    return new CaptureError('damaged', this.file, null, reason, failure);
  }

  get notice(): string | null {
    const failure = this.inner.failure;
    if (failure === null || this.packing.judge(failure) !== 'cut-short') return null;
    return `the ${this.packing.program} data are cut short; read what came before`;
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
    return unpacked > MIN_BOMB_BYTES && unpacked > MAX_RATIO * this.packed.feed.bytesRead;
  }

  close(): void {
    this.inner.close();
    this.packed.close();
  }
}

/** What the source already holds (it was sniffed), then the rest of its feed. */
async function* piecesOf(source: ByteSource, pieceBytes: number): AsyncGenerator<Uint8Array, void> {
  let held = source.buffer.subarray(source.start, source.end);
  let isOver = false;
  while (!isOver) {
    const piece = Buffer.allocUnsafeSlow(pieceBytes);
    let length = Math.min(held.length, piece.length);
    piece.set(held.subarray(0, length));
    held = held.subarray(length);
    while (length < piece.length && !isOver) {
      const got = await source.feed.read(piece, length, piece.length - length);
      isOver = got === 0;
      length += got;
    }
    if (length > 0) yield piece.subarray(0, length);
  }
  if (source.feed.failure !== null) throw source.feed.failure;
}
