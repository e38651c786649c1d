import { packetNumberOf } from '../../facts/packet-reference.js';
import type { Ladder } from '../../report/ladder/ladder.js';
import { remarkOf } from '../../report/ladder/row.js';
import type { LadderLevel } from '../state/state.js';
import type { Role } from '../theme.js';
import type { Context } from './context.js';
import { roleOf, textOf, timeText } from './ladder-row.js';
import { EMPTY_LINE, inCells, type Line, line, span } from './line.js';

/** A ladder where lanes have no room: a list with arrows. */
export function listLines(ladder: Ladder, level: LadderLevel, rows: number, width: number, context: Context): Line[] {
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
    let role: Role;
    if (row.kind === 'message') {
      const arrow = row.to > row.from ? '→' : '←';
      const remark = remarkOf(row);
      const note = remark === null ? '' : `  ! ${remark}`;
      text = `${`#${packetNumberOf(row.packet)}`.padStart(7)} ${timeText(row, beforeNs, level, context).padStart(11)} ${arrow} ${row.label}${note}`;
      role = row.note === null ? roleOf(row, ladder) : 'critical';
      beforeNs = row.atNs;
    } else {
      text = `${' '.repeat(20)}${textOf(row, glyphs)}`;
      role = row.kind === 'aside' ? 'critical' : 'dim';
    }
    lines.push([
      span(mark, 'strong'),
      span(isSelected ? inCells(text, width - 1) : text, isSelected ? 'selected' : role),
    ]);
  }
  return lines;
}
