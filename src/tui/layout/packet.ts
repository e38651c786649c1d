/** One packet: its fields as a tree, its bytes below or beside, those of the field in hand lit. */
import type { PacketTree } from '../../facts/packet-tree.js';
import type { Field } from '../../report/ladder/fields.js';
import { ladderOf } from '../../report/ladder/ladder.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { bytesPerRow, byteTopOf } from '../state/byte-pane.js';
import { bodyRows, bytePaneRows, fieldPaneRows, isWide } from '../state/geometry.js';
import { type FieldRow, fieldRows } from '../state/packet-fields.js';
import type { PacketLevel } from '../state/state.js';
import type { Context } from './context.js';
import { cellsOfLine, EMPTY_LINE, fitLine, type Line, line, type Span, selectedLine, span } from './line.js';

/** All lines of the body. */
export function packetLines(level: PacketLevel, context: Context): readonly Line[] {
  const { data, state, theme } = context;
  const loaded = data.packet(level.packet);
  if (loaded?.state === 'failed') return [line(` ${loaded.reason}`, 'critical')];
  if (loaded?.state !== 'here') return [line(' reading it again', 'dim')];
  const tree = loaded.value;
  const { columns } = state.size;
  const perRow = bytesPerRow(columns);
  const fields = treeLines(level, tree, context);
  const bytes = byteLines(level, tree, perRow, context);
  if (isWide(state.size)) {
    const left = columns - byteCells(perRow) - 2;
    return Array.from({ length: bodyRows(state.size) }, (_, row): Line => {
      const fitted = fitLine(fields[row] ?? EMPTY_LINE, left);
      const pad = span(' '.repeat(left - cellsOfLine(fitted)));
      return [...fitted, pad, span(theme.glyphs.lifeline, 'dim'), ...(bytes[row] ?? EMPTY_LINE)];
    });
  }
  const top = fields.slice(0, fieldPaneRows(state.size));
  while (top.length < fieldPaneRows(state.size)) top.push(EMPTY_LINE);
  const isCut = tree.bytes.length < tree.originalLength;
  const cut = isCut ? ` ${countText(tree.bytes.length)} of ${countText(tree.originalLength)} bytes captured ` : '';
  const hidden = tree.hidden.length > 0 && !state.isRevealing ? ' ·· hidden: w shows ' : '';
  const note = `${cut}${hidden}`;
  const rule = theme.glyphs.rule.repeat(Math.max(0, columns - note.length - 2));
  return [...top, [span(rule, 'dim'), span(note, 'warning'), span(theme.glyphs.rule.repeat(2), 'dim')], ...bytes];
}

function treeLines(level: PacketLevel, tree: PacketTree, context: Context): Line[] {
  const { state, theme } = context;
  const { glyphs } = theme;
  const height = fieldPaneRows(state.size);
  const unlike = unlikeFields(level, context);
  const width = isWide(state.size)
    ? state.size.columns - byteCells(bytesPerRow(state.size.columns)) - 2
    : state.size.columns;
  return fieldRows(tree, level.closed)
    .slice(level.list.top, level.list.top + height)
    .map((row, index) => {
      const isSelected = level.list.top + index === level.list.cursor;
      const isInHand = isSelected && level.pane === 'fields';
      const spans = fieldLine(row, isInHand, unlike, state.isRevealing, glyphs);
      return isInHand ? selectedLine(spans, width) : spans;
    });
}

function fieldLine(
  { node, depth, isClosed }: FieldRow,
  isSelected: boolean,
  unlike: ReadonlyMap<string, string>,
  isRevealing: boolean,
  glyphs: Context['theme']['glyphs'],
): Line {
  const sign = node.children.length === 0 ? ' ' : isClosed ? glyphs.closed : glyphs.opened;
  const value = isRevealing ? visible(node.revealed ?? node.value) : node.value;
  const spans: Span[] = [
    span(isSelected ? glyphs.cursor : ' ', 'strong'),
    span(`${'  '.repeat(depth)}${sign} `),
    span(depth === 0 ? node.label.padEnd(12) : `${node.label}: `, depth === 0 ? 'strong' : 'dim'),
    span(depth === 0 ? ` ${value}` : value),
  ];
  const others = depth === 1 ? unlike.get(node.label) : undefined;
  if (others !== undefined) spans.push(span(`  ← ${others}`, 'warning'));
  return spans;
}

/** Fields that are unlike those of the sender's other packets, by name. */
function unlikeFields({ packet, stream }: PacketLevel, { data }: Context): ReadonlyMap<string, string> {
  const loaded = data.conversation(stream);
  if (loaded?.state !== 'here') return NONE;
  const detail = loaded.value;
  const only = detail.packets.filter((each) => each.packet === packet);
  const [row] = ladderOf({ ...detail, packets: only }, { reveal: false, all: true }).rows.filter(
    (each) => each.kind === 'message',
  );
  const fields: readonly Field[] = row?.fields ?? [];
  return new Map(fields.flatMap(({ name, unlike }) => (unlike === null ? [] : [[name, unlike] as const])));
}

const NONE: ReadonlyMap<string, string> = new Map();

/** `0000  45 00 …  E.`: offset, bytes in groups of eight, text. */
function byteCells(perRow: number): number {
  return 1 + 6 + perRow * 3 + (perRow > 8 ? 1 : 0) + 1 + perRow + 1;
}

/** The bytes in hex and as text. */
function byteLines(level: PacketLevel, tree: PacketTree, perRow: number, { state, theme }: Context): Line[] {
  const { bytes, hidden } = tree;
  const height = bytePaneRows(state.size);
  const top = byteTopOf(level, tree, state.size, perRow);
  const field = fieldRows(tree, level.closed)[level.list.cursor]?.node;
  const isHidden = (at: number) => !state.isRevealing && hidden.some(({ start, end }) => at >= start && at < end);
  const lines: Line[] = [];
  for (let row = top; row < Math.min(top + height, Math.ceil(bytes.length / perRow)); row += 1) {
    const spans = new SpanWriter();
    const text = new SpanWriter();
    const mark = row === top && level.pane === 'bytes' ? theme.glyphs.cursor : ' ';
    spans.add(`${mark}${(row * perRow).toString(16).padStart(4, '0')}  `, 'dim');
    for (let column = 0; column < perRow; column += 1) {
      const at = row * perRow + column;
      const gap = column === 7 && perRow > 8 ? '  ' : ' ';
      const byte = bytes[at];
      if (byte === undefined) {
        spans.add(`  ${gap}`, 'plain');
        continue;
      }
      const isLit = field !== undefined && at >= field.start && at < field.end;
      const isLitNext = field !== undefined && at + 1 < field.end && column < perRow - 1;
      const shown = isHidden(at) ? '··' : byte.toString(16).padStart(2, '0');
      spans.add(shown, isLit ? 'lit' : isHidden(at) ? 'dim' : 'plain');
      spans.add(gap, isLit && isLitNext ? 'lit' : 'plain');
      const character = byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
      text.add(isHidden(at) ? '·' : character, isLit ? 'lit' : 'dim');
    }
    spans.add(' ', 'plain');
    lines.push([...spans.spans, ...text.spans]);
  }
  return lines;
}

/** Puts neighbours of one role together. */
class SpanWriter {
  readonly spans: Span[] = [];

  add(text: string, role: Span['role']): void {
    const last = this.spans.at(-1);
    if (last?.role === role) this.spans[this.spans.length - 1] = { text: last.text + text, role };
    else this.spans.push({ text, role });
  }
}
