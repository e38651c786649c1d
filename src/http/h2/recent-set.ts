/** The items added last, so many and no more. */
export class RecentSet<T> {
  private readonly items = new Set<T>();

  /** @param limit Items kept, above 0. */
  constructor(private readonly limit: number) {}

  get size(): number {
    return this.items.size;
  }

  has(item: T): boolean {
    return this.items.has(item);
  }

  /** Adds an item; gives the one that had to go for it, `undefined` when none had. */
  add(item: T): T | undefined {
    let earliest: T | undefined;
    if (this.items.size >= this.limit && !this.items.has(item)) {
      earliest = this.items.values().next().value;
      if (earliest !== undefined) this.items.delete(earliest);
    }
    this.items.add(item);
    return earliest;
  }

  delete(item: T): void {
    this.items.delete(item);
  }
}
