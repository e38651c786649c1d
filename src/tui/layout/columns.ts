/** Tables whose columns give way where the terminal is narrow. */
import { cellsOf } from '../../text/width.js';
import type { Glyphs, Role } from '../theme.js';
import { inCells, type Line, type Span, span } from './line.js';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Cells that it has; of a flexible one the least. */
  readonly cells: number;
  /** It takes a share of what is left over. */
  readonly isFlexible?: boolean;
  /** Cells that it has before others share, and before a column below 0 stands beside it. */
  readonly wanted?: number;
  /** It takes all that the flexible ones leave: a sentence. */
  readonly isRest?: boolean;
  /** Which goes first where there is no room: the lowest; below 0: what is beside the usual. Absent: it stays. */
  readonly leaves?: number;
  /** Its order, unless turned round, is from the most to the least. */
  readonly isMostFirst?: boolean;
}

/** A column as it is drawn: which of the columns, and how wide. */
export interface Placed {
  readonly index: number;
  readonly cells: number;
}

const GAP = 2;
/** The cursor's mark and a space. */
export const MARGIN = 2;

/** The columns of which the one that the rows are in order of stays, whatever else has to go, with room for its mark. */
export function keepingSorted(columns: readonly Column[], sort: string): readonly Column[] {
  return columns.map((column) => {
    if (column.title !== sort) return column;
    const { leaves: _, ...staying } = column;
    // Beside a title on the right the gap has room; behind one on the left the line may end.
    return column.align === 'right' ? staying : { ...staying, cells: Math.max(column.cells, column.title.length + 1) };
  });
}

/** The columns that fit into `width` cells. */
export function place(columns: readonly Column[], width: number): readonly Placed[] {
  let kept = columns.map((column, index) => ({ column, index }));
  const needed = () => kept.reduce((cells, { column }) => cells + column.cells + GAP, MARGIN - GAP);
  const wanting = () => kept.reduce((cells, { column }) => cells + wantedBy(column), 0);
  const hasMore = () => kept.some(({ column: { leaves = 0 } }) => leaves < 0);
  while (needed() > width || (hasMore() && needed() + wanting() > width)) {
    const going = kept
      .filter(({ column }) => column.leaves !== undefined)
      .sort((one, other) => (one.column.leaves ?? 0) - (other.column.leaves ?? 0))[0];
    if (going === undefined) break;
    kept = kept.filter((each) => each !== going);
  }
  const flexible = kept.filter(({ column }) => column.isFlexible === true).length;
  let left = Math.max(0, width - needed());
  kept = kept.map(({ column, index }) => {
    const more = Math.min(left, wantedBy(column));
    left -= more;
    return more === 0 ? { column, index } : { column: { ...column, cells: column.cells + more }, index };
  });
  const hasRest = kept.some(({ column }) => column.isRest === true);
  const share = flexible === 0 ? 0 : Math.min(MAX_SHARE, Math.floor(left / (flexible + (hasRest ? 1 : 0))));
  const rest = left - share * flexible;
  return kept.map(({ column, index }) => {
    const more = column.isRest === true ? rest : column.isFlexible === true ? share : 0;
    return { index, cells: column.cells + more };
  });
}

/** Cells that a column lacks of what it wants. */
function wantedBy({ cells, wanted = cells }: Column): number {
  return wanted - cells;
}

/** Wider names than this nobody has. */
const MAX_SHARE = 28;

/** The titles, the one that the rows are in order of marked with the way they go. */
export function titleLine(
  columns: readonly Column[],
  placed: readonly Placed[],
  { sort, isReversed }: { readonly sort: string; readonly isReversed: boolean },
  { ascending, descending }: Glyphs,
): Line {
  const spans: Span[] = [];
  let gap = MARGIN;
  for (const { index, cells } of placed) {
    const column = columns[index];
    if (column === undefined) continue;
    const { title, align } = column;
    const isSorted = title === sort;
    const arrow = isSorted ? ((column.isMostFirst === true) === isReversed ? ascending : descending) : '';
    const marked = align === 'left' ? title + arrow : arrow + title;
    // Where the title fills its column, the mark stands in the gap beside it.
    const over = Math.max(0, Math.min(1, cellsOf(marked) - cells));
    const text = cellsOf(marked) > cells + over ? marked.slice(0, cells + over) : marked;
    spans.push(span(' '.repeat(gap - (align === 'right' ? over : 0))));
    spans.push(span(inCells(text, cells + over, align), isSorted ? 'strong' : 'dim'));
    gap = GAP - (align === 'left' ? over : 0);
  }
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
