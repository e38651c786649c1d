/**
 * takes: what one side of a connection sent, in order. gives: what is to become of it (edits.ts).
 * may: know the protocols, to tell heads from bodies and names from figures. may not: read files, judge.
 *
 * Bodies are made unreadable; secrets in heads are replaced, and with pseudonyms names too. What is not
 * understood is made unreadable.
 */
import type { Edits } from './edits.js';
import type { HeadWords } from './head-words.js';
import type { Pseudonyms } from './pseudonyms.js';

/** Reads one direction from some place on. */
export interface ContentEditor {
  /** Bytes that stand from `offset` on; those before were seen, or told as a gap. Borrowed. */
  bytes(bytes: Uint8Array, offset: number): void;
  /** Bytes are missing up to `offset`. */
  gap(offset: number): void;
  /** Nothing follows. */
  end(): void;
}

/** What the editors of a direction share. */
export interface EditContext {
  readonly edits: Edits;
  /** `null`: names stay. */
  readonly pseudonyms: Pseudonyms | null;
  /** What becomes of the words in heads; `null`: they stay, secrets too. */
  readonly words: HeadWords | null;
  /** Bodies, and what is spoken in a protocol that is not known, stay. Not together with pseudonyms. */
  readonly keepsBodies: boolean;
  /** What bodies are marked by, to tell equal ones from others. */
  readonly marks: Pseudonyms;
  /** Protected records stay readable for those who have the keys. */
  readonly keepsCiphertext: boolean;
}

/** What both directions of a connection, or of a tunnel in it, know of each other. */
export class SharedContext {
  /** Methods of requests not answered yet. */
  readonly methods: string[] = [];
  /** What HTTP/1 went over to, and both sides with it; `null`: it did not. */
  upgrade: string | null = null;
  private within: SharedContext | null = null;

  /** That of the tunnel in it. */
  inner(): SharedContext {
    this.within ??= new SharedContext();
    return this.within;
  }
}

/** Makes everything unreadable, unless bodies stay. */
export class FillingEditor implements ContentEditor {
  constructor(private readonly context: EditContext) {}

  bytes(bytes: Uint8Array, offset: number): void {
    editUnknown(this.context, bytes, offset);
  }

  gap(): void {}

  end(): void {}
}

/** What is not understood is made unreadable; where bodies stay, it stays but for what is a secret by its form. */
export function editUnknown({ edits, words, keepsBodies }: EditContext, bytes: Uint8Array, offset: number): void {
  if (!keepsBodies) edits.fill(offset, offset + bytes.length);
  else if (words === null) edits.keep(offset, offset + bytes.length);
  else edits.replace(offset, Buffer.from(words.text(Buffer.from(bytes).toString('latin1')), 'latin1'));
}

/** A body's first bytes become a mark of their own, so that equal bodies stay equal and others do not become so. */
export function editBody(context: EditContext, bytes: Uint8Array, offset: number, begins: boolean): void {
  const { edits, marks, keepsBodies } = context;
  if (keepsBodies) {
    edits.keep(offset, offset + bytes.length);
    return;
  }
  const marked = begins && bytes.length >= MARK_BYTES;
  if (marked) {
    // Not of more: the same body may come in other segments on the other leg of a proxy.
    const text = Buffer.from(marks.bytes(bytes.subarray(0, MARKED_BYTES)))
      .toString('hex')
      .slice(0, MARK_BYTES);
    edits.replace(offset, Buffer.from(text, 'latin1'));
  }
  const from = marked ? MARK_BYTES : 0;
  edits.fill(offset + from, offset + bytes.length);
}

const MARK_BYTES = 16;
/** Bytes of a body that its mark is made of, as far as they come in one piece. */
const MARKED_BYTES = 64;
