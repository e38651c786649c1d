/** Texts that many rows share (addresses, servers, names), each once: rows hold its number. */

/** Number 0: no text. */
export const NO_TEXT = 0;

/**
 * Different texts kept. A capture with more clients than that is a flood; the rows of those that
 * come later show no address, and can still be opened.
 */
export const MAX_TEXTS = 2_000_000;

/** Gives texts their numbers; the other thread is told of new ones in order. */
export class TextTable {
  private readonly numbers = new Map<string, number>();
  private untold: string[] = [];

  /** The text's number. */
  numberOf(text: string | null | undefined): number {
    if (text === null || text === undefined || text === '') return NO_TEXT;
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    if (this.numbers.size >= MAX_TEXTS) return NO_TEXT;
    const number = this.numbers.size + 1;
    this.numbers.set(text, number);
    this.untold.push(text);
    return number;
  }

  /** Texts new since it was last asked, in order of their numbers. */
  takeNew(): readonly string[] {
    const texts = this.untold;
    this.untold = [];
    return texts;
  }
}
