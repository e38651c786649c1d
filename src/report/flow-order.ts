/**
 * Connections end in any order and are printed by stream number: what came too early waits.
 *
 * The wait is as long as the oldest open connection. A number that never comes (Wireshark spends
 * some on segments that are only quoted) holds back what follows until `finish`.
 */
export class FlowOrder<T> {
  private readonly waiting = new Map<number, T>();
  private next = 0;

  constructor(private readonly emit: (flow: T) => void) {}

  add(stream: number, flow: T): void {
    if (stream > this.next) {
      this.waiting.set(stream, flow);
      return;
    }
    this.emit(flow);
    if (stream < this.next) return;
    this.next += 1;
    for (let early = this.waiting.get(this.next); early !== undefined; early = this.waiting.get(this.next)) {
      this.waiting.delete(this.next);
      this.next += 1;
      this.emit(early);
    }
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
