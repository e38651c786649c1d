/** What becomes of both directions of a conversation, in any segmentation. */
import { SharedContext } from '../../src/extract/content-editor.js';
import { Edits } from '../../src/extract/edits.js';
import { OtherNames } from '../../src/extract/head-words.js';
import { OpeningEditor } from '../../src/extract/opening-editor.js';
import { Pseudonyms } from '../../src/extract/pseudonyms.js';

export const NAMES = new Pseudonyms(Buffer.alloc(32, 3));

export interface EditOptions {
  readonly pseudonyms?: Pseudonyms | null;
  readonly keepsCiphertext?: boolean;
}

/** A direction, and what is said in it, in order of time; `gap` bytes are missing before it. */
export interface Said {
  readonly from: 'client' | 'server';
  readonly bytes: Uint8Array;
  readonly gap?: number;
}

/** Both directions as they are written, each piece cut into `size` bytes. */
export function edited(conversation: readonly Said[], options: EditOptions = {}, size = Number.MAX_SAFE_INTEGER) {
  const { pseudonyms = NAMES, keepsCiphertext = false } = options;
  const words = pseudonyms === null ? null : new OtherNames(pseudonyms);
  const shared = new SharedContext();
  const sides = { client: sideOf(), server: sideOf() };
  function sideOf() {
    const edits = new Edits();
    const editor = new OpeningEditor(
      { edits, pseudonyms, words, marks: NAMES, keepsBodies: false, keepsCiphertext },
      shared,
    );
    return { edits, editor, offset: 1, bytes: [] as Buffer[] };
  }
  for (const { from, bytes, gap = 0 } of conversation) {
    const side = sides[from];
    if (gap > 0) {
      side.offset += gap;
      side.editor.gap(side.offset);
      side.bytes.push(Buffer.alloc(gap));
    }
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, at + size);
      side.editor.bytes(piece, side.offset);
      side.offset += piece.length;
    }
    side.bytes.push(Buffer.from(bytes));
  }
  const written = ({ edits, editor, bytes }: ReturnType<typeof sideOf>) => {
    editor.end();
    const whole = Buffer.concat(bytes);
    edits.apply(whole, 1);
    return whole;
  };
  return { client: written(sides.client), server: written(sides.server) };
}

export function client(text: string | Uint8Array, gap = 0): Said {
  return { from: 'client', bytes: typeof text === 'string' ? Buffer.from(text, 'latin1') : text, gap };
}

export function server(text: string | Uint8Array, gap = 0): Said {
  return { from: 'server', bytes: typeof text === 'string' ? Buffer.from(text, 'latin1') : text, gap };
}
