/**
 * What cannot be read a second time, kept on disk while it is read the first time: pipes, and the
 * content of compressed files.
 *
 * The files are private (mode 0600) and have no name: they are removed as soon as they are open, so
 * the system frees them when the process ends, however it ends.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { countText } from './figure-text.js';
import type { Feed } from './source.js';

/** Bytes kept at most of all captures of a run, unless the user says otherwise. */
export const MAX_SPOOL_BYTES = 32e9;

/** See the head of this file. */
export class Spool {
  private readonly descriptors = new Map<number, number>();
  private readonly kept = new Map<number, number>();
  /** Why a capture could not be kept whole, by its index: the disk is full, or it would take too much of it. */
  readonly failures = new Map<number, Error>();

  constructor(private readonly maxBytes: number = MAX_SPOOL_BYTES) {}

  /** A feed that keeps what it hands on; what was kept of that capture before is written over. */
  keep(captureIndex: number, feed: Feed): KeptFeed {
    return new KeptFeed(feed, this, captureIndex);
  }

  /** An open file that holds the capture; `null`: none was kept, or not all of it. */
  descriptorOf(captureIndex: number): number | null {
    return this.failures.has(captureIndex) ? null : (this.descriptors.get(captureIndex) ?? null);
  }

  /** Why the packets of a capture cannot be shown again; `null`: they can. */
  noticeOf(captureIndex: number): string | null {
    const failure = this.failures.get(captureIndex);
    return failure === undefined ? null : `its packets cannot be looked at again: ${failure.message}`;
  }

  /** Writes at `position`. */
  write(captureIndex: number, bytes: Uint8Array, position: number): void {
    if (this.failures.has(captureIndex)) return;
    this.kept.set(captureIndex, position + bytes.length);
    if ([...this.kept.values()].reduce((sum, one) => sum + one, 0) > this.maxBytes) {
      this.giveUp(
        captureIndex,
        new Error(`more than ${countText(this.maxBytes, 'byte')} would have to be kept (--max-spool)`),
      );
      return;
    }
    try {
      let descriptor = this.descriptors.get(captureIndex);
      if (descriptor === undefined) {
        descriptor = openUnnamed();
        this.descriptors.set(captureIndex, descriptor);
      }
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
      }
    } catch (thrown) {
      this.giveUp(captureIndex, thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  /** What was kept of it is of no use without the rest. */
  private giveUp(captureIndex: number, reason: Error): void {
    this.failures.set(captureIndex, reason);
    this.kept.delete(captureIndex);
    const descriptor = this.descriptors.get(captureIndex);
    if (descriptor !== undefined) closeSync(descriptor);
    this.descriptors.delete(captureIndex);
  }

  /** Gives the disk space back. */
  close(): void {
    for (const descriptor of this.descriptors.values()) closeSync(descriptor);
    this.descriptors.clear();
  }
}

function openUnnamed(): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-'));
  try {
    return openSync(path.join(folder, 'spool'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Hands on what another feed brings, and keeps it. */
export class KeptFeed implements Feed {
  private position = 0;
  private isReleased = false;

  constructor(
    private readonly feed: Feed,
    private readonly spool: Spool,
    private readonly captureIndex: number,
  ) {}

  get bytesRead(): number {
    return this.feed.bytesRead;
  }

  get size(): number | null {
    return this.feed.size;
  }

  get failure(): Error | null {
    return this.feed.failure;
  }

  get notice(): string | null {
    const { feed, spool, captureIndex } = this;
    const kept = spool.noticeOf(captureIndex);
    return feed.notice !== null && kept !== null ? `${feed.notice}; ${kept}` : (feed.notice ?? kept);
  }

  read(buffer: Uint8Array, at: number, length: number): number | Promise<number> {
    const got = this.feed.read(buffer, at, length);
    if (typeof got !== 'number') return got.then((later) => this.keep(buffer, at, later));
    return this.keep(buffer, at, got);
  }

  /** Keeps nothing from here on. */
  release(): void {
    this.isReleased = true;
  }

  close(): void {
    this.feed.close();
  }

  private keep(buffer: Uint8Array, at: number, got: number): number {
    if (this.isReleased) return got;
    if (got > 0) this.spool.write(this.captureIndex, buffer.subarray(at, at + got), this.position);
    this.position += got;
    return got;
  }
}
