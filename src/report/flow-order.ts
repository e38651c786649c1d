/**
 * Connections end in any order and are printed by stream number: what came too early waits.
 *
 * The wait is as long as the oldest open connection. Wireshark spends numbers on segments that are
 * only quoted: nothing waits for those; should its connection come after all, it is printed then.
 */
export class FlowOrder<T> {
  private readonly waiting = new Map<number, T>();
  private readonly skipped = new Set<number>();
  private next = 0;

  constructor(private readonly emit: (flow: T) => void) {}

  add(stream: number, flow: T): void {
    if (stream > this.next) {
      this.waiting.set(stream, flow);
      return;
    }
    this.emit(flow);
    if (stream < this.next) return;
    this.advance();
  }

  private advance(): void {
    this.next += 1;
    for (;;) {
      const early = this.waiting.get(this.next);
      if (early === undefined && !this.skipped.has(this.next)) return;
      this.waiting.delete(this.next);
      this.skipped.delete(this.next);
      this.next += 1;
      if (early !== undefined) this.emit(early);
    }
  }

  /** This number was spent on a segment that is only quoted. */
  skip(stream: number): void {
    if (stream === this.next) this.advance();
    else if (stream > this.next) this.skipped.add(stream);
  }

  /** Nothing comes any more: what waits is printed, still in order. */
  finish(): void {
    for (const stream of [...this.waiting.keys()].sort((one, other) => one - other)) {
      const flow = this.waiting.get(stream);
      if (flow !== undefined) this.emit(flow);
      this.next = stream + 1;
    }
    this.waiting.clear();
  }
}
