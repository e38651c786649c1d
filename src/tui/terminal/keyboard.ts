/**
 * Keys out of the bytes that a terminal sends: characters, control keys, escape sequences of xterm and
 * the VT family (ECMA-48, xterm's ctlseqs), bracketed paste as one event, and the terminal's answer to
 * the question where its cursor is.
 *
 * A lone ESC may be the beginning of a sequence whose rest is on its way: it is held until more comes,
 * or until the caller says that nothing did.
 */
import { StringDecoder } from 'node:string_decoder';

/** What was pressed, or what the terminal answered. */
export type KeyEvent =
  /** A name from NAMES, `ctrl-x`, or the character itself. */
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'paste'; readonly text: string }
  /** 1-based, as the terminal counts. */
  | { readonly kind: 'cursor'; readonly row: number; readonly column: number };

const PASTE_BEGINS = '\x1b[200~';
const PASTE_ENDS = '\x1b[201~';
/** More is no paste of a filter; it bounds what is held. */
const MAX_PASTE = 65_536;

const SEQUENCES: Readonly<Record<string, string>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  '[Z': 'shift-tab',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  OM: 'enter',
  '[1~': 'home',
  '[2~': 'insert',
  '[3~': 'delete',
  '[4~': 'end',
  '[5~': 'page-up',
  '[6~': 'page-down',
  '[7~': 'home',
  '[8~': 'end',
};

/** What follows ESC. */
const SEQUENCE = /^(?:\[([0-9;:?<=>]*)[ -/]*[@-~]|O[ -~])/;
const UNFINISHED = /^(?:\[[0-9;:?<=>]*[ -/]*|O)?$/;
const CURSOR_REPORT = /^\[(\d{1,5});(\d{1,5})R$/;

/** See the head of this file. */
export class Keyboard {
  private readonly decoder = new StringDecoder('utf8');
  private held = '';
  private pasted: string | null = null;

  /** The keys that end in these bytes. */
  take(bytes: Uint8Array): KeyEvent[] {
    this.held += this.decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return this.read(false);
  }

  /** Something is held that may be a key by itself: ask {@link settle} soon. */
  get isHolding(): boolean {
    return this.pasted === null && this.held !== '';
  }

  /** Nothing followed: what is held is what it is. */
  settle(): KeyEvent[] {
    return this.read(true);
  }

  private read(isSettled: boolean): KeyEvent[] {
    const events: KeyEvent[] = [];
    while (this.held !== '') {
      const event = this.next(isSettled);
      if (event === null) break;
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  /** `null`: more is needed. `undefined`: something that is no key. */
  private next(isSettled: boolean): KeyEvent | null | undefined {
    if (this.pasted !== null) return this.paste();
    if (this.held.startsWith(PASTE_BEGINS)) {
      this.held = this.held.slice(PASTE_BEGINS.length);
      this.pasted = '';
      return undefined;
    }
    if (this.held.startsWith('\x1b')) return this.escape(isSettled);
    const character = String.fromCodePoint(this.held.codePointAt(0) ?? 0);
    this.held = this.held.slice(character.length);
    return { kind: 'key', key: nameOf(character) };
  }

  private paste(): KeyEvent | null {
    const end = this.held.indexOf(PASTE_ENDS);
    if (end < 0) {
      // The end itself may be cut in two.
      const sure = Math.max(0, this.held.length - PASTE_ENDS.length);
      this.pasted = ((this.pasted ?? '') + this.held.slice(0, sure)).slice(0, MAX_PASTE);
      this.held = this.held.slice(sure);
      return null;
    }
    const text = ((this.pasted ?? '') + this.held.slice(0, end)).slice(0, MAX_PASTE);
    this.held = this.held.slice(end + PASTE_ENDS.length);
    this.pasted = null;
    return { kind: 'paste', text };
  }

  private escape(isSettled: boolean): KeyEvent | null | undefined {
    const [sequence, parameters = ''] = SEQUENCE.exec(this.held.slice(1)) ?? [];
    if (sequence !== undefined) {
      this.held = this.held.slice(1 + sequence.length);
      const [, row, column] = CURSOR_REPORT.exec(sequence) ?? [];
      if (row !== undefined && column !== undefined)
        return { kind: 'cursor', row: Number(row), column: Number(column) };
      const key = SEQUENCES[sequence] ?? modified(sequence, parameters);
      return key === undefined ? undefined : { kind: 'key', key };
    }
    if (!isSettled && UNFINISHED.test(this.held.slice(1))) return null;
    this.held = this.held.slice(1);
    return { kind: 'key', key: 'escape' };
  }
}

/** Arrows with Shift, Ctrl or Alt move as without. */
function modified(sequence: string, parameters: string): string | undefined {
  if (!/^1;\d/.test(parameters)) return undefined;
  return SEQUENCES[`[${sequence.at(-1) ?? ''}`];
}

function nameOf(character: string): string {
  switch (character) {
    case '\r':
    case '\n':
      return 'enter';
    case '\t':
      return 'tab';
    case '\x7f':
    case '\b':
      return 'backspace';
    case ' ':
      return 'space';
  }
  const code = character.charCodeAt(0);
  return code > 0 && code < 0x1b ? `ctrl-${String.fromCharCode(code + 0x60)}` : character;
}
