import type { ByteSource, Feed } from '../source.js';

/** Bytes that were made of a text: a capture in memory. */
export class TextFeed implements Feed {
  readonly failure = null;
  readonly notice = null;
  private at = 0;

  constructor(
    private readonly pcap: Uint8Array,
    private readonly text: ByteSource,
  ) {}

  read(buffer: Uint8Array, at: number, length: number): number {
    const taken = Math.min(length, this.pcap.length - this.at);
    buffer.set(this.pcap.subarray(this.at, this.at + taken), at);
    this.at += taken;
    return taken;
  }

  get bytesRead(): number {
    return this.text.feed.bytesRead;
  }

  get size(): number | null {
    return this.text.feed.size;
  }

  close(): void {
    this.text.close();
  }
}
