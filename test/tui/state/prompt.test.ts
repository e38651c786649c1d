import { describe, expect, it } from 'vitest';
import { cursorCells, edited, type PromptState, promptOf, remembered } from '../../../src/tui/state/prompt.js';

/** Keys pressed one after the other; a word in brackets is a key with a name. */
function typed(prompt: PromptState, keys: string): PromptState {
  return (keys.match(/<[^>]+>|./gu) ?? []).reduce(
    (line, key) => edited(line, { kind: 'key', key: key.length > 1 && key.startsWith('<') ? key.slice(1, -1) : key }),
    prompt,
  );
}

const text = (keys: string, from = '', history: string[] = []) => typed(promptOf(from, history), keys).text;

describe('a line that is typed', () => {
  it.each([
    ['abc', 'abc'],
    ['ab<space>c', 'ab c'],
    ['abc<left><left>X', 'aXbc'],
    ['abc<home>X<end>Y', 'XabcY'],
    ['abc<backspace>', 'ab'],
    ['abc<home><delete>', 'bc'],
    ['one two<ctrl-w>', 'one '],
    ['one two<home><right><ctrl-k>', 'o'],
    ['one two<left><ctrl-u>', 'o'],
    ['日本<backspace>語', '日語'],
    ['e\u0301<backspace>x', 'x'],
    ['a<page-up><enter>', 'a'],
  ])('%s', (keys, expected) => {
    expect(text(keys)).toBe(expected);
  });

  it('takes a paste as one line in which nothing acts', () => {
    const prompt = edited(promptOf('', []), { kind: 'insert', text: 'tcp.stream\r\neq 3\x1b[2J' });
    expect(prompt.text).toBe('tcp.stream eq 3\\x1b[2J');
  });

  it('has its cursor behind as many cells as stand before it', () => {
    expect(cursorCells(typed(promptOf('日本語', []), '<left>'))).toBe(4);
  });

  it('brings back what was typed before, and what was being typed', () => {
    const history = ['first', 'second'];
    expect(text('x<up>', '', history)).toBe('second');
    expect(text('x<up><up><up>', '', history)).toBe('first');
    expect(text('x<up><up><down><down>', '', history)).toBe('x');
  });

  it('is remembered once, the latest last', () => {
    expect(remembered(['a', 'b'], 'a')).toEqual(['b', 'a']);
    expect(remembered(['a'], '  ')).toEqual(['a']);
  });
});
