/**
 * IP datagrams put together from their fragments. RFC 791 §3.2, RFC 8200 §4.5.
 *
 * Fragments are copied, for the reader's buffer moves on. A datagram is whole when its last
 * fragment is there and nothing is missing before it; it then belongs to the packet that made it so.
 *
 * Overlaps: of two fragments that hold the same byte, the one that begins earlier in the datagram
 * wins, and of two that begin together the one captured first: as Wireshark does it. (Hosts differ;
 * RFC 5722 has them drop such datagrams. We do not know the host, and say that it happened.)
 *
 * Bounds: number of datagrams, bytes and age, below. What is dropped is counted.
 */
import { copied } from '../bytes/copied.js';
import type { SegmentView } from './segment.js';

/** Datagrams waiting for fragments: more than any honest capture has at once. */
export const MAX_DATAGRAMS = 4096;

/** Bytes of fragments kept in all: 128 datagrams of the largest size. */
export const MAX_FRAGMENT_BYTES = 8 * 1024 * 1024;

/** How long a datagram waits, nanoseconds: RFC 8200 §4.5 says 60 s, and no host waits longer. */
export const MAX_FRAGMENT_AGE_NS = 60_000_000_000;

/** Fragments of one datagram: what the largest needs at IPv4's smallest MTU (68 bytes, 48 of them content). */
export const MAX_FRAGMENTS = 1366;

/** Largest payload of a datagram, RFC 791 §3.1. */
export const MAX_DATAGRAM = 65_535;

interface Fragment {
  readonly start: number;
  readonly bytes: Uint8Array;
}

interface Datagram {
  /** Time of its first fragment. */
  readonly sinceNs: number;
  /** In order of `start`; of equal ones the first captured stands first. */
  readonly fragments: Fragment[];
  /** Sum of their lengths. */
  bytes: number;
  /** Length of the whole, known from the last fragment; -1 before. */
  length: number;
  /** What the first fragment says its content is. */
  protocol: number;
}

/** Whose fragment it is, and what goes on in the whole datagram: the cursor (cursor.ts), as far as it matters here. */
interface FragmentBearer {
  readonly buffer: Uint8Array;
  readonly at: number;
  readonly end: number;
  /** Holds the addresses, the VLAN and the time already. */
  readonly segment: SegmentView;
  enter(bytes: Uint8Array): void;
}

/** Datagrams that wait for their fragments; see the head of this file. */
export class FragmentTable {
  /** Datagrams put together. */
  reassembled = 0;
  /** Datagrams given up: too old, too many, too many bytes or fragments. */
  dropped = 0;
  /** Datagrams of which fragments overlapped. */
  overlapping = 0;
  /** Fragments that cannot be: beyond the largest datagram, or of a length that no fragment but the last may have. */
  impossible = 0;
  /** Protocol of the datagram last put together, from its first fragment. RFC 8200 §4.5. */
  protocol = 0;

  private readonly waiting = new Map<string, Datagram>();
  private bytes = 0;

  /** Datagrams still waiting. */
  get pending(): number {
    return this.waiting.size;
  }

  /**
   * Takes the fragment [at, end) of the cursor, which must be captured whole. `offset` is its place in the
   * datagram, bytes.
   *
   * @returns whether the datagram is whole now; the cursor then stands at its start, in a buffer of its own.
   */
  add(cursor: FragmentBearer, identification: number, protocol: number, offset: number, more: boolean): boolean {
    const length = cursor.end - cursor.at;
    if ((length === 0 && more) || (more && (length & 7) !== 0) || offset + length > MAX_DATAGRAM) {
      this.impossible += 1;
      return false;
    }
    const nowNs = cursor.segment.atNs;
    const key = keyOf(cursor, identification, protocol);
    let datagram = this.waiting.get(key);
    if (datagram !== undefined && nowNs - datagram.sinceNs > MAX_FRAGMENT_AGE_NS) {
      this.drop(key, datagram);
      datagram = undefined;
    }
    if (datagram === undefined) {
      this.makeRoom(nowNs);
      datagram = { sinceNs: nowNs, fragments: [], bytes: 0, length: -1, protocol };
      this.waiting.set(key, datagram);
    }
    insert(datagram, { start: offset, bytes: copied(cursor.buffer, cursor.at, cursor.end) });
    datagram.bytes += length;
    this.bytes += length;
    if (offset === 0) datagram.protocol = protocol;
    if (!more && datagram.length < 0) datagram.length = offset + length;
    if (isWhole(datagram)) {
      this.forget(key, datagram);
      this.assemble(cursor, datagram);
      return true;
    }
    if (datagram.fragments.length >= MAX_FRAGMENTS) this.drop(key, datagram);
    else while (this.bytes > MAX_FRAGMENT_BYTES) this.dropOldest();
    return false;
  }

  /** Points the cursor at the datagram's bytes. */
  private assemble(cursor: FragmentBearer, datagram: Datagram): void {
    const whole = new Uint8Array(datagram.length);
    let filled = 0;
    let overlaps = false;
    for (const { start, bytes } of datagram.fragments) {
      if (start < filled) overlaps = true;
      const from = Math.max(start, filled);
      const to = Math.min(start + bytes.length, datagram.length);
      if (to <= from) continue;
      whole.set(bytes.subarray(from - start, to - start), from);
      filled = to;
    }
    this.reassembled += 1;
    if (overlaps) this.overlapping += 1;
    this.protocol = datagram.protocol;
    cursor.enter(whole);
  }

  /** Drops what waits too long, oldest first, and the oldest of all where there are too many. */
  private makeRoom(nowNs: number): void {
    for (const [key, datagram] of this.waiting) {
      if (nowNs - datagram.sinceNs <= MAX_FRAGMENT_AGE_NS) break;
      this.drop(key, datagram);
    }
    if (this.waiting.size >= MAX_DATAGRAMS) this.dropOldest();
  }

  private dropOldest(): void {
    for (const [key, datagram] of this.waiting) {
      this.drop(key, datagram);
      return;
    }
  }

  private drop(key: string, datagram: Datagram): void {
    this.dropped += 1;
    this.forget(key, datagram);
  }

  private forget(key: string, datagram: Datagram): void {
    this.bytes -= datagram.bytes;
    this.waiting.delete(key);
  }
}

/** RFC 791: source, destination, protocol, identification. RFC 8200 leaves the protocol out: it is the first fragment's that counts. */
function keyOf(cursor: FragmentBearer, identification: number, protocol: number): string {
  const s = cursor.segment;
  return s.family === 4
    ? `${identification},${protocol},${s.source0},${s.destination0},${s.vlan}`
    : `${identification},${s.source0},${s.source1},${s.source2},${s.source3},${s.destination0},${s.destination1},${s.destination2},${s.destination3},${s.vlan}`;
}

/** Most fragments come in order: look for the place from the end. */
function insert(datagram: Datagram, fragment: Fragment): void {
  const { fragments } = datagram;
  let index = fragments.length;
  while (index > 0 && (fragments[index - 1]?.start ?? 0) > fragment.start) index -= 1;
  fragments.splice(index, 0, fragment);
}

function isWhole(datagram: Datagram): boolean {
  if (datagram.length < 0 || datagram.bytes < datagram.length) return false;
  let filled = 0;
  for (const { start, bytes } of datagram.fragments) {
    if (start > filled) return false;
    filled = Math.max(filled, start + bytes.length);
    if (filled >= datagram.length) return true;
  }
  return datagram.length === 0;
}
