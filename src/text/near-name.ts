/** "Did you mean …?": the nearest of some names to a mistyped word. */

/** Longer words are not mistyped names; comparing costs the product of both lengths. */
export const MAX_NAME_LENGTH = 64;
/** A third of the letters may be wrong, and no more than three: beyond that a guess annoys. */
export const MAX_DISTANCE = 3;

/** The name nearest to `word`, the first of equals, in any case; `null` when none is near. */
export function nearestName(word: string, names: readonly string[]): string | null {
  if (word.length === 0 || word.length > MAX_NAME_LENGTH) return null;
  const wanted = word.toLowerCase();
  let nearest: string | null = null;
  let distance = Math.min(MAX_DISTANCE, Math.max(1, Math.floor(word.length / 3))) + 1;
  for (const name of names) {
    if (name.length > MAX_NAME_LENGTH || Math.abs(name.length - word.length) >= distance) continue;
    const found = editDistance(wanted, name.toLowerCase());
    if (found < distance && found < name.length) {
      distance = found;
      nearest = name;
    }
  }
  return nearest;
}

/** Letters to insert, delete, replace or swap with their neighbour (each place once) to turn `from` into `to`. */
export function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      let best = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwap) best = Math.min(best, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}
