/**
 * The value that most of many have, in constant memory: Boyer and Moore's majority vote.
 *
 * Exact when one value holds more than half; a TTL or a link-layer address does, or there is no
 * baseline worth comparing with.
 */
export class Majority {
  /** The leading value; -1 before the first. */
  value = -1;
  /** Whether values disagreed at all. */
  varies = false;
  private lead = 0;

  add(value: number): void {
    if (value === this.value) {
      this.lead += 1;
      return;
    }
    if (this.value >= 0) this.varies = true;
    if (this.lead === 0) {
      this.value = value;
      this.lead = 1;
    } else this.lead -= 1;
  }

  reset(): void {
    this.value = -1;
    this.varies = false;
    this.lead = 0;
  }
}
