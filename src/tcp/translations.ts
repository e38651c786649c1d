/**
 * Connections that are captured on both sides of a translator of addresses (NAT, a balancer that rewrites a service's
 * address): two pairs of endpoints, and one connection. Both sides' first sequence numbers say so, of which a translator
 * changes neither.
 */

/** Numbers from here on are no counter that began at nothing. */
const MIN_RANDOM = 65_536;
/** Both sides of a translator see a handshake within this; equal numbers at other times are of a capture that was replayed. */
const MAX_APART_NS = 5_000_000_000;
/** Handshakes that are remembered: more than there are in {@link MAX_APART_NS}. */
const MAX_REMEMBERED = 65_536;

interface Begun {
  readonly higher: number;
  readonly entry: number;
  readonly atNs: number;
}

/** See the head of this file. */
export class Translations {
  /** By the lower of both first sequence numbers, in the order in which they came. */
  private readonly begun = new Map<number, Begun>();

  /**
   * A connection's first sequence numbers are known, at a time in nanoseconds. Gives the flow table's entry of the one
   * that is another's image: of two the one whose endpoints were seen later. -1: it is none.
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
    this.begun.delete(lower);
    this.begun.set(lower, { higher, entry, atNs });
    if (this.begun.size > MAX_REMEMBERED) this.forgetFirst();
    return isImage ? known.entry : -1;
  }

  private forgetFirst(): void {
    for (const first of this.begun.keys()) {
      this.begun.delete(first);
      return;
    }
  }
}
