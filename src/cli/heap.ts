import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';

/** A heap beyond this is that of very many connections at once, or of a capture made to fill memory; bytes. */
const LARGE_HEAP_BYTES = 192 * 1024 * 1024;
/** The young generation, both of its halves, is not to grow beyond; bytes. V8 would let it grow to twice as much. */
const YOUNG_GENERATION_BYTES = 16 * 1024 * 1024;

let isLarge = false;
let isYoungGenerationGrown = false;

/**
 * Asked a hundred times a second while captures are read: has V8 keep the young generation as large as it
 * is once it is large enough (a fifth of the memory of most captures, for a fortieth of the time), and
 * collect a heap that became large when it has grown by two fifths. Until then it may double
 * (bin/code-cache.js), which costs less.
 */
export function watchHeap(): void {
  if (!isYoungGenerationGrown && youngGenerationBytes() >= YOUNG_GENERATION_BYTES) {
    isYoungGenerationGrown = true;
    setFlagsFromString('--semi-space-growth-factor=1');
  }
  if (isLarge || getHeapStatistics().total_heap_size < LARGE_HEAP_BYTES) return;
  isLarge = true;
  setFlagsFromString('--heap-growing-percent=40');
}

function youngGenerationBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}
