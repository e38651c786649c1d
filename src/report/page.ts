import { cellsOf, wrapText } from '../text/width.js';
import { inStyle, painted, type Role, type TextStyle } from './text-style.js';

/** Text of a report as it grows, line by line: wrapped first, coloured after, so that colour takes no room. */
export class Page {
  private readonly lines: string[] = [];

  constructor(readonly style: TextStyle) {}

  /** An empty line, unless one stands there already or nothing does. */
  blank(): void {
    if (this.lines.length > 0 && this.lines.at(-1) !== '') this.lines.push('');
  }

  /** A paragraph; lines after the first begin at `hanging`. */
  prose(text: string, indent = 0, hanging = indent): void {
    const start = ' '.repeat(indent);
    for (const line of wrapText(start + inStyle(text, this.style), this.style.width, hanging)) this.line(line);
  }

  /** A paragraph that begins with a word in colour; its further lines begin at `hanging`. */
  labelled(
    label: string,
    text: string,
    layout: { readonly indent: number; readonly hanging: number; readonly role?: Role; readonly textRole?: Role },
  ): void {
    const { style } = this;
    const shownLabel = inStyle(label, style);
    const start = `${' '.repeat(layout.indent)}${shownLabel}`.padEnd(layout.hanging);
    const lines = wrapText(start + inStyle(text, style), style.width, layout.hanging);
    lines.forEach((line, index) => {
      const from = index === 0 ? start.length : layout.hanging;
      const body = line.slice(from).trimEnd();
      const head = index === 0 ? paintWord(start, shownLabel, layout.role, style) : line.slice(0, from);
      const shown = layout.textRole === undefined || body === '' ? body : painted(body, layout.textRole, style);
      this.lines.push(`${head}${shown}`.trimEnd());
    });
  }

  /** Whole phrases after a word, on one line where there is room, else a line each. */
  phrases(label: string, phrases: readonly string[], separator: string): void {
    const { style } = this;
    const start = `${label} `;
    const line = inStyle(start + phrases.join(separator), style);
    if (cellsOf(line) <= style.width) this.line(line);
    else {
      phrases.forEach((phrase, index) => {
        this.verbatim((index === 0 ? start : ' '.repeat(start.length)) + phrase, 0);
      });
    }
  }

  /** Two texts at both ends of a line, or on two lines where one has no room. */
  ends(left: string, right: string, indent: number): void {
    const { style } = this;
    const first = `${' '.repeat(indent)}${inStyle(left, style)}`;
    const last = inStyle(right, style);
    const gap = style.width - cellsOf(first) - cellsOf(last);
    if (gap >= 2) this.lines.push(`${first}${' '.repeat(gap)}${last}`);
    else {
      this.prose(left, indent);
      this.prose(right, indent);
    }
  }

  /** Lines to paste: never broken. */
  verbatim(text: string, indent: number): void {
    for (const line of inStyle(text, this.style).split('\n')) {
      this.lines.push(`${' '.repeat(indent)}${line}`.trimEnd());
    }
  }

  /** A line that is laid out already. */
  line(text: string): void {
    this.lines.push(text.trimEnd());
  }

  toString(): string {
    return this.lines.length === 0 ? '' : `${this.lines.join('\n').trimEnd()}\n`;
  }
}

function paintWord(start: string, word: string, role: Role | undefined, style: TextStyle): string {
  return role === undefined || word === '' ? start : start.replace(word, () => painted(word, role, style));
}
