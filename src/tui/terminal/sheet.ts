/**
 * The lines of a frame on their way past Ink.
 *
 * Ink makes an object of each character of a frame, and joins them again: at 160×50 that is most of
 * what a key costs. So it is given one character that stands for a whole line, and the screen puts
 * the line in its place. The characters are of the private use area, which captured text never
 * holds (text/visible).
 */

const FIRST = 0xe000;
/** Lines of a frame that there are characters for: no terminal has as many. */
const MAX_LINES = 0x1900;

/** See the head of this file. */
export class Sheet {
  private lines: string[] = [];

  /** Gives the character that stands for the line. */
  put(line: string): string {
    if (this.lines.length >= MAX_LINES) return '';
    this.lines.push(line);
    return String.fromCharCode(FIRST + this.lines.length - 1);
  }

  /** The rows of a frame, each with the line that it stands for; the sheet is empty afterwards. */
  take(frame: string): string[] {
    const { lines } = this;
    this.lines = [];
    return frame.split('\n').map((row) => lines[row.charCodeAt(0) - FIRST] ?? row);
  }
}
