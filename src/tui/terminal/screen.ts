/**
 * The terminal as a stream that Ink writes whole frames to (in its debug mode); what reaches the
 * terminal are the lines that changed, each at its address.
 *
 * Ink's own renderers are not used: one clears the terminal, scrollback included, when a frame is as
 * high as the terminal; the other piles lines up. A frame here may use every row.
 */
import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { cellsOf } from '../../text/width.js';
import { Sheet } from './sheet.js';

/** Where frames go: the terminal. */
export interface ScreenOutput {
  write(text: string): void;
  readonly columns: number;
  readonly rows: number;
}

/** Begin and end of a synchronized update: terminals that know it draw all of it at once. */
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
/** Erase to the end of the line. */
const ERASE_LINE = '\x1b[K';

/** A cell, 0-based. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** See the head of this file. */
export class Screen extends EventEmitter {
  /** Ink would hide and show the cursor by writes of its own, which are no frames. */
  readonly isTTY = false;
  /** Where text is being typed: the terminal's own cursor stands there, and input methods compose there. */
  cursor: Cell | null = null;
  private drawn: string[] = [];
  private drawnCursor: Cell | null = null;
  /** Where lines go that Ink need not look at. */
  readonly sheet = new Sheet();
  private frame: readonly string[] = [];
  private isPaused = false;

  constructor(private readonly output: ScreenOutput) {
    super();
  }

  get columns(): number {
    return this.output.columns;
  }

  get rows(): number {
    return this.output.rows;
  }

  /** Takes a frame from Ink. */
  write(frame: string): boolean {
    this.frame = this.sheet.take(frame);
    this.draw();
    return true;
  }

  /** The terminal has another size: all of it is drawn again. */
  resized(): void {
    this.drawn = [];
    this.emit('resize');
  }

  /** Draws everything again, whatever stands there. */
  repaint(): void {
    this.drawn = [];
    if (!this.isPaused) this.output.write('\x1b[2J');
    this.draw();
  }

  /** The terminal is somebody else's, or nobody's. */
  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.repaint();
  }

  private draw(): void {
    if (this.isPaused) return;
    const { rows, columns } = this;
    let changes = '';
    for (let row = 0; row < rows; row += 1) {
      const text = this.frame[row] ?? '';
      if (this.drawn[row] === text) continue;
      this.drawn[row] = text;
      // In the last column the cursor stays on it, and erasing would take the character away.
      const isFull = text.length >= columns && cellsOf(stripVTControlCharacters(text)) >= columns;
      changes += `\x1b[${row + 1};1H${text}${isFull ? '' : ERASE_LINE}`;
    }
    this.drawn.length = rows;
    const { cursor, drawnCursor } = this;
    const hasMoved = cursor?.row !== drawnCursor?.row || cursor?.column !== drawnCursor?.column;
    if (changes === '' && !hasMoved) return;
    this.drawnCursor = cursor;
    const place =
      cursor === null
        ? HIDE_CURSOR
        : `\x1b[${cursor.row + 1};${Math.min(cursor.column, columns - 1) + 1}H${SHOW_CURSOR}`;
    this.output.write(`${BEGIN_UPDATE}${cursor === null ? '' : HIDE_CURSOR}${changes}${place}${END_UPDATE}`);
  }
}
