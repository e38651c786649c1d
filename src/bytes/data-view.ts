/**
 * The DataView and the Buffer over a borrowed view, made once per view and not per call.
 *
 * Reading four bytes at a time and native decoding of text need them; the decoders are given plain
 * Uint8Arrays. The last view is remembered: a run reads nearly all its bytes from one buffer.
 */
const NOTHING = new Uint8Array(0);

let lastView: Uint8Array = NOTHING;
let lastDataView: DataView<ArrayBufferLike> = new DataView(NOTHING.buffer);

let lastTextView: Uint8Array = NOTHING;
let lastBuffer: Buffer<ArrayBufferLike> = Buffer.from(NOTHING.buffer);

/** A DataView over the same bytes: index 0 is the view's. */
export function dataViewOf(view: Uint8Array): DataView<ArrayBufferLike> {
  if (view === lastView) return lastDataView;
  lastView = view;
  lastDataView = new DataView(view.buffer, view.byteOffset, view.byteLength);
  return lastDataView;
}

/** Bytes [start, end) as a string, one character for each byte (Latin-1): other bytes are another text. */
export function latin1(view: Uint8Array, start: number, end: number): string {
  if (view !== lastTextView) {
    lastTextView = view;
    lastBuffer = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  }
  return lastBuffer.toString('latin1', start, end);
}

/**
 * Bytes [start, end) as a string: UTF-8 where they are UTF-8, which browsers and servers write, else one
 * character for each byte (Latin-1). RFC 9110 §5.5 leaves open what bytes beyond ASCII mean. A last
 * character that is cut off is left out.
 */
export function textOf(view: Uint8Array, start: number, end: number): string {
  const text = latin1(view, start, end);
  return isAscii(view, start, end) ? text : decoded(text, lastBuffer, start, end);
}

/** Word by word: to look through a text takes longer. */
function isAscii(view: Uint8Array, start: number, end: number): boolean {
  const data = dataViewOf(view);
  const stop = Math.min(end, view.length);
  let at = start;
  let seen = 0;
  for (; at + 4 <= stop; at += 4) seen |= data.getInt32(at);
  for (; at < stop; at += 1) seen |= data.getInt8(at);
  return (seen & BEYOND_ASCII) === 0;
}

/** The upper bit of each byte of a word. */
const BEYOND_ASCII = 0x80808080;
/** A whole character of two to four bytes, then the beginning of another one at the end. RFC 3629 §4. */
const CUT_OFF =
  /[\u0080-\u00bf].*?([\u00c2-\u00f4]|[\u00e0-\u00f4][\u0080-\u00bf]|[\u00f0-\u00f4][\u0080-\u00bf]{2})$/s;
/** What stands for bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';

function decoded(text: string, bytes: Buffer, start: number, end: number): string {
  const cut = CUT_OFF.exec(text)?.[1]?.length ?? 0;
  const whole = bytes.toString('utf8', start, end);
  if (!whole.includes(REPLACEMENT)) return whole;
  const part = bytes.toString('utf8', start, end - cut);
  return part.includes(REPLACEMENT) ? text : part;
}
