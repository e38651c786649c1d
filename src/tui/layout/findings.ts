/** Findings as a table. */
import type { Finding } from '../../facts/finding.js';
import { periodText } from '../../report/period.js';
import { endpointText } from '../../text/address.js';
import { countText, percentText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { cellsOf } from '../../text/width.js';
import { bodyRows } from '../state/geometry.js';
import { findingRows } from '../state/rows.js';
import type { FindingsLevel } from '../state/state.js';
import { type Column, place, rowLine, titleLine } from './columns.js';
import type { Context } from './context.js';
import { type Line, line, panned, selectedLine, span } from './line.js';

const COLUMNS: readonly Column[] = [
  { title: 'severity', align: 'left', cells: 10, isMostFirst: true },
  { title: 'id', align: 'left', cells: 4 },
  { title: 'rule', align: 'left', cells: 20 },
  { title: 'server', align: 'left', cells: 18, isFlexible: true },
  { title: 'times', align: 'right', cells: 6, isMostFirst: true },
  { title: 'share', align: 'right', cells: 6, leaves: 1 },
  { title: 'first', align: 'left', cells: 6, leaves: 3 },
  { title: 'last', align: 'left', cells: 5, leaves: 0 },
  { title: 'confidence', align: 'left', cells: 10, leaves: 2, isMostFirst: true },
];

/** All lines of the body. */
export function findingsLines(level: FindingsLevel, context: Context): readonly Line[] {
  const { data, state, theme, time } = context;
  const { columns } = state.size;
  const rows = findingRows(level, data, state.marks);
  const height = bodyRows(state.size) - 1;
  const origin = data.analysis?.originEpochNs ?? 0n;
  const connections = data.analysis?.connections ?? 0;
  const at = (ns: number) => periodText(ns, ns, origin, time);
  // A date stands with a time of day that is not of the first day.
  const shown: Readonly<Record<string, (finding: Finding) => string>> = {
    rule: ({ rule }) => rule,
    first: ({ firstSeenNs }) => at(firstSeenNs),
    last: ({ lastSeenNs }) => at(lastSeenNs),
  };
  const fitted = COLUMNS.map((column) => {
    const textOf = shown[column.title];
    if (textOf === undefined) return column;
    return { ...column, cells: Math.max(column.cells, ...rows.map((finding) => cellsOf(textOf(finding)))) };
  });
  const placed = place(fitted, columns);
  const lines: Line[] = [titleLine(fitted, placed, level, theme.glyphs)];
  for (const [index, finding] of rows.slice(level.list.top, level.list.top + height).entries()) {
    const isSelected = level.list.top + index === level.list.cursor;
    const isMarked = state.marks.has(finding.id);
    const { severity } = finding;
    const mark = span(`${isSelected ? theme.glyphs.cursor : ' '}${isMarked ? theme.glyphs.marked : ' '}`, 'strong');
    const row = rowLine(
      fitted,
      placed,
      [
        [`${theme.glyphs[severity]} ${severity}`, severity],
        finding.id,
        finding.rule,
        `${endpointText(finding.subject)}${finding.subject.name === null ? '' : ` ${visible(finding.subject.name)}`}`,
        countText(finding.occurrences),
        percentText(Math.min(finding.occurrences, connections), connections),
        at(finding.firstSeenNs),
        at(finding.lastSeenNs),
        finding.confidence,
      ],
      mark,
    );
    const moved = panned(row, level.pan);
    lines.push(isSelected ? selectedLine(moved, columns) : moved);
  }
  if (rows.length === 0)
    lines.push(line(data.findings.length === 0 ? '  nothing found' : '  no finding matches; Esc shows all', 'dim'));
  return lines;
}
