/**
 * The terminal in hand: raw keys in, the alternate screen out, and back to how it was found on every
 * way out.
 */
import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { Keyboard, type KeyEvent } from './keyboard.js';
import { Screen } from './screen.js';

/** Alternate screen, hidden cursor, bracketed paste; and the same backwards. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[2J\x1b[H';
const LEAVE = '\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l';

/** A sequence's bytes come together; over a slow line within this. */
const ESCAPE_WAIT_MS = 40;

/** See the head of this file. */
export class Terminal {
  readonly screen: Screen;
  private readonly keyboard = new Keyboard();
  private isEntered = false;
  private settling: NodeJS.Timeout | null = null;

  constructor(
    private readonly input: ReadStream,
    private readonly output: WriteStream,
    /** The output's file descriptor. */
    private readonly descriptor: number,
    private readonly onKey: (event: KeyEvent) => void,
  ) {
    this.screen = new Screen({
      write: (text) => this.write(text),
      get columns() {
        return output.columns || 80;
      },
      get rows() {
        return output.rows || 24;
      },
    });
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.screen.columns, rows: this.screen.rows };
  }

  /** Takes the terminal. */
  enter(): void {
    if (this.isEntered) return;
    this.isEntered = true;
    this.input.setRawMode(true);
    this.input.on('data', this.take);
    this.input.resume();
    this.output.on('resize', this.resized);
    process.on('SIGWINCH', this.measure);
    this.measure();
    this.write(ENTER);
  }

  /** Gives it back as it was; may be called at any time, any number of times. */
  leave(): void {
    if (!this.isEntered) return;
    this.isEntered = false;
    if (this.settling !== null) clearTimeout(this.settling);
    this.input.off('data', this.take);
    this.output.off('resize', this.resized);
    process.off('SIGWINCH', this.measure);
    try {
      this.input.setRawMode(false);
      this.input.pause();
    } catch {
      // The terminal is gone.
    }
    this.write(LEAVE);
  }

  /** Puts text into the terminal's clipboard (OSC 52); whether it takes it nobody can tell. */
  copy(text: string): void {
    this.write(`\x1b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\x07`);
  }

  /** Something to the terminal at once, past any queue. */
  write(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    for (let written = 0; written < bytes.length; ) {
      try {
        written += writeSync(this.descriptor, bytes, written);
      } catch (thrown) {
        const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
        // Nobody is there to see it.
        if (code !== 'EAGAIN') return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      }
    }
  }

  private readonly take = (bytes: Uint8Array): void => {
    if (this.settling !== null) clearTimeout(this.settling);
    this.settling = null;
    this.tell(this.keyboard.take(bytes));
    if (this.keyboard.isHolding) this.settling = setTimeout(() => this.tell(this.keyboard.settle()), ESCAPE_WAIT_MS);
  };

  private tell(events: readonly KeyEvent[]): void {
    for (const event of events) this.onKey(event);
  }

  private readonly resized = (): void => this.screen.resized();

  /**
   * Asks how large the terminal is. Node does so for standard output alone and only when it is told of a
   * change, which nobody tells to a program that is stopped.
   */
  private readonly measure = (): void => {
    const { output } = this;
    if ('_refreshSize' in output && typeof output._refreshSize === 'function') output._refreshSize();
  };
}
