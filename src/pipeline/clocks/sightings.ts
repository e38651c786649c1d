/**
 * Which segments a capture saw and when, to find them again in another capture: by sequence numbers,
 * flags, length and time stamps, which together no two segments share by chance, and which neither a
 * router nor an address translator changes.
 */

import { ACK, FIN, RST, SYN } from '../../facts/tcp-flags.js';
import type { SegmentView } from '../../net/segment.js';

/** A segment that comes again within this was captured at a second interface; later, it was sent again, and nobody knows which is which. */
const SAME_NS = 1_000_000;
/** Segments kept of a capture: some 20 MB. */
export const MAX_SIGHTINGS = 262_144;
/** Numbers from here on are no counter that began at nothing: with both of them so a segment is known whatever its addresses. */
const MIN_RANDOM = 65_536;
/** The flags that no router sets: all but ECE and CWR, RFC 3168. */
const LASTING_FLAGS = 0x3f;
/** A hash below this, and one of 32 bits above it, are a number that is exact. */
const LOW_BITS = 2 ** 21;
const HIGH_SEED = 0x9747b28c;
const LOW_SEED = 0x1b873593;

/** See the head of this file. Of a segment seen twice at once the first time is kept. */
export class Sightings {
  /** Key of a segment: its place in the lists. */
  readonly places = new Map<number, number>();
  /** Nanoseconds since the run's first packet. `NaN`: it was seen again later. */
  readonly times: number[] = [];
  /** The endpoints, either way round, as one number. */
  readonly flows: number[] = [];
  /** Whether it went from that of the endpoints whose own number is the higher. */
  readonly isDownward: boolean[] = [];
  /** Whether it is known without its endpoints. */
  readonly isUnmistakable: boolean[] = [];
  /** Whether it acknowledges nothing. */
  readonly isBare: boolean[] = [];
  /** Each router on the way takes one from it. Below 1: not known. */
  readonly ttls: number[] = [];
  /** Whether it bears a time stamp: sent again, it would bear another. */
  readonly isStamped: boolean[] = [];

  /** @param isWanted By key: whether a segment is taken down; all are without it. */
  constructor(private readonly isWanted: (key: number) => boolean = () => true) {}

  /** Takes down a segment. */
  note(segment: SegmentView): void {
    if (isLikeOthers(segment)) return;
    const key = keyOf(segment);
    if (!this.isWanted(key)) return;
    const known = this.places.get(key);
    if (known !== undefined) {
      if (segment.atNs - (this.times[known] ?? 0) > SAME_NS) this.times[known] = Number.NaN;
      return;
    }
    if (this.places.size >= MAX_SIGHTINGS) return;
    const { source0, source1, source2, source3, sourcePort } = segment;
    const { destination0, destination1, destination2, destination3, destinationPort } = segment;
    const from = numberOf(source0, source1, source2, source3, sourcePort);
    const to = numberOf(destination0, destination1, destination2, destination3, destinationPort);
    this.places.set(key, this.times.length);
    this.times.push(segment.atNs);
    this.flows.push(from + to);
    this.isDownward.push(from > to);
    this.isBare.push((segment.flags & ACK) === 0);
    this.ttls.push(segment.ttl);
    this.isStamped.push(segment.timestampValue >= 0);
    this.isUnmistakable.push(
      (segment.flags & ACK) !== 0 && segment.sequence >= MIN_RANDOM && segment.acknowledgement >= MIN_RANDOM,
    );
  }
}

/** Acknowledgements and keep-alives come again and again, each like the other, where there are no stamps. */
function isLikeOthers({ flags, payloadLength, timestampValue }: SegmentView): boolean {
  return timestampValue < 0 && payloadLength <= 1 && (flags & (SYN | FIN | RST)) === 0;
}

/** What a segment is known by, in 53 bits. */
function keyOf({
  sequence,
  acknowledgement,
  flags,
  payloadLength,
  timestampValue,
  timestampEcho,
}: SegmentView): number {
  const confirmed = (flags & ACK) !== 0 ? acknowledgement : 0;
  const shape = ((flags & LASTING_FLAGS) << 24) ^ payloadLength;
  return numberOf(sequence, confirmed, shape, timestampValue, timestampEcho);
}

/** Five words in one number of 53 bits. */
function numberOf(one: number, two: number, three: number, four: number, five: number): number {
  const high = mixed(mixed(mixed(mixed(mixed(HIGH_SEED, one), two), three), four), five);
  const low = mixed(mixed(mixed(mixed(mixed(LOW_SEED, one), two), three), four), five);
  return (high >>> 0) * LOW_BITS + ((low >>> 0) % LOW_BITS);
}

/** A word mixed into a hash, each bit into many (MurmurHash3's steps). */
function mixed(hash: number, word: number): number {
  const next = Math.imul(hash ^ Math.imul(word | 0, 0xcc9e2d51), 0x85ebca6b);
  return next ^ (next >>> 15);
}
