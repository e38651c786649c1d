import Table from 'cli-table3';
import { cellsOf } from '../text/width.js';
import { cellText } from './page.js';
import { inStyle, painted, type TextStyle } from './text-style.js';

/** A column of a table without lines. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** May be cut to this many cells when the table is too wide. */
  readonly shrinksTo?: number;
}

/** Blanks between two columns. */
const GAP = 2;

/**
 * Rows as aligned lines, headings above, no lines around, `indent` blanks before each.
 *
 * @param shrinking indices of the columns that may be cut, in the order in which they give way
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TextStyle,
  indent: number,
  shrinking: readonly number[],
): string[] {
  const shown = rows.map((row) => row.map((cell) => inStyle(cell, style)));
  const widths = columns.map((column, index) =>
    Math.max(cellsOf(column.title), ...shown.map((row) => cellsOf(row[index] ?? ''))),
  );
  shrink(columns, widths, style.width - indent, shrinking);
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
    colAligns: columns.map((column) => column.align),
    colWidths: widths.map((width) => width + GAP),
  });
  table.push(columns.map((column) => column.title));
  for (const row of shown) table.push(row.map((cell, index) => cellText(cell, widths[index] ?? 0, style)));
  return table
    .toString()
    .split('\n')
    .map((line, index) => {
      const text = `${' '.repeat(indent)}${line}`.trimEnd();
      return index === 0 ? painted(text, 'dim', style) : text;
    });
}

/** Takes what is too much from the columns that can give it. */
function shrink(columns: readonly Column[], widths: number[], room: number, shrinking: readonly number[]): void {
  let excess = widths.reduce((sum, width) => sum + width + GAP, -GAP) - room;
  for (const index of shrinking) {
    const width = widths[index] ?? 0;
    const given = Math.max(0, Math.min(excess, width - (columns[index]?.shrinksTo ?? width)));
    widths[index] = width - given;
    excess -= given;
  }
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const;
