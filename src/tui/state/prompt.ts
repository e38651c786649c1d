/** A line that is being typed: filter, search, name of a file. */

import { visible } from '../../text/visible.js';
import { cellsOf } from '../../text/width.js';

/** The line, its cursor, and the lines typed before. */
export interface PromptState {
  readonly text: string;
  /** Index in `text`, between characters. */
  readonly cursor: number;
  /** Earlier lines, the latest last, and which of them is shown; `null`: what is being typed. */
  readonly history: readonly string[];
  readonly recalled: number | null;
  /** What was typed before a line was recalled. */
  readonly draft: string;
}

/** What happens to the line. */
export type PromptEvent =
  | { readonly kind: 'insert'; readonly text: string }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'replace'; readonly start: number; readonly end: number; readonly text: string };

/** Lines that are kept of each kind of prompt. */
export const MAX_HISTORY = 100;

/** A line with this text, the cursor at its end. */
export function promptOf(text: string, history: readonly string[]): PromptState {
  return { text, cursor: text.length, history, recalled: null, draft: text };
}

/** What is typed is one line without anything that a terminal acts on. */
export function edited(prompt: PromptState, event: PromptEvent): PromptState {
  switch (event.kind) {
    case 'insert':
      return inserted(prompt, event.text);
    case 'replace': {
      const text = prompt.text.slice(0, event.start) + event.text + prompt.text.slice(event.end);
      return typed(prompt, text, event.start + event.text.length);
    }
    case 'key':
      return pressed(prompt, event.key);
    default: {
      const never: never = event;
      return never;
    }
  }
}

/** The history with one more line, the latest last. */
export function remembered(history: readonly string[], line: string): readonly string[] {
  if (line.trim() === '') return history;
  return [...history.filter((known) => known !== line), line].slice(-MAX_HISTORY);
}

/** Cells before the cursor. */
export function cursorCells({ text, cursor }: PromptState): number {
  return cellsOf(text.slice(0, cursor));
}

function inserted(prompt: PromptState, text: string): PromptState {
  const line = visible(text.replace(/[\r\n\t]+/g, ' ').normalize('NFC'));
  return typed(
    prompt,
    prompt.text.slice(0, prompt.cursor) + line + prompt.text.slice(prompt.cursor),
    prompt.cursor + line.length,
  );
}

function pressed(prompt: PromptState, key: string): PromptState {
  const { text, cursor } = prompt;
  switch (key) {
    case 'left':
    case 'ctrl-b':
      return { ...prompt, cursor: cursor - lengthBefore(text, cursor) };
    case 'right':
    case 'ctrl-f':
      return { ...prompt, cursor: cursor + lengthBehind(text, cursor) };
    case 'home':
    case 'ctrl-a':
      return { ...prompt, cursor: 0 };
    case 'end':
    case 'ctrl-e':
      return { ...prompt, cursor: text.length };
    case 'backspace': {
      const from = cursor - lengthBefore(text, cursor);
      return typed(prompt, text.slice(0, from) + text.slice(cursor), from);
    }
    case 'delete':
      return typed(prompt, text.slice(0, cursor) + text.slice(cursor + lengthBehind(text, cursor)), cursor);
    case 'ctrl-u':
      return typed(prompt, text.slice(cursor), 0);
    case 'ctrl-k':
      return typed(prompt, text.slice(0, cursor), cursor);
    case 'ctrl-w': {
      const from = text.slice(0, cursor).replace(/\S+\s*$/, '').length;
      return typed(prompt, text.slice(0, from) + text.slice(cursor), from);
    }
    case 'up':
    case 'ctrl-p':
      return recall(prompt, -1);
    case 'down':
    case 'ctrl-n':
      return recall(prompt, 1);
    case 'space':
      return inserted(prompt, ' ');
    default:
      return [...key].length === 1 ? inserted(prompt, key) : prompt;
  }
}

function recall(prompt: PromptState, by: 1 | -1): PromptState {
  const { history, recalled, draft, text } = prompt;
  const at = (recalled ?? history.length) + by;
  if (at < 0 || at > history.length || history.length === 0) return prompt;
  const kept = recalled === null ? text : draft;
  const line = at === history.length ? kept : (history[at] ?? '');
  return { ...prompt, text: line, cursor: line.length, recalled: at === history.length ? null : at, draft: kept };
}

function typed(prompt: PromptState, text: string, cursor: number): PromptState {
  return { ...prompt, text, cursor, recalled: null, draft: text };
}

/** Code units of the character before the cursor, with the marks on it. */
function lengthBefore(text: string, cursor: number): number {
  const before = [...new Intl.Segmenter().segment(text.slice(0, cursor))].at(-1);
  return before?.segment.length ?? 0;
}

function lengthBehind(text: string, cursor: number): number {
  const [behind] = new Intl.Segmenter().segment(text.slice(cursor));
  return behind?.segment.length ?? 0;
}
