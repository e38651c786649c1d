/** A packet's tree as the rows that are shown: closed fields without what they hold. */
import type { PacketTree, TreeNode } from '../../facts/packet-tree.js';
import type { PacketLevel } from './state.js';

/** A field that is shown. */
export interface FieldRow {
  readonly node: TreeNode;
  readonly depth: number;
  /** Tells it from all others of its packet. */
  readonly path: string;
  readonly isClosed: boolean;
}

/** Layers that open with the packet: what people look at is in them. */
const OPEN_AT_FIRST = new Set(['IPv4', 'IPv6', 'TCP', 'HTTP']);

/** The rows of a tree. `closed` holds what the user has turned: closed where it is open at first, and the other way round. */
export function fieldRows({ nodes }: PacketTree, turned: ReadonlySet<string>): readonly FieldRow[] {
  const rows: FieldRow[] = [];
  const add = (node: TreeNode, depth: number, path: string): void => {
    const isOpenAtFirst = depth === 0 && OPEN_AT_FIRST.has(node.label);
    const isClosed = node.children.length > 0 && isOpenAtFirst === turned.has(path);
    rows.push({ node, depth, path, isClosed });
    if (isClosed) return;
    for (const [index, child] of node.children.entries()) add(child, depth + 1, `${path}.${index}`);
  };
  for (const [index, node] of nodes.entries()) add(node, 0, String(index));
  return rows;
}

/** A packet with one field opened that was closed, or closed that was open. */
export function turnedField(level: PacketLevel, path: string): PacketLevel {
  const closed = new Set(level.closed);
  if (!closed.delete(path)) closed.add(path);
  return { ...level, closed };
}
