/** The IP IDs of a side's last packets with payload: what bears one of them is a copy, and nothing that was sent again. */

/**
 * Packets whose IP IDs are remembered: a copy of one of them may come behind the others. A kernel hands packets on in
 * batches of 64, so that on the device behind, all copies of a batch may follow all of the next. A power of two.
 */
export const RECENT_PACKETS = 128;
/** As many of them are remembered until there are more: most sides send few. A power of two. */
const FEW_PACKETS = 32;

/** See the head of this file. */
export class RecentIpIds {
  /** In a ring, and how many there were. */
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
