import Table from 'cli-table3';
import { cellsOf, fitting } from '../text/width.js';
import { inStyle, painted, type TextStyle } from './text-style.js';

/** A column of a table without lines. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** May be cut when the table is too wide: to how many cells, when its turn comes, and whether its end matters too. */
  readonly shrinks?: { readonly to: number; readonly turn: number; readonly keepsEnd?: boolean };
  /** May be left out when cutting does not help, the lowest first. */
  readonly drops?: number;
}

/** Blanks between two columns. */
const GAP = 2;

/** Rows as aligned lines, headings above, no lines around, `indent` blanks before each. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TextStyle,
  indent: number,
): string[] {
  const shown = rows.map((row) => row.map((cell) => inStyle(cell, style)));
  const kept = columnsThatFit(columns, shown, style.width - indent);
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
    colAligns: kept.map(({ column }) => column.align),
    colWidths: kept.map(({ width }) => width + GAP),
  });
  table.push(kept.map(({ column }) => column.title));
  for (const row of shown) {
    table.push(
      kept.map(({ column, index, width }) =>
        cellText(row[index] ?? '', width, column.shrinks?.keepsEnd === true, style),
      ),
    );
  }
  return table
    .toString()
    .split('\n')
    .map((line, index) => {
      const text = `${' '.repeat(indent)}${line}`.trimEnd();
      return index === 0 ? painted(text, 'dim', style) : text;
    });
}

/** A column with its place in the rows and its cells. */
interface FittedColumn {
  readonly column: Column;
  readonly index: number;
  width: number;
}

/** The columns that have room, cut where they may be. */
function columnsThatFit(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  room: number,
): readonly FittedColumn[] {
  let kept: FittedColumn[] = columns.map((column, index) => ({
    column,
    index,
    width: Math.max(cellsOf(column.title), ...rows.map((row) => cellsOf(row[index] ?? ''))),
  }));
  const leastWidth = () =>
    kept.reduce((sum, { column, width }) => sum + Math.min(width, column.shrinks?.to ?? width) + GAP, -GAP);
  const dropping = kept.filter(({ column }) => column.drops !== undefined).sort(byTurn(({ column }) => column.drops));
  for (const next of dropping) {
    if (leastWidth() <= room) break;
    kept = kept.filter((column) => column !== next);
  }
  let excess = kept.reduce((sum, { width }) => sum + width + GAP, -GAP) - room;
  for (const shrinking of [...kept].sort(byTurn(({ column }) => column.shrinks?.turn))) {
    const { column, width } = shrinking;
    const given = Math.max(0, Math.min(excess, width - (column.shrinks?.to ?? width)));
    shrinking.width -= given;
    excess -= given;
  }
  return kept;
}

function byTurn(
  turnOf: (column: FittedColumn) => number | undefined,
): (one: FittedColumn, other: FittedColumn) => number {
  return (one, other) => (turnOf(one) ?? Number.MAX_SAFE_INTEGER) - (turnOf(other) ?? Number.MAX_SAFE_INTEGER);
}

/** Cells of a cut text's end that stay: the port of an address. */
const END = 8;

/** A cell, cut where it is too long, a list between two of its items, with a mark in the style's own characters. */
function cellText(text: string, cells: number, keepsEnd: boolean, style: TextStyle): string {
  if (cellsOf(text) <= cells) return text;
  const mark = inStyle('…', style);
  const whole = fitting(text, Math.max(0, cells - cellsOf(mark))).lastIndexOf(', ');
  if (!keepsEnd && whole > 0) return `${text.slice(0, whole + 2)}${mark}`;
  // Only text that is ASCII throughout, as addresses are, can be counted from its end.
  const end = keepsEnd && cellsOf(text) === text.length ? text.slice(-END) : '';
  return `${fitting(text, Math.max(0, cells - cellsOf(mark) - end.length))}${mark}${end}`;
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
