import { describe, expect, it } from 'vitest';
import { Keyboard, type KeyEvent } from '../../../src/tui/terminal/keyboard.js';

function keysOf(text: string, settle = true): KeyEvent[] {
  const keyboard = new Keyboard();
  const events = keyboard.take(Buffer.from(text));
  return settle ? [...events, ...keyboard.settle()] : events;
}

/** The same, a byte at a time. */
function keysByByte(text: string): KeyEvent[] {
  const keyboard = new Keyboard();
  const events = [...Buffer.from(text)].flatMap((byte) => keyboard.take(Uint8Array.of(byte)));
  return [...events, ...keyboard.settle()];
}

const key = (name: string): KeyEvent => ({ kind: 'key', key: name });

describe('keys', () => {
  it.each([
    ['j', ['j']],
    ['G', ['G']],
    ['\r', ['enter']],
    [' ', ['space']],
    ['\t\x1b[Z', ['tab', 'shift-tab']],
    ['\x7f\b', ['backspace', 'backspace']],
    ['\x03\x04\x1a', ['ctrl-c', 'ctrl-d', 'ctrl-z']],
    ['\x1b[A\x1bOB\x1b[C\x1b[D', ['up', 'down', 'right', 'left']],
    ['\x1b[5~\x1b[6~\x1b[H\x1b[4~', ['page-up', 'page-down', 'home', 'end']],
    ['\x1b[1;5A', ['up']],
    ['\x1b', ['escape']],
    ['\x1bq', ['escape', 'q']],
    ['ㅓ한é😀', ['ㅓ', '한', 'é', '😀']],
  ])('%j', (text, names) => {
    expect(keysOf(text)).toEqual(names.map(key));
    expect(keysByByte(text)).toEqual(names.map(key));
  });

  it('hold a lone ESC until nothing follows', () => {
    const keyboard = new Keyboard();
    expect(keyboard.take(Buffer.from('\x1b'))).toEqual([]);
    expect(keyboard.isHolding).toBe(true);
    expect(keyboard.take(Buffer.from('[A'))).toEqual([key('up')]);
    expect(keyboard.isHolding).toBe(false);
    keyboard.take(Buffer.from('\x1b'));
    expect(keyboard.settle()).toEqual([key('escape')]);
  });

  it('that nobody knows are none', () => {
    expect(keysOf('\x1b[99~\x1b[<0;1;2Mj')).toEqual([key('j')]);
  });
});

describe('a paste', () => {
  it('is one event, escapes and line ends included', () => {
    const pasted = 'tcp.stream eq 3\n\x1b[31mx';
    for (const events of [keysOf(`\x1b[200~${pasted}\x1b[201~j`), keysByByte(`\x1b[200~${pasted}\x1b[201~j`)]) {
      expect(events).toEqual([{ kind: 'paste', text: pasted }, key('j')]);
    }
  });

  it('is bounded', () => {
    const [event] = keysOf(`\x1b[200~${'x'.repeat(200_000)}\x1b[201~`);
    expect(event?.kind === 'paste' && event.text.length).toBe(65_536);
  });
});

describe('the cursor report', () => {
  it('is told from keys', () => {
    expect(keysOf('\x1b[1;2R')).toEqual([{ kind: 'cursor', row: 1, column: 2 }]);
  });
});
