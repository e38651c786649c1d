/** One finding: the argument above, its occurrences below. */
import type { Finding } from '../../facts/finding.js';
import { packetNumberOf } from '../../facts/packet-reference.js';
import { clockCells, clockText } from '../../report/period.js';
import { endpointText } from '../../text/address.js';
import { countText, manyText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { bodyRows, occurrenceRows } from '../state/geometry.js';
import type { FindingLevel } from '../state/state.js';
import { argumentLines } from './argument.js';
import { captureOfPacket } from './capture-names.js';
import { type Column, place, rowLine } from './columns.js';
import type { Context } from './context.js';
import { EMPTY_LINE, type Line, line, selectedLine, span, withLit } from './line.js';

const COLUMNS: readonly Column[] = [
  { title: 'occurrence', align: 'left', cells: 10 },
  { title: 'stream', align: 'right', cells: 7 },
  { title: 'client', align: 'left', cells: 18, isFlexible: true, leaves: 1 },
  { title: 'time', align: 'left', cells: 13 },
  { title: 'what the last packet shows', align: 'left', cells: 24, isRest: true },
];

/** All lines of the body. */
export function findingBody(level: FindingLevel, context: Context): readonly Line[] {
  const { data, state, theme } = context;
  const finding = data.findingOf(level.finding);
  const height = bodyRows(state.size);
  if (finding === null) return [line(' This was not found any more once more had been read.', 'warning')];
  const bottom = occurrenceRows(state.size, finding.evidence.length);
  const argument = argumentLines(finding, state.size.columns, theme.glyphs);
  const room = height - bottom;
  const lines: Line[] = argument.slice(level.top, level.top + room).map((spans) => withLit(spans, level.search));
  while (lines.length < room) lines.push(EMPTY_LINE);
  const left = argument.length - level.top - room;
  return [...lines, ...occurrenceLines(finding, level, bottom, left, context)];
}

/** `F1 rst-after-request   17 occurrences   critical · certain`. */
export function findingHead(finding: Finding): Line {
  const times = finding.occurrences === 1 ? '1 occurrence' : `${countText(finding.occurrences)} occurrences`;
  return [
    span(` ${finding.id} ${finding.rule}   `, 'strong'),
    span(`${times}   `),
    span(finding.severity, finding.severity),
    span(` · ${finding.confidence}`),
  ];
}

function occurrenceLines(finding: Finding, level: FindingLevel, rows: number, left: number, context: Context): Line[] {
  const { state, theme, data, time } = context;
  const { columns } = state.size;
  const isInHand = level.pane === 'occurrences';
  const more = left > 0 ? ` ${manyText(left, 'more line')}: Space ` : '';
  const rule = theme.glyphs.rule.repeat(Math.max(0, columns - more.length - 2));
  const origin = data.analysis?.originEpochNs ?? 0n;
  const timeCells = clockCells(data.analysis?.durationNs ?? 0, origin, time);
  const shownColumns = COLUMNS.map((column) => (column.title === 'time' ? { ...column, cells: timeCells } : column));
  const placed = place(shownColumns, columns);
  const kept = finding.evidence.length;
  const shown =
    kept === finding.occurrences ? '' : `, the first ${countText(kept)} of ${countText(finding.occurrences)}`;
  const lines: Line[] = [
    [span(rule, 'dim'), span(more, 'strong'), span(left > 0 ? theme.glyphs.rule.repeat(2) : '', 'dim')],
    [span(` Occurrences${shown}`, isInHand ? 'strong' : 'dim')],
  ];
  for (const [index, occurrence] of finding.evidence.slice(level.list.top, level.list.top + rows - 2).entries()) {
    const at = level.list.top + index;
    const isSelected = at === level.list.cursor;
    const last = occurrence.packets.at(-1);
    const name = last === undefined ? '' : captureOfPacket(last.packet, data);
    const file = name === '' ? '' : `${name} `;
    const row = rowLine(
      shownColumns,
      placed,
      [
        `${at + 1} of ${countText(finding.occurrences)}`,
        countText(occurrence.stream),
        endpointText(occurrence.client),
        last === undefined ? '' : clockText(last.atNs, origin, time),
        last === undefined ? '' : `${file}#${packetNumberOf(last.packet)} ${visible(last.note)}`,
      ],
      span(isSelected ? `${theme.glyphs.cursor} ` : '  ', 'strong'),
    );
    lines.push(isSelected && isInHand ? selectedLine(row, columns) : row);
  }
  return lines;
}
