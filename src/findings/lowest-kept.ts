/**
 * The `limit` lowest of any number of items.
 *
 * The order must be the items' own and total, so that any split of the work, merged in any order,
 * keeps the same ones. Twice the limit is held before it is cut, so that adding costs little.
 */
export class LowestKept<T> {
  private kept: T[] = [];

  constructor(
    private readonly limit: number,
    private readonly compare: (a: T, b: T) => number,
  ) {}

  add(item: T): void {
    this.kept.push(item);
    if (this.kept.length >= 2 * this.limit) this.cut();
  }

  /** Those kept, lowest first. */
  items(): readonly T[] {
    this.cut();
    return this.kept;
  }

  private cut(): void {
    this.kept.sort(this.compare);
    if (this.kept.length > this.limit) this.kept.length = this.limit;
  }
}
