import { Readable } from 'node:stream';
import type { ReadOptions } from './read-options.js';

/** The captures of a call, and the pipeline's options for them. @throws {RangeError} for no capture: nothing found there is no good news */
export function readingOf(captures: string | readonly string[], options: ReadOptions) {
  const { keyLogs, reveal, input, signal } = options;
  const files = typeof captures === 'string' ? [captures] : captures;
  if (files.length === 0) throw new RangeError('no capture is named');
  return {
    files,
    reveal: reveal === true,
    ...(keyLogs === undefined ? {} : { keyLogs }),
    ...(input === undefined ? {} : { stdin: Readable.from(input, { objectMode: false }) }),
    ...(signal === undefined ? {} : { signal }),
  };
}
