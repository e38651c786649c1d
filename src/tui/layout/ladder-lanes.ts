/** A ladder with its rows between lifelines. */
import { packetNumberOf } from '../../facts/packet-reference.js';
import type { Ladder, Lifeline } from '../../report/ladder/ladder.js';
import { type LadderRow, type MessageRow, remarkOf } from '../../report/ladder/row.js';
import { cellsOf, cutText } from '../../text/width.js';
import type { LadderLevel } from '../state/state.js';
import type { Glyphs, Role } from '../theme.js';
import type { Context } from './context.js';
import { roleOf, textOf, timeText } from './ladder-row.js';
import { cellsOfLine, inCells, type Line, type Span, span } from './line.js';

const NUMBER_CELLS = 8;
const TIME_CELLS = 12;
/** Mark, number, time, and the spaces behind them. */
const MARGIN = 1 + NUMBER_CELLS + 1 + TIME_CELLS + 1;
const MIN_LANE = 18;
const MAX_LANE = 56;
/** Cells left for remarks behind the last lifeline, where a row has one. */
const MIN_NOTE = 14;
/** A lane as wide as this holds most labels; what is beyond it goes to the remarks first. */
const LABEL_LANE = 34;
const MAX_NOTE = 48;

/** Where rows are drawn. */
interface Lanes {
  readonly ladder: Ladder;
  readonly level: LadderLevel;
  readonly context: Context;
  /** Cells between two lifelines, and how many such lanes there are. */
  readonly lane: number;
  readonly count: number;
  /** Cells of a row. */
  readonly width: number;
}

/** Colours of what stands in place of packets. */
const ROLES: Readonly<Record<Exclude<LadderRow['kind'], 'message'>, Role>> = {
  idle: 'dim',
  omitted: 'dim',
  aside: 'critical',
  gap: 'warning',
};

/** The heads of the lifelines, and the rows between them that the list shows. */
export function laneLines(ladder: Ladder, level: LadderLevel, rows: number, width: number, context: Context): Line[] {
  const count = ladder.lifelines.length - 1;
  const room = width - MARGIN - 1;
  const beside = Math.max(MIN_NOTE, Math.min(MAX_NOTE, room - count * (LABEL_LANE + 1)));
  const notes = ladder.rows.some((row) => row.kind === 'message' && row.note !== null) ? beside : 0;
  const lane = Math.max(MIN_LANE, Math.min(MAX_LANE, Math.floor((room - notes) / count) - 1));
  const lanes: Lanes = { ladder, level, context, lane, count, width };
  const before = ladder.rows[level.list.top - 1];
  let beforeNs = before?.kind === 'message' ? before.atNs : ladder.startNs;
  const lines: Line[] = [...headLines(ladder.lifelines, lane, width, context)];
  for (const [index, row] of ladder.rows.slice(level.list.top, level.list.top + rows).entries()) {
    const isSelected = level.list.top + index === level.list.cursor;
    if (row.kind === 'message') {
      lines.push(messageLine(row, isSelected, beforeNs, lanes));
      beforeNs = row.atNs;
    } else lines.push(acrossLine(textOf(row, context.theme.glyphs), ROLES[row.kind], isSelected, lanes));
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

/** One message, with what is remarkable about it behind its arrow. */
function messageLine(
  row: MessageRow,
  isSelected: boolean,
  beforeNs: number,
  { ladder, level, context, lane, count, width }: Lanes,
): Line {
  const { glyphs } = context.theme;
  const bar = span(glyphs.lifeline, 'dim');
  const spans: Span[] = [
    markOf(isSelected, glyphs),
    span(`#${packetNumberOf(row.packet)}`.padStart(NUMBER_CELLS), row.note !== null ? 'strong' : 'plain'),
    span(' '),
    span(timeText(row, beforeNs, level, context).padStart(TIME_CELLS), 'dim'),
    span(' '),
  ];
  const at = Math.min(row.from, row.to);
  const arrow = span(arrowText(row, lane, glyphs), isSelected ? 'selected' : roleOf(row, ladder));
  for (let index = 0; index < count; index += 1) spans.push(bar, index === at ? arrow : span(' '.repeat(lane)));
  spans.push(bar);
  const remark = remarkOf(row);
  if (remark !== null) {
    const left = width - cellsOfLine(spans);
    spans.push(span(cutText(`${row.shape === 'reset' ? glyphs.critical : '!'} ${remark}`, left), 'critical'));
  }
  return spans;
}

/** A row that is no packet: its text across the lanes. */
function acrossLine(text: string, role: Role, isSelected: boolean, { context, lane, count }: Lanes): Line {
  const { glyphs } = context.theme;
  const bar = span(glyphs.lifeline, 'dim');
  return [
    markOf(isSelected, glyphs),
    span(' '.repeat(MARGIN - 1)),
    bar,
    span(inCells(` ${text}`, count * (lane + 1) - 1), isSelected ? 'selected' : role),
    bar,
  ];
}

function markOf(isSelected: boolean, glyphs: Glyphs): Span {
  return span(isSelected ? glyphs.cursor : ' ', 'strong');
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
