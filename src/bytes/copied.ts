/**
 * A copy of bytes [start, end) of a borrowed view.
 *
 * Not `view.slice`: on a Buffer, which the read buffers are, that is a window and no copy.
 */
export function copied(view: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start);
  copy.set(view.subarray(start, end));
  return copy;
}
