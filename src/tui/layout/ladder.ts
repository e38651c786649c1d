/** A conversation as a ladder: rows between lifelines, and what the packet in hand says. */
import { bodyRows, isWide, LADDER_HEAD_ROWS, ladderFootRows, listRows } from '../state/geometry.js';
import { ladderFor } from '../state/ladder-rows.js';
import type { LadderLevel } from '../state/state.js';
import type { Glyphs } from '../theme.js';
import type { Context } from './context.js';
import { detailCells, detailLines } from './ladder-detail.js';
import { laneLines } from './ladder-lanes.js';
import { listLines } from './ladder-list.js';
import { cellsOfLine, EMPTY_LINE, fitLine, type Line, line, span } from './line.js';

/** Narrower than this the rows are a list with arrows. */
const LIST_COLUMNS = 72;

/** All lines of the body. */
export function ladderLines(level: LadderLevel, context: Context): readonly Line[] {
  const { data, state } = context;
  const loaded = data.conversation(level.stream);
  if (loaded?.state === 'failed') {
    const isUnknown = state.reading.isDone && data.index.rowOfStream(level.stream) === null;
    const reason = isUnknown ? `there is no stream ${level.stream} in it` : loaded.reason;
    return [line(` ${reason}`, 'critical')];
  }
  const ladder = ladderFor(level, data, state.isRevealing);
  if (ladder === null) return [line(' reading its packets again', 'dim')];
  const { columns } = state.size;
  const wide = isWide(state.size);
  const beside = detailCells(columns);
  const width = wide ? columns - beside - 1 : columns;
  const rows = listRows(level, state.size, ladder.rows.length);
  const drawn =
    width < LIST_COLUMNS
      ? listLines(ladder, level, rows, width, context)
      : laneLines(ladder, level, rows, width, context);
  const detail = detailLines(ladder.rows[level.list.cursor], wide ? beside : columns, context);
  if (wide) return besides(drawn, detail, width, bodyRows(state.size), context.theme.glyphs);
  const foot = ladderFootRows(state.size);
  const body = drawn.slice(0, LADDER_HEAD_ROWS + rows);
  while (body.length < LADDER_HEAD_ROWS + rows) body.push(EMPTY_LINE);
  return [...body, line(context.theme.glyphs.rule.repeat(columns), 'dim'), ...detail.slice(0, foot - 1)];
}

/** Two panes side by side. */
function besides(left: readonly Line[], right: readonly Line[], width: number, rows: number, glyphs: Glyphs): Line[] {
  return Array.from({ length: rows }, (_, row): Line => {
    const fitted = fitLine(left[row] ?? EMPTY_LINE, width);
    return [
      ...fitted,
      span(' '.repeat(width - cellsOfLine(fitted))),
      span(glyphs.lifeline, 'dim'),
      ...(right[row] ?? EMPTY_LINE),
    ];
  });
}
