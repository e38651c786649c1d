import type { TreeNode } from '../../facts/packet-tree.js';

/** A node that holds no others. */
export function leaf(label: string, value: string, start: number, end: number): TreeNode {
  return { label, value, start, end, children: [] };
}
