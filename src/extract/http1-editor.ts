/**
 * Heads and bodies of HTTP/1 in one direction. RFC 9112.
 *
 * The framing of each body is found anew, in short: where it is in doubt, what follows is body.
 */
import { STATUS_CODES } from 'node:http';
import { type ContentEditor, type EditContext, editBody, type SharedContext } from './content-editor.js';
import { Gathered } from './gathered.js';
import type { HeadWords } from './head-words.js';

/** Bytes of a head at most; beyond it nothing is understood any more. */
const MAX_HEAD_BYTES = 262_144;

type State = 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'close' | 'outside';

/** See the head of this file. */
export class Http1Editor implements ContentEditor {
  private state: State = 'head';
  private head: Gathered | null = null;
  private remaining = 0;
  /** A line between chunks, and where it begins. */
  private line = '';
  private lineOffset = 0;
  private beginsBody = false;
  private outside: ContentEditor | null = null;

  /** @param goOver Gives who reads what follows an upgrade. */
  constructor(
    private readonly context: EditContext,
    private readonly shared: SharedContext,
    private readonly isRequest: boolean,
    private readonly goOver: (protocol: string) => ContentEditor,
  ) {}

  bytes(bytes: Uint8Array, offset: number): void {
    let at = 0;
    while (at < bytes.length) at = this.step(bytes, at, offset);
  }

  gap(offset: number): void {
    if (this.outside !== null) {
      this.outside.gap(offset);
      return;
    }
    this.flushHead();
    // Where the missing bytes end is not known without the decoder's work: what follows is body until a head begins a segment.
    this.state = 'close';
  }

  end(): void {
    if (this.outside !== null) this.outside.end();
    else this.flushHead();
  }

  /** Takes some of the bytes; gives the index of the rest. */
  private step(bytes: Uint8Array, at: number, offset: number): number {
    switch (this.state) {
      case 'head':
        return this.readHead(bytes, at, offset);
      case 'length':
      case 'chunk': {
        const taken = Math.min(this.remaining, bytes.length - at);
        editBody(this.context, bytes.subarray(at, at + taken), offset + at, this.beginsBody);
        this.beginsBody = false;
        this.remaining -= taken;
        if (this.remaining === 0) this.state = this.state === 'chunk' ? 'chunk-end' : 'head';
        return at + taken;
      }
      case 'chunk-size':
      case 'chunk-end':
      case 'trailer':
        return this.readLine(bytes, at, offset);
      case 'close':
        if (at === 0 && beginsMessage(bytes)) {
          this.state = 'head';
          return at;
        }
        editBody(this.context, bytes.subarray(at), offset + at, this.beginsBody);
        this.beginsBody = false;
        return bytes.length;
      case 'outside':
        this.outside ??= this.goOver(this.shared.upgrade ?? '');
        this.outside.bytes(bytes.subarray(at), offset + at);
        return bytes.length;
      default: {
        const never: never = this.state;
        return never;
      }
    }
  }

  private readHead(bytes: Uint8Array, at: number, offset: number): number {
    // The other side has gone over to another protocol, and this one goes on as if it had too.
    if (this.head === null && this.isRequest && this.shared.upgrade !== null) {
      this.state = 'outside';
      return at;
    }
    const begun = this.head === null;
    this.head ??= new Gathered(offset + at);
    const { head } = this;
    const before = head.length;
    head.add(bytes.subarray(at));
    const whole = head.bytes;
    if (begun && (whole[0] === 0x0d || whole[0] === 0x0a)) {
      // RFC 9112 §2.2: an empty line before a request is passed over.
      this.head = null;
      this.context.edits.keep(offset + at, offset + at + 1);
      return at + 1;
    }
    const end = endOfHead(whole);
    if (end < 0) {
      if (head.length > MAX_HEAD_BYTES) this.giveUp();
      return bytes.length;
    }
    this.head = null;
    this.takeHead(whole.subarray(0, end).toString('latin1'), head.offset);
    return at + end - before;
  }

  private takeHead(text: string, offset: number): void {
    const lines = text.split(/(?<=\n)/);
    const fields = lines.slice(1).map(fieldOf);
    const start = (lines[0] ?? '').split(' ');
    this.context.edits.replace(offset, Buffer.from(this.edited(lines), 'latin1'));
    this.frame(start, (name) => fields.findLast((field) => field.name === name)?.value ?? null);
  }

  /** RFC 9112 §6.3. */
  private frame(start: readonly string[], field: (name: string) => string | null): void {
    const { shared, isRequest } = this;
    this.beginsBody = true;
    if (isRequest) shared.methods.push(start[0] ?? '');
    else {
      const status = Number(start[1]);
      if (status === 101) {
        shared.upgrade = (field('upgrade') ?? '').toLowerCase();
        this.state = 'outside';
        return;
      }
      if (status >= 100 && status < 200) return;
      const method = shared.methods.shift();
      if (method === 'CONNECT' && status >= 200 && status < 300) {
        shared.upgrade = 'connect';
        this.state = 'outside';
        return;
      }
      if (method === 'HEAD' || status === 204 || status === 304) return;
    }
    const length = field('content-length');
    if (/chunked/i.test(field('transfer-encoding') ?? '')) this.state = 'chunk-size';
    else if (length !== null && /^\d+$/.test(length)) {
      this.remaining = Number(length);
      this.state = this.remaining > 0 ? 'length' : 'head';
    } else if (!isRequest) this.state = 'close';
  }

  /** The lines of a head as they are written: their lengths stay. */
  private edited(lines: readonly string[]): string {
    const { words } = this.context;
    if (words === null) return lines.join('');
    const [start = '', ...rest] = lines;
    const parts = start.split(' ');
    const edited = this.isRequest
      ? parts.map((part, index) => (index === 0 || /^HTTP\/\d/.test(part) ? part : words.target(part))).join(' ')
      : [...parts.slice(0, 2), reasonText(parts[1] ?? '', parts.slice(2).join(' '), words)].join(' ');
    return edited + rest.map((line) => this.editedField(line)).join('');
  }

  private editedField(line: string): string {
    const { words } = this.context;
    const { name, before, value, after } = fieldOf(line);
    return words === null || value === '' ? line : before + words.field(name, value, false) + after;
  }

  /** A chunk's size stays; what extensions say is not known. RFC 9112 §7.1.1. */
  private editedSize(line: string): string {
    const { words } = this.context;
    const [, size = '', extension = '', after = ''] = /^([^;\n]*;)([^\n]*?)(\r?\n?)$/.exec(line) ?? [];
    return words === null || extension === '' ? line : size + words.field('', extension, false) + after;
  }

  /** Lines between chunks: sizes stay, of trailers the names. */
  private readLine(bytes: Uint8Array, at: number, offset: number): number {
    const lf = bytes.indexOf(0x0a, at);
    const end = lf < 0 ? bytes.length : lf + 1;
    if (this.line === '') this.lineOffset = offset + at;
    this.line += Buffer.from(bytes.subarray(at, end)).toString('latin1');
    if (lf < 0) {
      // Nothing is told of such a line, so none of it is let out.
      if (this.line.length > MAX_HEAD_BYTES) this.state = 'close';
      return end;
    }
    const text = this.state === 'trailer' ? this.editedField(this.line) : this.editedSize(this.line);
    this.context.edits.replace(this.lineOffset, Buffer.from(text, 'latin1'));
    const line = this.line.trim();
    this.line = '';
    if (this.state === 'chunk-end') this.state = 'chunk-size';
    else if (this.state === 'trailer') {
      if (line === '') this.state = 'head';
    } else {
      const size = Number.parseInt(line, 16);
      if (!/^[0-9a-f]/i.test(line) || !Number.isSafeInteger(size)) this.state = 'close';
      else {
        this.remaining = size;
        this.state = size === 0 ? 'trailer' : 'chunk';
      }
    }
    return end;
  }

  /** A head that does not end: its lines so far are edited as far as they go. */
  private flushHead(): void {
    const { head } = this;
    this.head = null;
    if (head === null) return;
    const text = head.bytes.toString('latin1');
    if (!beginsMessage(head.bytes)) this.context.edits.fill(head.offset, head.offset + head.length);
    else this.context.edits.replace(head.offset, Buffer.from(this.edited(text.split(/(?<=\n)/)), 'latin1'));
  }

  private giveUp(): void {
    this.flushHead();
    this.state = 'close';
  }
}

/** Bytes of a first line that are looked at; a longer target goes on to their end. */
const LINE_BYTES = 540;
const MESSAGE = /^(?:HTTP\/\d|[A-Z][A-Z-]{1,15} [^ \r\n]+(?:$| (?:HTTP\/\d|H?T?T?P?\/?$)))/;

/** A reason phrase says what its status says, or something of its own. */
function reasonText(status: string, reason: string, words: HeadWords): string {
  const phrase = reason.trimEnd();
  return STATUS_CODES[status] === phrase ? reason : words.text(reason);
}

/** Whether bytes begin like a request or a response. */
export function beginsMessage(bytes: Uint8Array): boolean {
  return MESSAGE.test(Buffer.from(bytes.subarray(0, LINE_BYTES)).toString('latin1'));
}

/** The index behind the empty line; -1: there is none yet. */
function endOfHead(head: Buffer): number {
  for (let lf = head.indexOf(0x0a); lf >= 0; lf = head.indexOf(0x0a, lf + 1)) {
    if (head[lf + 1] === 0x0a) return lf + 2;
    if (head[lf + 1] === 0x0d && head[lf + 2] === 0x0a) return lf + 3;
  }
  return -1;
}

interface FieldLine {
  readonly name: string;
  readonly before: string;
  readonly value: string;
  readonly after: string;
}

/** A line taken apart; one without a colon (folded, or none) is all value. */
function fieldOf(line: string): FieldLine {
  const [before = ''] = /^[^:\r\n]*:[ \t]*/.exec(line) ?? [];
  let end = line.length;
  if (line.endsWith('\n')) end -= 1;
  if (end > before.length && line[end - 1] === '\r') end -= 1;
  while (end > before.length && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  const [value, after] = [line.slice(before.length, end), line.slice(end)];
  return { name: before.replace(/:.*/s, '').trim().toLowerCase(), before, value, after };
}
