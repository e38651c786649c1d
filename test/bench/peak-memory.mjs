import { readFileSync } from 'node:fs';

/** How often it is looked, ms. */
const LOOK_MS = 5;

/**
 * Watches the most memory that a process has had: the kernel keeps the high-water mark, and the last
 * look before the end is near enough.
 *
 * @param {() => number | string | undefined} pid Asked at each look; `undefined`: not known yet.
 * @returns {() => number} Ends the watch, and gives MiB.
 */
export function watchPeakMemory(pid) {
  let kib = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${pid()}/status`, 'utf8');
      kib = Math.max(kib, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // Not begun yet, or just ended.
    }
  }, LOOK_MS);
  return () => {
    clearInterval(look);
    return kib / 1024;
  };
}
