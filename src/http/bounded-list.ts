/** The earliest items, and the last in the last place once there are more: what began, how it went on, how it ended. */
export class BoundedList<T> {
  readonly items: T[] = [];
  /** How many were added in all. */
  count = 0;

  /** @param limit Items kept, above 0. */
  constructor(private readonly limit: number) {}

  add(item: T): void {
    if (this.items.length === this.limit) this.items[this.limit - 1] = item;
    else this.items.push(item);
    this.count += 1;
  }
}
