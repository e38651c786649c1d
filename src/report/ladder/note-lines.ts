import { cellsOf, cutText, wrapText } from '../../text/width.js';

/** Lines of a note in a drawing: what is longer is cut. */
const NOTE_LINES = 3;

/** A note as the fewest lines of at most `cells` cells, of like length: none with a word left over. */
export function noteLines(note: string, cells: number): string[] {
  const fewest = wrapText(note, cells);
  if (fewest.length > NOTE_LINES)
    return [...fewest.slice(0, NOTE_LINES - 1), cutText(fewest.slice(NOTE_LINES - 1).join(' '), cells)];
  for (let even = Math.ceil(cellsOf(note) / fewest.length); even < cells; even += 1) {
    const lines = wrapText(note, even);
    if (lines.length === fewest.length) return lines;
  }
  return fewest;
}
