/** The IP IDs of a side's last packets with payload. A packet with one of these IP IDs is a copy, not a retransmission. */

/**
 * How many packets' IP IDs are remembered: a copy may come after later packets. A kernel hands packets on in batches
 * of 64, so on the next device all copies of a batch may come after the whole following batch. A power of two.
 */
export const RECENT_PACKETS = 128;
/** The initial size of the ring: most sides send few packets. A power of two. */
const FEW_PACKETS = 32;

/** See the head of this file. */
export class RecentIpIds {
  /** The IP IDs in a ring buffer, and how many were added so far. */
  private ids = new Uint16Array(FEW_PACKETS);
  private count = 0;

  reset(): void {
    this.count = 0;
  }

  add(ipId: number): void {
    if (this.count === this.ids.length && this.count < RECENT_PACKETS) this.rememberMore();
    this.ids[this.count & (this.ids.length - 1)] = ipId;
    this.count += 1;
  }

  has(ipId: number): boolean {
    const known = Math.min(this.count, this.ids.length);
    for (let at = 0; at < known; at += 1) if (this.ids[at] === ipId) return true;
    return false;
  }

  private rememberMore(): void {
    const few = this.ids;
    this.ids = new Uint16Array(RECENT_PACKETS);
    this.ids.set(few);
  }
}
