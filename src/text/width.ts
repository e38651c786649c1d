/**
 * How many cells of a terminal text takes, and prose broken into lines by that measure.
 *
 * Two cells for what East Asian Width (UAX #11) calls wide or fullwidth and for pictures; none for
 * marks that stand on the letter before them; one for all else, ambiguous width included, since
 * that is what terminals outside East Asian locales do. Text is expected to be visible already
 * (text/visible), so joined sequences of pictures do not occur.
 */

/** Widths end here: what may be printed without a look at any table. */
const PLAIN = /^[ -~]*$/;
/** Nonspacing and enclosing marks, format characters, and the jamo that complete a syllable. */
const NO_CELL = /^[\p{Mn}\p{Me}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7ff]$/u;
/** Hangul, Han, kana, Yi, Tangut, Khitan, fullwidth forms and the punctuation that goes with them; pictures but for flag letters, of which two make one. */
const TWO_CELLS =
  /^(?:[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|(?![\u{1f1e6}-\u{1f1ff}])\p{Emoji_Presentation})$/u;

/** What stands behind a figure and a space. */
const UNIT = String.raw`(?:[n\u00b5um]?s|min|h|d|[kKMGT]?B|%)(?![\p{L}\p{N}])`;
/** Spaces and what follows them: a word, or a figure with its unit (`1.05 s`, `27.8 %`). */
const WORDS = new RegExp(`( *)([^ ]*\\d ${UNIT}[^ ]*|[^ ]*)`, 'gu');
const BEFORE_UNIT = new RegExp(`(?<=\\d) (?=${UNIT})`, 'gu');

/** A margin leaves at least so many cells for words. */
const MIN_LINE = 8;

/** Cells of a terminal that a line of text takes. */
export function cellsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += cellsOfCharacter(character);
  return cells;
}

/** The longest beginning of `text` that fits into `cells`, marks on its last letter included. */
export function fitting(text: string, cells: number): string {
  if (PLAIN.test(text)) return text.slice(0, Math.max(0, cells));
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += cellsOfCharacter(character);
    if (used > cells) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** `text` cut to `cells`, with `…` for what is left out. */
export function cutText(text: string, cells: number): string {
  if (cellsOf(text) <= cells) return text;
  return cells < 1 ? '' : `${fitting(text, cells - 1)}…`;
}

/** Prose whose lines somebody else breaks: a no-break space keeps each figure with its unit. */
export function joinUnits(text: string): string {
  return text.replace(BEFORE_UNIT, '\u00a0');
}

/**
 * Prose as lines of at most `cells` cells, broken at spaces; each line after the first begins with
 * `indent` spaces (a hanging indent: what stands before it on the first line is in `text`, and its
 * own spaces are kept). A word longer than a line is broken where the line ends; a figure and its
 * unit stay together. At least one line.
 */
export function wrapText(text: string, cells: number, indent = 0): string[] {
  const margin = ' '.repeat(Math.max(0, Math.min(indent, cells - MIN_LINE)));
  const lines: string[] = [];
  let line = '';
  /** Something stands on the line beside its margin. */
  let hasWord = false;
  for (const [, spaces = '', word = ''] of text.matchAll(WORDS)) {
    if (word === '') break;
    const space = lines.length === 0 || hasWord ? spaces : '';
    if (cellsOf(line) + space.length + cellsOf(word) <= cells) line += space + word;
    else {
      if (hasWord) {
        lines.push(line);
        line = margin;
      } else if (line === '') line = fitting(spaces, Math.max(0, cells - MIN_LINE));
      let rest = word;
      while (cellsOf(line) + cellsOf(rest) > cells) {
        const part = fitting(rest, cells - cellsOf(line)) || firstCharacter(rest);
        lines.push(line + part);
        rest = rest.slice(part.length);
        line = margin;
      }
      line += rest;
    }
    hasWord = true;
  }
  lines.push(line);
  return lines;
}

function firstCharacter(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0x20);
}

function cellsOfCharacter(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  if (NO_CELL.test(character)) return 0;
  return TWO_CELLS.test(character) ? 2 : 1;
}
