/** Paragraphs in lines: one that begins in capitals is a heading, leading spaces are an indent that hangs. */
import { visible } from '../../text/visible.js';
import { wrapText } from '../../text/width.js';
import { EMPTY_LINE, type Line, line } from './line.js';

/** Lines of at most `width` cells. */
export function proseLines(paragraphs: readonly string[], width: number): readonly Line[] {
  return paragraphs.flatMap((paragraph) => {
    if (paragraph === '') return [EMPTY_LINE];
    const indent = paragraph.length - paragraph.trimStart().length;
    const role = /^[A-Z][A-Z ]+$/.test(paragraph) ? 'strong' : 'plain';
    return wrapText(` ${visible(paragraph)}`, width - 1, indent + 1 + (indent > 0 ? 2 : 0)).map((text) =>
      line(text, role),
    );
  });
}
