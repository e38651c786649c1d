/**
 * Finds a segment's connection by its addresses and ports.
 *
 * Open addressing over numbers: a lookup makes no string and no object (docs/performance.md: a string
 * key costs three times the whole lookup). Both directions of a connection share one entry; the
 * entry's first endpoint is the one that sorts lower. An IPv4 address is its own key word; an IPv6
 * address is interned once, and its index is the key word. An entry is never removed: Wireshark's
 * stream number stays with an address pair until a new SYN, however late a segment comes. A finished
 * connection therefore leaves its 35 to 40 bytes here. They include both sides' initial sequence
 * numbers, which show whether a SYN is a repetition.
 */
import { randomInt } from 'node:crypto';
import type { QuotedSegment, SegmentView } from '../net/segment.js';

/** Number of entries that a new table has room for. */
const INITIAL_CAPACITY = 1024;
/** Words of an entry's key. */
const KEY_WORDS = 4;
/** Share of slots in use beyond which the table doubles: linear probing stays short. */
const MAX_LOAD = 0.6;

type Addressed = Pick<
  SegmentView & QuotedSegment,
  | 'family'
  | 'source0'
  | 'source1'
  | 'source2'
  | 'source3'
  | 'destination0'
  | 'destination1'
  | 'destination2'
  | 'destination3'
  | 'sourcePort'
  | 'destinationPort'
>;

/** Interns IPv6 addresses: four words in, a dense index out. */
class AddressTable {
  private slots = new Int32Array(256);
  private words = new Int32Array(4 * 128);
  private count = 0;

  indexOf(word0: number, word1: number, word2: number, word3: number): number {
    const a = word0 | 0;
    const b = word1 | 0;
    const c = word2 | 0;
    const d = word3 | 0;
    const mask = this.slots.length - 1;
    let slot = mix(mix(a, b, c), d, 0) & mask;
    for (;;) {
      const entry = this.slots[slot] - 1;
      if (entry < 0) break;
      const at = entry * 4;
      const w = this.words;
      if (w[at] === a && w[at + 1] === b && w[at + 2] === c && w[at + 3] === d) return entry;
      slot = (slot + 1) & mask;
    }
    const entry = this.count;
    this.count += 1;
    if (this.count * 4 > this.words.length) {
      const larger = new Int32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    this.words.set([a, b, c, d], entry * 4);
    this.slots[slot] = entry + 1;
    if (this.count > this.slots.length * MAX_LOAD) this.grow();
    return entry;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.count; entry += 1) {
      const at = entry * 4;
      const w = this.words;
      let slot = mix(mix(w[at], w[at + 1], w[at + 2]), w[at + 3], 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
    this.slots = slots;
  }
}

/** Finds and makes entries. The caller keeps what belongs to an entry in its own arrays, by the entry's index. */
export class FlowTable {
  /** Entries made so far; they are numbered from 0. */
  size = 0;
  /** Whether the segment last looked up goes from the entry's second endpoint to its first. */
  reversed = false;
  private readonly addresses = new AddressTable();
  private slots = new Int32Array(INITIAL_CAPACITY * 2);
  /** Each side's initial sequence number, per entry; 0: not known yet. */
  private bases = new Int32Array(INITIAL_CAPACITY * 2);
  /** Per entry, side by side: the lower endpoint's address, the upper's, both ports and the family. Reading one entry thus reads one cache line. */
  private keys = new Int32Array(INITIAL_CAPACITY * KEY_WORDS);

  /** The entry of these endpoints. A new entry is made if there is none; it equals the former `size`. Sets `reversed`. */
  entryOf(segment: Addressed): number {
    return this.locate(segment, true);
  }

  /** The entry of these endpoints; -1: there is none. Sets `reversed`. */
  find(segment: Addressed): number {
    return this.locate(segment, false);
  }

  /** A hash of the entry's endpoints: 0 to 127, equal in every run over the same capture. */
  hashOf(entry: number): number {
    const { keys } = this;
    const at = entry * KEY_WORDS;
    return mix(keys[at], keys[at + 1], keys[at + 2] ^ keys[at + 3], 0) >>> 25;
  }

  /** Whether the initial sequence number of the entry's second (`isUpper`) or first endpoint is known. */
  hasBase(entry: number, isUpper: boolean): boolean {
    return this.bases[isUpper ? entry * 2 + 1 : entry * 2] !== 0;
  }

  /** Whether `sequence` is that endpoint's initial sequence number. */
  isBase(entry: number, isUpper: boolean, sequence: number): boolean {
    return this.bases[isUpper ? entry * 2 + 1 : entry * 2] === baseWord(sequence);
  }

  /** That endpoint's initial sequence number, as 32 bits; 0: not known. */
  baseAt(entry: number, isUpper: boolean): number {
    return this.bases[isUpper ? entry * 2 + 1 : entry * 2];
  }

  /** Keeps an endpoint's initial sequence number. */
  setBase(entry: number, isUpper: boolean, sequence: number): void {
    this.bases[isUpper ? entry * 2 + 1 : entry * 2] = baseWord(sequence);
  }

  /** Another connection begins between the same endpoints. */
  forgetBases(entry: number): void {
    this.bases[entry * 2] = this.bases[entry * 2 + 1] = 0;
  }

  private locate(segment: Addressed, makes: boolean): number {
    const { family, sourcePort, destinationPort } = segment;
    let source: number;
    let destination: number;
    if (family === 4) {
      source = segment.source0 | 0;
      destination = segment.destination0 | 0;
    } else {
      source = this.addresses.indexOf(segment.source0, segment.source1, segment.source2, segment.source3);
      destination = this.addresses.indexOf(
        segment.destination0,
        segment.destination1,
        segment.destination2,
        segment.destination3,
      );
    }
    const reversed = source > destination || (source === destination && sourcePort > destinationPort);
    this.reversed = reversed;
    const lower = reversed ? destination : source;
    const upper = reversed ? source : destination;
    const ports = reversed ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;
    const { keys, slots } = this;
    const mask = slots.length - 1;
    let slot = mix(lower, upper, ports ^ family) & mask;
    for (;;) {
      const entry = slots[slot] - 1;
      if (entry < 0) break;
      const at = entry * KEY_WORDS;
      if (keys[at + 2] === ports && keys[at] === lower && keys[at + 1] === upper && keys[at + 3] === family)
        return entry;
      slot = (slot + 1) & mask;
    }
    if (!makes) return -1;
    const entry = this.size;
    const at = entry * KEY_WORDS;
    this.size += 1;
    if (at === keys.length) this.growKeys();
    this.keys[at] = lower;
    this.keys[at + 1] = upper;
    this.keys[at + 2] = ports;
    this.keys[at + 3] = family;
    slots[slot] = entry + 1;
    if (this.size > slots.length * MAX_LOAD) this.growSlots();
    return entry;
  }

  private growKeys(): void {
    const keys = new Int32Array(this.keys.length * 2);
    keys.set(this.keys);
    this.keys = keys;
    const bases = new Int32Array(this.bases.length * 2);
    bases.set(this.bases);
    this.bases = bases;
  }

  private growSlots(): void {
    const { keys } = this;
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.size; entry += 1) {
      const at = entry * KEY_WORDS;
      let slot = mix(keys[at], keys[at + 1], keys[at + 2] ^ keys[at + 3]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
    this.slots = slots;
  }
}

/** A sequence number as it is stored: 0 stands for "not known", so sequence number 0 is stored as another value. */
function baseWord(sequence: number): number {
  return sequence | 0 || 0x5bd1e995;
}

/** A random hash seed: a sender who does not know it cannot craft packets that collide in one slot. Lookup results do not depend on it. */
const SEED = randomInt(0x7fff_ffff);

/** Hashes three words to one: each is multiplied and folded before the next is added, as in MurmurHash3. */
function mix(a: number, b: number, c: number, seed = SEED): number {
  let h = Math.imul(a ^ seed, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h ^ b, 0xc2b2ae35);
  h ^= h >>> 13;
  h = Math.imul(h ^ c, 0x27d4eb2f);
  return h ^ (h >>> 16);
}
