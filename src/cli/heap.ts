import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** A heap beyond this is that of very many connections at once, or of a capture made to fill memory; bytes. */
const LARGE_HEAP_BYTES = 192 * 1024 * 1024;

let isLarge = false;

/**
 * Asked now and then while captures are read: has a heap that became large be collected when it has
 * grown by two fifths. Until then it may double (bin/code-cache.js), which costs less.
 */
export function watchHeap(): void {
  if (isLarge || getHeapStatistics().total_heap_size < LARGE_HEAP_BYTES) return;
  isLarge = true;
  setFlagsFromString('--heap-growing-percent=40');
}
