import type { PacketReference } from './packet-reference.js';

/** A stretch of bytes, [start, end). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A piece of a packet in words, and the bytes that say it. */
export interface TreeNode extends ByteRange {
  /** Name of the field or layer. */
  readonly label: string;
  /** What it says: safe to show. */
  readonly value: string;
  /** With secrets; absent: `value` holds none back. Not safe to print as it is. */
  readonly revealed?: string;
  readonly children: readonly TreeNode[];
}

/** One packet, all of it: its bytes, and as a tree what they say. Made where somebody looks at it. */
export interface PacketTree {
  readonly packet: PacketReference;
  /** Nanoseconds since the run's first packet. */
  readonly atNs: number;
  /** Name of the link type. */
  readonly linkType: string;
  /** The captured bytes. */
  readonly bytes: Uint8Array;
  /** How many there were on the wire. */
  readonly originalLength: number;
  /** From the outermost layer on; each node's bytes lie within those of the packet. */
  readonly nodes: readonly TreeNode[];
  /** Bytes that may be secrets: shown to who asks for them. */
  readonly hidden: readonly ByteRange[];
}
