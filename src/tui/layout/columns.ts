/** Tables whose columns give way where the terminal is narrow. */
import { cellsOf } from '../../text/width.js';
import type { Role } from '../theme.js';
import { inCells, type Line, type Span, span } from './line.js';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Cells that it has; of a flexible one the least. */
  readonly cells: number;
  /** It takes a share of what is left over. */
  readonly isFlexible?: boolean;
  /** Which goes first where there is no room: the lowest. Absent: it stays. */
  readonly leaves?: number;
}

/** A column as it is drawn: which of the columns, and how wide. */
export interface Placed {
  readonly index: number;
  readonly cells: number;
}

const GAP = 2;
/** The cursor's mark and a space. */
export const MARGIN = 2;

/** The columns that fit into `width` cells. */
export function place(columns: readonly Column[], width: number): readonly Placed[] {
  let kept = columns.map((column, index) => ({ column, index }));
  const needed = () => kept.reduce((cells, { column }) => cells + column.cells + GAP, MARGIN - GAP);
  while (needed() > width) {
    const going = kept
      .filter(({ column }) => column.leaves !== undefined)
      .sort((one, other) => (one.column.leaves ?? 0) - (other.column.leaves ?? 0))[0];
    if (going === undefined) break;
    kept = kept.filter((each) => each !== going);
  }
  const flexible = kept.filter(({ column }) => column.isFlexible === true).length;
  const left = Math.max(0, width - needed());
  return kept.map(({ column, index }) => {
    if (column.isFlexible !== true) return { index, cells: column.cells };
    const share = Math.min(MAX_SHARE, Math.floor(left / flexible));
    return { index, cells: column.cells + share };
  });
}

/** Wider names than this nobody has. */
const MAX_SHARE = 28;

/** The titles, the one that the rows are in order of marked. */
export function titleLine(
  columns: readonly Column[],
  placed: readonly Placed[],
  sort: string,
  isReversed: boolean,
): Line {
  const spans: Span[] = [span(' '.repeat(MARGIN))];
  placed.forEach(({ index, cells }, at) => {
    const column = columns[index];
    if (column === undefined) return;
    const isSorted = column.title === sort;
    const title = isSorted && isReversed ? `${column.title}↑` : column.title;
    const text = cellsOf(title) > cells ? title.slice(0, cells) : title;
    spans.push(span(inCells(text, cells, column.align), isSorted ? 'strong' : 'dim'));
    if (at < placed.length - 1) spans.push(span(' '.repeat(GAP)));
  });
  return spans;
}

/** A row's cells in their columns. */
export function rowLine(
  columns: readonly Column[],
  placed: readonly Placed[],
  cellsOfRow: readonly (string | readonly [string, Role])[],
  mark: Span,
): Line {
  const spans: Span[] = [mark];
  placed.forEach(({ index, cells }, at) => {
    const cell = cellsOfRow[index] ?? '';
    const [text, role] = typeof cell === 'string' ? [cell, 'plain' as const] : cell;
    spans.push(span(inCells(text, cells, columns[index]?.align), role));
    if (at < placed.length - 1) spans.push(span(' '.repeat(GAP)));
  });
  return spans;
}
