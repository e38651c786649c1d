/**
 * The DataView and the Buffer over a borrowed view, made once per view and not per call.
 *
 * Reading four bytes at a time and native Latin-1 decoding need them; the decoders are given plain
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

/** Bytes [start, end) as a string, one character for each byte (Latin-1, as RFC 9110 §5.5 has it). */
export function latin1(view: Uint8Array, start: number, end: number): string {
  if (view !== lastTextView) {
    lastTextView = view;
    lastBuffer = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  }
  return lastBuffer.toString('latin1', start, end);
}
