import { packetNumberOf } from '../../facts/packet-reference.js';
import type { LadderRow } from '../../report/ladder/row.js';
import { wrapText } from '../../text/width.js';
import { isWide } from '../state/geometry.js';
import { captureOfPacket } from './capture-names.js';
import type { Context } from './context.js';
import { cellsOfLine, type Line, line, type Span, span } from './line.js';

/** Cells of the details beside a ladder: what a wide terminal leaves to the lifelines would be blank. */
export function detailCells(columns: number): number {
  return Math.max(38, Math.min(72, Math.floor(columns / 3) - 12));
}

/** Where a field's value begins, behind its name. */
const VALUE_AT = 10;

/** What the packet in hand says, and how it is unlike its sender's others. */
export function detailLines(row: LadderRow | undefined, width: number, { theme, data, state }: Context): Line[] {
  if (row?.kind !== 'message') return [];
  const lines: Line[] = [];
  const wide = isWide(state.size);
  if (row.note !== null)
    lines.push(
      ...wrapText(`${theme.glyphs.cursor} ${row.note}`, width - 2, 2).map((text) => line(` ${text}`, 'critical')),
    );
  const packets = row.packetCount > 1 ? ` to #${packetNumberOf(row.lastPacket)}` : '';
  const file = captureOfPacket(row.packet, data);
  const where = file === '' ? '' : ` of ${file}`;
  lines.push(
    ...wrapText(`#${packetNumberOf(row.packet)}${packets}${where}  ${row.label}`, width - 2, 2).map((text) =>
      line(` ${text}`, 'strong'),
    ),
  );
  if (wide) {
    for (const { name, value, unlike } of row.fields) {
      lines.push([span(` ${name.padEnd(VALUE_AT - 1)}`, 'dim'), span(value)]);
      if (unlike !== null)
        lines.push(
          ...wrapText(`← ${unlike}`, width - VALUE_AT, 2).map((text) => line(' '.repeat(VALUE_AT) + text, 'warning')),
        );
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
