/** Where one stands in a list, and which rows are drawn: the same for ten rows and for a million. */

/** See the head of this file. */
export interface ListViewport {
  /** The row in hand, 0-based; 0 in an empty list. */
  readonly cursor: number;
  /** The first row drawn. */
  readonly top: number;
}

/** A list that nobody has looked at. */
export const AT_TOP: ListViewport = { cursor: 0, top: 0 };

/** A way of moving the cursor. */
export type ListMove = 'up' | 'down' | 'half-down' | 'half-up' | 'page-down' | 'page-up' | 'top' | 'bottom';

/** Rows from the cursor; pages leave one row for the eye to go on from. */
export function moved({ cursor, top }: ListViewport, move: ListMove, count: number, height: number): ListViewport {
  const half = Math.max(1, Math.floor(height / 2));
  const page = Math.max(1, height - 1);
  switch (move) {
    case 'up':
      return within({ cursor: cursor - 1, top }, count, height);
    case 'down':
      return within({ cursor: cursor + 1, top }, count, height);
    case 'half-up':
      return within({ cursor: cursor - half, top: top - half }, count, height);
    case 'half-down':
      return within({ cursor: cursor + half, top: top + half }, count, height);
    case 'page-up':
      return within({ cursor: cursor - page, top: top - page }, count, height);
    case 'page-down':
      return within({ cursor: cursor + page, top: top + page }, count, height);
    case 'top':
      return AT_TOP;
    case 'bottom':
      return within({ cursor: count - 1, top }, count, height);
    default: {
      const never: never = move;
      return never;
    }
  }
}

/** The nearest place that the list has, the cursor among the rows drawn, no empty rows below the last. */
export function within({ cursor, top }: ListViewport, count: number, height: number): ListViewport {
  const at = Math.max(0, Math.min(cursor, count - 1));
  const lowest = Math.max(0, count - Math.max(1, height));
  const from = Math.max(at - Math.max(1, height) + 1, Math.min(top, at, lowest));
  return { cursor: at, top: Math.max(0, Math.min(from, lowest)) };
}

/** Text that is read rather than chosen from: the first line drawn moves. */
export function scrolled(top: number, move: ListMove, count: number, height: number): number {
  const lowest = Math.max(0, count - height);
  const by = { up: -1, down: 1, 'half-up': -Math.floor(height / 2), 'half-down': Math.floor(height / 2) };
  const page = Math.max(1, height - 1);
  const to =
    move === 'top'
      ? 0
      : move === 'bottom'
        ? lowest
        : move === 'page-up'
          ? top - page
          : move === 'page-down'
            ? top + page
            : top + by[move];
  return Math.max(0, Math.min(to, lowest));
}
