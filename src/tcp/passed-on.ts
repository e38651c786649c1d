/**
 * Refused connections that are captured on both sides of a translator of addresses (translations.ts): of their server no
 * sequence number is seen, which its RST does not bear. A SYN that is passed on keeps its own, and its IP ID.
 */
import { remember } from './remember.js';

/** Numbers from here on are no counter that began at nothing. */
const MIN_RANDOM = 65_536;
/** A SYN is passed on at once; equal ones at other times are of a capture that was replayed. */
const MAX_APART_NS = 1_000_000_000;
/** SYNs that are remembered: more than there are in {@link MAX_APART_NS}. */
const MAX_REMEMBERED = 65_536;
const NONE: readonly number[] = [];

/** A SYN, and where it was captured first. */
interface Opening {
  readonly entry: number;
  readonly ipId: number;
  readonly atNs: number;
  /** Entries of the pairs of endpoints on which it, or its image, was answered by RST. Made once there is an image. */
  refused: number[] | null;
}

/** See the head of this file. */
export class PassedOn {
  /** By sequence number, in the order in which they came. */
  private readonly openings = new Map<number, Opening>();
  /** By entry: the SYN that was captured on several pairs of endpoints. */
  private readonly ofSeveral = new Map<number, Opening>();

  /** A connection's SYN, at a time in nanoseconds; `entry`: that of its endpoints in the flow table, `ipId`: -1 where it has none. */
  opens(entry: number, sequence: number, ipId: number, atNs: number): void {
    this.ofSeveral.delete(entry);
    if (sequence >>> 0 < MIN_RANDOM || ipId <= 0) return;
    const known = this.openings.get(sequence);
    if (known !== undefined && known.ipId === ipId && Math.abs(atNs - known.atNs) <= MAX_APART_NS) {
      if (known.entry === entry) return;
      known.refused ??= [];
      remember(this.ofSeveral, known.entry, known, MAX_REMEMBERED);
      remember(this.ofSeveral, entry, known, MAX_REMEMBERED);
      return;
    }
    remember(this.openings, sequence, { entry, ipId, atNs, refused: null }, MAX_REMEMBERED);
  }

  /** Its SYN is refused by RST. Gives the entries of those that are images of one that is refused, too: of all but the first. */
  refused(entry: number): readonly number[] {
    const opening = this.ofSeveral.get(entry);
    if (opening?.refused == null) return NONE;
    if (!opening.refused.includes(entry)) opening.refused.push(entry);
    return opening.refused.includes(opening.entry) ? opening.refused.filter((one) => one !== opening.entry) : NONE;
  }
}
