/**
 * A binary heap of captures by the time of their next packet: the earliest at index 0, each no
 * earlier than the one at (index - 1) >> 1.
 */

/** A capture as the heap sees it. */
export interface Timed {
  /** Epoch time of its next packet: whole seconds, and nanoseconds below 1e9. */
  seconds: number;
  nanoseconds: number;
  /** Place in the run: `captureIndex`. */
  readonly index: number;
}

/** By the time of the next packet, exact to the nanosecond; equal times in the order the captures were named. */
export function isBefore(one: Timed, other: Timed): boolean {
  if (one.seconds !== other.seconds) return one.seconds < other.seconds;
  if (one.nanoseconds !== other.nanoseconds) return one.nanoseconds < other.nanoseconds;
  return one.index < other.index;
}

/** Puts a lane into the heap. */
export function siftUp<T extends Timed>(heap: T[], lane: T): void {
  let at = heap.push(lane) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(lane, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = lane;
}

/** Moves the top to where its new time belongs. */
export function siftDown<T extends Timed>(heap: T[]): void {
  const lane = heap[0];
  if (lane === undefined) return;
  let at = 0;
  for (;;) {
    const leftAt = 2 * at + 1;
    const left = heap[leftAt];
    if (left === undefined) break;
    const right = heap[leftAt + 1];
    const takeRight = right !== undefined && isBefore(right, left);
    const child = takeRight ? right : left;
    if (!isBefore(child, lane)) break;
    heap[at] = child;
    at = takeRight ? leftAt + 1 : leftAt;
  }
  heap[at] = lane;
}
