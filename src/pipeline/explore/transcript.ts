/** What two sides said to each other, as text: in blocks, in the order in which it was sent. */
import type { Side } from '../../facts/endpoint.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';

/** Bytes of bodies kept of one conversation: what somebody may want to read. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Blocks kept: beyond it the rest is counted. */
export const MAX_BLOCKS = 20_000;

/** Something that one side sent. */
export interface TranscriptBlock {
  readonly from: Side;
  /** The packet that it began in, and its time. */
  readonly packet: PacketReference;
  readonly atNs: number;
  /** `body`: its lines are shown only to who asks for them. */
  readonly kind: 'head' | 'body' | 'frame' | 'sealed' | 'gap';
  /** Safe to show, secrets held back. */
  readonly lines: readonly string[];
  /** The same with secrets; `null`: `lines` hold none back. Safe for a terminal, not for a report. */
  readonly revealed: readonly string[] | null;
}

/** Plain data. */
export interface Plaintext {
  readonly stream: number;
  readonly blocks: readonly TranscriptBlock[];
  /** Blocks beyond {@link MAX_BLOCKS}. */
  readonly omitted: number;
  /** Why there is nothing to follow, or less than there was; `null`: it is all there. */
  readonly note: string | null;
}

/** Collects blocks within the bounds. */
export class Transcript {
  readonly blocks: TranscriptBlock[] = [];
  omitted = 0;
  private bodyBytes = 0;

  add(block: TranscriptBlock): void {
    if (this.blocks.length < MAX_BLOCKS) this.blocks.push(block);
    else this.omitted += 1;
  }

  /** How many of `bytes` of a body may still be kept. */
  room(bytes: number): number {
    const room = Math.min(bytes, MAX_BODY_BYTES - this.bodyBytes);
    this.bodyBytes += room;
    return room;
  }

  /** A body of which `kept` was kept and `length` bytes were sent. */
  addBody(from: Side, packet: PacketReference, atNs: number, kept: Uint8Array, length: number, what = 'body'): void {
    const revealed = bodyLines(kept);
    const left = length - kept.length;
    if (left > 0) revealed.push(`… ${countText(left)} more bytes`);
    this.add({
      from,
      packet,
      atNs,
      kind: 'body',
      lines: [`(${what}, ${countText(length)} bytes: w shows them)`],
      revealed,
    });
  }

  addGap(from: Side, packet: PacketReference, atNs: number, length: number): void {
    const lines = [`(${countText(length)} bytes were not captured)`];
    this.add({ from, packet, atNs, kind: 'gap', lines, revealed: null });
  }
}

/** Part of the bytes that may be no text before they are shown as bytes. */
const MAX_UNREADABLE = 0.1;
/** Control characters but for tab and line ends, and what is no UTF-8. */
const UNREADABLE = /(?![\t\n\r])[\p{Cc}\ufffd]/gu;
const BYTES_PER_LINE = 32;
/** Lines of bytes shown of one body. */
const MAX_HEX_LINES = 64;

/** Bytes as lines that are safe to show: text where it is text, else in hex. */
function bodyLines(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const unreadable = text.match(UNREADABLE)?.length ?? 0;
  if (unreadable <= text.length * MAX_UNREADABLE)
    return text
      .replace(/\r?\n$/, '')
      .split(/\r?\n/)
      .map(visible);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length && lines.length < MAX_HEX_LINES; at += BYTES_PER_LINE) {
    const hex = Buffer.from(bytes.subarray(at, at + BYTES_PER_LINE)).toString('hex');
    lines.push(hex.replace(/../g, '$& ').trimEnd());
  }
  const left = bytes.length - MAX_HEX_LINES * BYTES_PER_LINE;
  if (left > 0) lines.push(`… ${countText(left)} more bytes`);
  return lines;
}
