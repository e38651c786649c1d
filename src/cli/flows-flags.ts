import type { ReadingFlags } from './reading.js';

/** Flags of `pcapdx flows`. */
export interface FlowsFlags extends ReadingFlags {
  readonly format?: 'ndjson' | 'text';
  readonly output?: string;
  readonly force?: boolean;
  readonly reveal?: boolean;
  readonly filter?: string;
  readonly time?: 'utc' | 'local' | 'relative';
  readonly ascii?: boolean;
  readonly width?: number;
}
