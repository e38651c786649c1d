/**
 * Recognises connections that were captured on both sides of an address translator (NAT, a load balancer that
 * rewrites a service's address): two pairs of endpoints, but one connection. Both pairs have the same two initial
 * sequence numbers, because a translator changes neither.
 */
import { remember } from './remember.js';

/** Sequence numbers from here on do not come from a counter that started at 0. */
const MIN_RANDOM = 65_536;
/** Both sides of a translator see a handshake within this time, nanoseconds. Equal numbers further apart come from a replayed capture. */
const MAX_APART_NS = 5_000_000_000;
/** How many handshakes are remembered: more than occur within {@link MAX_APART_NS}. */
const MAX_REMEMBERED = 65_536;

interface Begun {
  readonly higher: number;
  readonly entry: number;
  readonly atNs: number;
}

/** See the head of this file. */
export class Translations {
  /** By the lower of both initial sequence numbers, in order of arrival. */
  private readonly begun = new Map<number, Begun>();

  /**
   * Notes a connection's initial sequence numbers, known at `atNs`. Returns the flow table's entry of the connection
   * that is the other's image: of the two, the one whose endpoints were seen later. -1: there is no image.
   */
  note(entry: number, base: number, otherBase: number, atNs: number): number {
    const lower = Math.min(base >>> 0, otherBase >>> 0);
    const higher = Math.max(base >>> 0, otherBase >>> 0);
    if (lower < MIN_RANDOM) return -1;
    const known = this.begun.get(lower);
    const isImage =
      known !== undefined &&
      known.higher === higher &&
      known.entry !== entry &&
      Math.abs(atNs - known.atNs) <= MAX_APART_NS;
    if (isImage && known.entry < entry) return entry;
    remember(this.begun, lower, { higher, entry, atNs }, MAX_REMEMBERED);
    return isImage ? known.entry : -1;
  }
}
