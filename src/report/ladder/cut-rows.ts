import type { LadderRow } from './row.js';

/** Rows kept on either side of each marked one. */
const CONTEXT = 4;

/** Marked rows with what is around them, and the beginning, where all would be too many. */
export function cutRows(rows: readonly LadderRow[], most: number): readonly LadderRow[] {
  const arrows = rows.filter((row) => row.kind === 'message').length;
  if (arrows <= most) return rows;
  const kept = new Set<number>();
  const keep = (index: number) => {
    if (index >= 0 && index < rows.length && kept.size < most) kept.add(index);
  };
  rows.forEach((row, index) => {
    if (row.kind === 'aside' || (row.kind === 'message' && row.note !== null)) keep(index);
  });
  const marked = [...kept];
  for (let near = 1; near <= CONTEXT; near += 1) {
    for (const index of marked) {
      keep(index - near);
      keep(index + near);
    }
  }
  for (let index = 0; index < rows.length && kept.size < most; index += 1) keep(index);
  const alone: number[] = [];
  // A row in the place of one row says less than that one.
  rows.forEach((row, index) => {
    const isAlone =
      !kept.has(index) && (index === 0 || kept.has(index - 1)) && (index + 1 === rows.length || kept.has(index + 1));
    if (isAlone && row.kind !== 'omitted') alone.push(index);
  });
  for (const index of alone) kept.add(index);
  const shown: LadderRow[] = [];
  let omitted = 0;
  const tell = () => {
    if (omitted > 0) shown.push({ kind: 'omitted', packets: omitted });
    omitted = 0;
  };
  rows.forEach((row, index) => {
    if (!kept.has(index)) {
      if (row.kind === 'message') omitted += row.packetCount;
      else if (row.kind === 'omitted') omitted += row.packets;
      return;
    }
    tell();
    shown.push(row);
  });
  tell();
  return shown;
}
