import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { Screen } from '../../../src/tui/terminal/screen.js';

/** A screen on a real terminal emulator, and how much it was sent. */
function terminal(columns: number, rows: number) {
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 100 });
  let sent = '';
  const size = { columns, rows };
  const screen = new Screen({
    write: (text) => {
      sent += text;
    },
    get columns() {
      return size.columns;
    },
    get rows() {
      return size.rows;
    },
  });
  /** What the emulator shows once it has taken in what was sent. */
  const shown = async (): Promise<string[]> => {
    const text = sent;
    sent = '';
    await new Promise<void>((resolve) => emulator.write(text, resolve));
    const { active } = emulator.buffer;
    return Array.from(
      { length: size.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    );
  };
  const resize = (to: { columns: number; rows: number }) => {
    Object.assign(size, to);
    emulator.resize(to.columns, to.rows);
    screen.resized();
  };
  return { emulator, screen, shown, resize, pending: () => sent };
}

describe('the screen', () => {
  it('draws each line of a frame in its row, the last one too, and scrolls nothing', async () => {
    const { screen, shown, emulator } = terminal(10, 4);
    screen.write('one\ntwo\nthree\nfour');
    expect(await shown()).toEqual(['one', 'two', 'three', 'four']);
    screen.write('one\n2\nthree\n0123456789');
    expect(await shown()).toEqual(['one', '2', 'three', '0123456789']);
    expect(emulator.buffer.active.baseY).toBe(0);
  });

  it('sends only the lines that changed', () => {
    const { screen, pending } = terminal(40, 20);
    const frame = (word: string) =>
      Array.from({ length: 20 }, (_, row) => (row === 7 ? word : `row ${row}`)).join('\n');
    screen.write(frame('a'));
    const before = pending().length;
    screen.write(frame('b'));
    const change = pending().slice(before);
    expect(change).toContain('\x1b[8;1Hb');
    expect(change).not.toContain('row');
    screen.write(frame('b'));
    expect(pending().length).toBe(before + change.length);
  });

  it('keeps the last column where a line is full, of wide characters too', async () => {
    const { screen, shown } = terminal(10, 2);
    screen.write('0123456789\n日本語日本');
    expect(await shown()).toEqual(['0123456789', '日本語日本']);
  });

  it('takes away what a longer line left behind, colours and all', async () => {
    const { screen, shown, emulator } = terminal(10, 1);
    screen.write('\x1b[7mselected  \x1b[0m');
    await shown();
    screen.write('ok');
    expect(await shown()).toEqual(['ok']);
    expect(emulator.buffer.active.getLine(0)?.getCell(5)?.isInverse()).toBe(0);
  });

  it('draws all of it again when the size changes, down and up', async () => {
    const { screen, shown, resize } = terminal(20, 5);
    const frame = (rows: number) => Array.from({ length: rows }, (_, row) => `row ${row}`).join('\n');
    screen.write(frame(5));
    await shown();
    resize({ columns: 12, rows: 3 });
    screen.write(frame(3));
    expect(await shown()).toEqual(['row 0', 'row 1', 'row 2']);
    resize({ columns: 30, rows: 6 });
    screen.write(frame(6));
    expect(await shown()).toEqual(['row 0', 'row 1', 'row 2', 'row 3', 'row 4', 'row 5']);
  });

  it('puts the cursor where text is typed, and hides it else', async () => {
    const { screen, shown, emulator } = terminal(20, 3);
    screen.cursor = { row: 2, column: 4 };
    screen.write('a\nb\n / x');
    await shown();
    expect([emulator.buffer.active.cursorY, emulator.buffer.active.cursorX]).toEqual([2, 4]);
    screen.cursor = null;
    screen.write('a\nb\nc');
    expect(await shown()).toEqual(['a', 'b', 'c']);
  });

  it('draws nothing while the terminal is not its own, and all of it afterwards', async () => {
    const { screen, shown, pending } = terminal(20, 2);
    screen.write('a\nb');
    await shown();
    screen.pause();
    screen.write('c\nd');
    expect(pending()).toBe('');
    screen.resume();
    expect(await shown()).toEqual(['c', 'd']);
  });
});
