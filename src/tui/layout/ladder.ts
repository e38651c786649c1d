/** A conversation as a ladder: rows between lifelines, and what the packet in hand says. */
import { packetNumberOf } from '../../facts/packet-reference.js';
import {
  asideText,
  type Ladder,
  type LadderRow,
  type Lifeline,
  type MessageRow,
  omittedText,
  remarkOf,
} from '../../report/ladder/ladder.js';
import { clockText } from '../../report/period.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { cellsOf, cutText, wrapText } from '../../text/width.js';
import { bodyRows, isWide, LADDER_HEAD_ROWS, ladderFootRows, listRows } from '../state/geometry.js';
import { ladderFor } from '../state/ladder-rows.js';
import type { LadderLevel } from '../state/state.js';
import type { Glyphs, Role } from '../theme.js';
import type { Context } from './context.js';
import { cellsOfLine, EMPTY_LINE, fitLine, inCells, type Line, line, type Span, span } from './line.js';

/** Narrower than this the rows are a list with arrows. */
const LIST_COLUMNS = 72;
const NUMBER_CELLS = 8;
const TIME_CELLS = 12;
/** Mark, number, time, and the spaces behind them. */
const MARGIN = 1 + NUMBER_CELLS + 1 + TIME_CELLS + 1;
const MIN_LANE = 18;
const MAX_LANE = 56;
/** Cells of the details beside a ladder. */
const DETAIL_CELLS = 38;
const MIN_NOTE = 14;

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
  const width = wide ? columns - DETAIL_CELLS - 1 : columns;
  const rows = listRows(level, state.size, ladder.rows.length);
  const drawn =
    width < LIST_COLUMNS
      ? listLines(ladder, level, rows, width, context)
      : laneLines(ladder, level, rows, width, context);
  const detail = detailLines(ladder.rows[level.list.cursor], wide ? DETAIL_CELLS : columns, context);
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

/** Rows between lifelines. */
function laneLines(ladder: Ladder, level: LadderLevel, rows: number, width: number, context: Context): Line[] {
  const lanes = ladder.lifelines.length - 1;
  const notes = ladder.rows.some((row) => row.kind === 'message' && row.note !== null) ? MIN_NOTE : 0;
  const lane = Math.max(MIN_LANE, Math.min(MAX_LANE, Math.floor((width - MARGIN - notes - 1) / lanes) - 1));
  const shown = ladder.rows.slice(level.list.top, level.list.top + rows);
  const before = ladder.rows[level.list.top - 1];
  let beforeNs = before?.kind === 'message' ? before.atNs : ladder.startNs;
  const lines: Line[] = [...headLines(ladder.lifelines, lane, width, context)];
  for (const [index, row] of shown.entries()) {
    const isSelected = level.list.top + index === level.list.cursor;
    lines.push(rowLine(row, isSelected, beforeNs, ladder, lane, width, level, context));
    if (row.kind === 'message') beforeNs = row.atNs;
  }
  return lines;
}

/** Who stands at the head of each lifeline: the first begins at its line, the last ends there or a little behind. */
function headLines(lifelines: readonly Lifeline[], lane: number, width: number, { theme }: Context): Line[] {
  const dot = theme.isAscii ? '-' : '·';
  const names = lifelines.map(({ role, name }) => `${role}${name === null ? '' : ` ${dot} ${name}`}`);
  const roles = lifelines.map(({ role }): Role => (role === 'proxy' ? 'notice' : role));
  return [
    placed(
      lifelines.map(({ endpoint }) => endpoint),
      roles,
      lane,
      width,
    ),
    placed(
      names,
      names.map((): Role => 'dim'),
      lane,
      width,
    ),
  ];
}

function placed(texts: readonly string[], roles: readonly Role[], lane: number, width: number): Line {
  const spans: Span[] = [];
  let at = 0;
  texts.forEach((text, index) => {
    const column = MARGIN + index * (lane + 1);
    const cells = cellsOf(text);
    const wanted = index === 0 ? column : column - Math.floor(cells / 2);
    const from = Math.max(index === 0 ? 0 : at + 1, Math.min(wanted, width - cells));
    const shown = cutText(text, width - from);
    spans.push(span(' '.repeat(Math.max(0, from - at))), span(shown, roles[index] ?? 'plain'));
    at = from + cellsOf(shown);
  });
  return spans;
}

function rowLine(
  row: LadderRow,
  isSelected: boolean,
  beforeNs: number,
  ladder: Ladder,
  lane: number,
  width: number,
  level: LadderLevel,
  context: Context,
): Line {
  const { theme } = context;
  const { glyphs } = theme;
  const lanes = ladder.lifelines.length - 1;
  const mark = span(isSelected ? glyphs.cursor : ' ', 'strong');
  const bar = span(glyphs.lifeline, 'dim');
  switch (row.kind) {
    case 'message': {
      const role = roleOf(row, ladder);
      const number = `#${packetNumberOf(row.packet)}`.padStart(NUMBER_CELLS);
      const time = timeText(row, beforeNs, level, context).padStart(TIME_CELLS);
      const at = Math.min(row.from, row.to);
      const spans: Span[] = [
        mark,
        span(number, row.note !== null ? 'strong' : 'plain'),
        span(' '),
        span(time, 'dim'),
        span(' '),
      ];
      for (let index = 0; index < lanes; index += 1) {
        spans.push(
          bar,
          index === at ? span(arrowText(row, lane, glyphs), isSelected ? 'selected' : role) : span(' '.repeat(lane)),
        );
      }
      spans.push(bar);
      const remark = remarkOf(row);
      if (remark !== null) {
        const left = width - cellsOfLine(spans);
        spans.push(span(cutText(`${row.shape === 'reset' ? glyphs.critical : '!'} ${remark}`, left), 'critical'));
      }
      return spans;
    }
    case 'idle':
      return between(`${glyphs.gap} ${durationText(row.durationNs)} nothing`, mark, lanes, lane, isSelected, bar);
    case 'aside':
      return between(`! ${asideText(row)}`, mark, lanes, lane, isSelected, bar, 'critical');
    case 'omitted':
      return between(`${glyphs.gap} ${omittedText(row.packets)}`, mark, lanes, lane, isSelected, bar);
    case 'gap':
      return between(`${countText(row.bytes)} bytes were not captured`, mark, lanes, lane, isSelected, bar, 'warning');
    default: {
      const never: never = row;
      return never;
    }
  }
}

/** A row that is no packet: its text across the lanes. */
function between(
  text: string,
  mark: Span,
  lanes: number,
  lane: number,
  isSelected: boolean,
  bar: Span,
  role: Role = 'dim',
): Line {
  const cells = lanes * (lane + 1) - 1;
  return [
    mark,
    span(' '.repeat(MARGIN - 1)),
    bar,
    span(inCells(` ${text}`, cells), isSelected ? 'selected' : role),
    bar,
  ];
}

/** `── GET /a HTTP/1.1 ──▶`: the label in the middle of an arrow as long as the lane. */
function arrowText({ from, to, shape, label }: MessageRow, lane: number, glyphs: Glyphs): string {
  const dash = shape === 'reset' ? glyphs.thick : shape === 'retransmission' ? glyphs.repeated : glyphs.line;
  const isRight = to > from;
  const text = label === '' ? '' : ` ${cutText(label, lane - 6)} `;
  const dashes = Math.max(0, lane - 1 - cellsOf(text));
  const leading = Math.min(2, Math.floor(dashes / 2));
  const trailing = dashes - leading;
  if (isRight) return `${dash.repeat(leading)}${text}${dash.repeat(trailing)}${glyphs.right}`;
  return `${glyphs.left}${dash.repeat(leading)}${text}${dash.repeat(trailing)}`;
}

function roleOf(row: MessageRow, { lifelines }: Ladder): Role {
  if (row.shape === 'reset' || row.shape === 'error') return 'critical';
  if (row.shape === 'retransmission') return 'warning';
  if (row.shape === 'acknowledgement') return 'dim';
  if (row.h2Stream !== null) return STREAM_ROLES[row.h2Stream % STREAM_ROLES.length] ?? 'plain';
  return lifelines[row.from]?.role === 'client' ? 'client' : 'server';
}

/** One colour per stream of HTTP/2, as far as there are some; client's are odd, so that every other is used first. */
const STREAM_ROLES: readonly Role[] = ['client', 'notice', 'server', 'good', 'plain'];

function timeText(row: MessageRow, beforeNs: number, level: LadderLevel, { data }: Context): string {
  switch (level.times) {
    case 'since-start':
      return secondsText(row.sinceStartNs);
    case 'since-before':
      return `+${durationText(row.atNs - beforeNs)}`;
    case 'of-day':
      return clockText(row.atNs, data.analysis?.originEpochNs ?? 0n, 'utc');
    default: {
      const never: never = level.times;
      return never;
    }
  }
}

/** `0.001 020`: seconds to the microsecond. */
function secondsText(ns: number): string {
  const micros = Math.round(Math.abs(ns) / 1000);
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return `${ns < 0 ? '-' : ''}${Math.floor(micros / 1_000_000)}.${fraction.slice(0, 3)} ${fraction.slice(3)}`;
}

/** Where lanes have no room: a list with arrows. */
function listLines(ladder: Ladder, level: LadderLevel, rows: number, width: number, context: Context): Line[] {
  const { glyphs } = context.theme;
  const lines: Line[] = [
    line(` ${ladder.lifelines.map(({ endpoint }) => endpoint).join(' ↔ ')}`, 'strong'),
    EMPTY_LINE,
  ];
  let beforeNs = ladder.startNs;
  for (const [index, row] of ladder.rows.slice(level.list.top, level.list.top + rows).entries()) {
    const isSelected = level.list.top + index === level.list.cursor;
    const mark = isSelected ? glyphs.cursor : ' ';
    let text: string;
    let role: Role = 'dim';
    if (row.kind === 'message') {
      const arrow = row.to > row.from ? '→' : '←';
      const remark = remarkOf(row);
      const note = remark === null ? '' : `  ! ${remark}`;
      text = `${`#${packetNumberOf(row.packet)}`.padStart(7)} ${timeText(row, beforeNs, level, context).padStart(11)} ${arrow} ${row.label}${note}`;
      role = row.note === null ? roleOf(row, ladder) : 'critical';
      beforeNs = row.atNs;
    } else if (row.kind === 'idle') text = `${' '.repeat(20)}${glyphs.gap} ${durationText(row.durationNs)} nothing`;
    else if (row.kind === 'gap') text = `${' '.repeat(20)}${countText(row.bytes)} bytes were not captured`;
    else if (row.kind === 'aside') {
      text = `${' '.repeat(20)}! ${asideText(row)}`;
      role = 'critical';
    } else text = `${' '.repeat(20)}${glyphs.gap} ${omittedText(row.packets)}`;
    lines.push([
      span(mark, 'strong'),
      span(isSelected ? inCells(text, width - 1) : text, isSelected ? 'selected' : role),
    ]);
  }
  return lines;
}

/** What the packet in hand says, and how it is unlike its sender's others. */
function detailLines(row: LadderRow | undefined, width: number, { theme }: Context): Line[] {
  if (row?.kind !== 'message') return [];
  const lines: Line[] = [];
  const wide = width <= DETAIL_CELLS;
  if (row.note !== null)
    lines.push(
      ...wrapText(`${theme.glyphs.cursor} ${row.note}`, width - 2, 2).map((text) => line(` ${text}`, 'critical')),
    );
  const packets = row.packetCount > 1 ? ` to #${packetNumberOf(row.lastPacket)}` : '';
  lines.push(
    ...wrapText(`#${packetNumberOf(row.packet)}${packets}  ${row.label}`, width - 2, 2).map((text) =>
      line(` ${text}`, 'strong'),
    ),
  );
  if (wide) {
    for (const { name, value, unlike } of row.fields) {
      lines.push([span(` ${name.padEnd(9)}`, 'dim'), span(value)]);
      if (unlike !== null) lines.push(line(`           ← ${unlike}`, 'warning'));
    }
    return lines;
  }
  let spans: Span[] = [span(' ')];
  for (const { name, value, unlike } of row.fields) {
    const added: Span[] = [span(`${name} `, 'dim'), span(value)];
    if (unlike !== null) added.push(span(` (${unlike})`, 'warning'));
    if (cellsOfLine(spans) + cellsOfLine(added) + 2 > width) {
      lines.push(spans);
      spans = [span(' ')];
    }
    spans.push(...added, span('  '));
  }
  lines.push(spans);
  return lines;
}
