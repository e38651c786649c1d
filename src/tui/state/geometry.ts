/** How the rows of the terminal are shared out: what reducers need to know of what is drawn. */
import type { Level, Size } from './state.js';

/** Smaller than this nothing is drawn but a word. */
export const MIN_COLUMNS = 60;
export const MIN_ROWS = 12;

/** Lines above the body (capture, views or path, rule) and below it (rule, keys). */
const HEAD_ROWS = 3;
const FOOT_ROWS = 2;

/** From here on, panes stand side by side. */
export const WIDE_COLUMNS = 110;

/** Rows between head and foot. */
export function bodyRows({ rows }: Size): number {
  return Math.max(1, rows - HEAD_ROWS - FOOT_ROWS);
}

/** The findings on the overview take two rows each, and leave room for what stands below and above them. */
export const OVERVIEW_HEAD_ROWS = 2;
export const OVERVIEW_FOOT_ROWS = 4;
export const OVERVIEW_ROWS_EACH = 2;

/** Whether a ladder's details stand beside it. */
export function isWide({ columns }: Size): boolean {
  return columns >= WIDE_COLUMNS;
}

/** A ladder's lifelines, and what the packet under the cursor says, below it. */
export const LADDER_HEAD_ROWS = 2;
/** Rows below a ladder that say what the packet under the cursor is. */
export function ladderFootRows(size: Size): number {
  return isWide(size) ? 0 : Math.max(3, Math.min(6, Math.floor(bodyRows(size) / 4)));
}

/** Rows of the occurrences below a finding's argument, their heading and rule included. */
export function occurrenceRows(size: Size, count: number): number {
  const most = Math.max(4, Math.floor(bodyRows(size) / 3));
  return Math.min(count + 2, most);
}

/** Rows of a packet's fields; the bytes have the rest. */
export function fieldPaneRows(size: Size): number {
  const body = bodyRows(size);
  return isWide(size) ? body : Math.max(3, Math.ceil(body / 2));
}

/** Rows of a packet's bytes, the rule above them left out. */
export function bytePaneRows(size: Size): number {
  const body = bodyRows(size);
  return isWide(size) ? body : Math.max(1, body - fieldPaneRows(size) - 1);
}

/** How many rows of a level's list are drawn at once. */
export function listRows(level: Level, size: Size, count: number): number {
  const body = bodyRows(size);
  switch (level.place) {
    case 'overview':
      return Math.max(1, Math.floor((body - OVERVIEW_HEAD_ROWS - OVERVIEW_FOOT_ROWS) / OVERVIEW_ROWS_EACH));
    case 'findings':
    case 'connections':
    case 'servers':
      return Math.max(1, body - 1);
    case 'finding':
      return Math.max(1, occurrenceRows(size, count) - 2);
    case 'ladder':
      return Math.max(1, body - LADDER_HEAD_ROWS - ladderFootRows(size));
    case 'packet':
      return fieldPaneRows(size);
    case 'stream':
    case 'text':
      return body;
    default: {
      const never: never = level;
      return never;
    }
  }
}
