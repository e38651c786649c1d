/** The bytes of a packet: which rows are drawn. They follow the selected field until they are moved by hand. */
import type { PacketTree } from '../../facts/packet-tree.js';
import type { TuiData } from './data.js';
import { bytePaneRows } from './geometry.js';
import { type ListMove, scrolled } from './list-viewport.js';
import { type FieldRow, fieldRows } from './packet-fields.js';
import type { PacketLevel, Size, TuiState } from './state.js';

/** Narrower than this half as many bytes stand in a row. */
const WIDE_ENOUGH = 76;

/** Bytes in a row of the hex view. */
export function bytesPerRow(columns: number): number {
  return columns < WIDE_ENOUGH ? 8 : 16;
}

/** The first row drawn: the one moved to, or where the selected field begins. */
export function byteTopOf(level: PacketLevel, tree: PacketTree, size: Size, perRow: number): number {
  const rows = Math.ceil(tree.bytes.length / perRow);
  const height = bytePaneRows(size);
  const field = selectedField(level, tree);
  const wanted = level.byteTop ?? Math.max(0, Math.floor((field?.node.start ?? 0) / perRow) - 1);
  return Math.max(0, Math.min(wanted, rows - height));
}

/** The field under the cursor. */
export function selectedField(level: PacketLevel, tree: PacketTree): FieldRow | undefined {
  return fieldRows(tree, level.closed)[level.list.cursor];
}

/** The bytes moved by hand. */
export function moveBytes(level: PacketLevel, move: ListMove, { size }: TuiState, data: TuiData): PacketLevel {
  const loaded = data.packet(level.packet);
  if (loaded?.state !== 'here') return level;
  const tree = loaded.value;
  const perRow = bytesPerRow(size.columns);
  const rows = Math.ceil(tree.bytes.length / perRow);
  return { ...level, byteTop: scrolled(byteTopOf(level, tree, size, perRow), move, rows, bytePaneRows(size)) };
}
