import { compareText } from '../text/order.js';

/**
 * Of many texts the first few in order of their code units, each once: whatever their order and however
 * they are split, the same ones. Twice as many are held before they are sorted and cut, and what lies
 * behind the last that stayed is never taken again, so that a flood of new ones costs a comparison each.
 */
export class FirstTexts {
  private readonly held = new Set<string>();
  /** The last that stayed when they were cut; `null`: they never were. */
  private ceiling: string | null = null;

  constructor(private readonly limit: number) {}

  add(text: string): void {
    if (this.ceiling !== null && text > this.ceiling) return;
    this.held.add(text);
    if (this.held.size >= 2 * this.limit) this.cut();
  }

  /** The first, at most `limit`, in the order in which they were added. */
  items(): string[] {
    this.cut();
    return [...this.held];
  }

  private cut(): void {
    if (this.held.size <= this.limit) return;
    const inOrder = [...this.held].sort(compareText);
    for (const text of inOrder.slice(this.limit)) this.held.delete(text);
    this.ceiling = inOrder[this.limit - 1] ?? null;
  }
}
