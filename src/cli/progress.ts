/**
 * One line on the terminal while a capture is read, redrawn in place and erased before any result;
 * where standard error is no terminal, a line each ten seconds, and only with `--verbose`.
 */
import { remainingText } from '../text/duration.js';
import { byteText, countText } from '../text/size.js';
import { visible } from '../text/visible.js';
import type { Surroundings } from './surroundings.js';

/** What is done sooner needs no word. */
export const FIRST_AFTER_MS = 500;
/** Ten times a second: as fast as anyone reads. */
export const REDRAW_MS = 100;
/** Lines in a log: often enough to see that it lives. */
export const LOG_EVERY_MS = 10_000;
/** The terminal's first column, and erase to the end of the line (ECMA-48 EL). */
const ERASE = '\r\x1b[K';

/** How far the reading is: the pipeline's progress. */
export interface ReadProgress {
  readonly file: string;
  readonly bytesRead: number;
  readonly size: number | null;
  readonly packets: number;
  /** It is read a second time, from its beginning. */
  readonly isAgain: boolean;
}

/** Shows nothing, a line in place, or a line now and then. */
export class ProgressLine {
  /** How much had been read when, at first: what comes before is the start of the program. */
  private first: { readonly atMs: number; readonly bytesRead: number; readonly isAgain: boolean } | null = null;
  private readonly inPlace: boolean;
  private nextMs: number;
  private isDrawn = false;

  /** @param inPlace nothing else writes to the terminal while it is read */
  constructor(
    private readonly surroundings: Surroundings,
    private readonly flags: { readonly quiet: boolean; readonly verbose: boolean },
    inPlace: boolean,
  ) {
    this.inPlace = inPlace && surroundings.stderr.isTTY && surroundings.env.TERM !== 'dumb';
    this.nextMs = surroundings.now() + (this.inPlace ? FIRST_AFTER_MS : LOG_EVERY_MS);
  }

  update(progress: ReadProgress): void {
    const { quiet, verbose } = this.flags;
    if (quiet || !(this.inPlace || verbose)) return;
    const now = this.surroundings.now();
    if (this.first?.isAgain !== progress.isAgain) this.first = { ...progress, atMs: now };
    if (now < this.nextMs) return;
    this.nextMs = now + (this.inPlace ? REDRAW_MS : LOG_EVERY_MS);
    const { atMs, bytesRead } = this.first;
    const text = progressText(progress, now > atMs ? (progress.bytesRead - bytesRead) / (now - atMs) : 0);
    const { stderr } = this.surroundings;
    if (!this.inPlace) {
      stderr.write(`pcapdx: ${text}\n`);
      return;
    }
    this.isDrawn = true;
    // A full last column would wrap, and the next erase would miss the line above.
    stderr.write(`${ERASE}${text.slice(0, Math.max(0, (stderr.columns ?? 80) - 1))}`);
  }

  erase(): void {
    if (!this.isDrawn) return;
    this.isDrawn = false;
    this.surroundings.stderr.write(ERASE);
  }
}

/** `front.pcapng  38 %  412 MB of 1.1 GB  9,800,000 packets  310 MB/s  2 s left`. */
export function progressText({ file, bytesRead, size, packets, isAgain }: ReadProgress, bytesPerMs: number): string {
  const parts = [file === '-' ? 'stdin' : visible(file)];
  if (isAgain) parts.push('once more, as a TLS record is damaged');
  if (size !== null && size > 0) {
    parts.push(`${Math.floor((100 * bytesRead) / size)} %`, `${byteText(bytesRead)} of ${byteText(size)}`);
  } else parts.push(byteText(bytesRead));
  parts.push(`${countText(packets)} packets`);
  if (bytesPerMs > 0) {
    parts.push(`${byteText(bytesPerMs * 1000)}/s`);
    if (size !== null && size > bytesRead) parts.push(`${remainingText((size - bytesRead) / bytesPerMs / 1000)} left`);
  }
  return parts.join('  ');
}
