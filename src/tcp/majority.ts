/**
 * The majority value of many, in constant memory: Boyer and Moore's majority vote.
 *
 * Exact when one value makes up more than half. For a TTL or a link-layer address one does; otherwise
 * there is no baseline worth comparing with.
 */
export class Majority {
  /** The leading value; -1 before the first. */
  value = -1;
  /** Whether the values ever differed. */
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
