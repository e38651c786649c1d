import type { Analysis } from '../facts/summary.js';

/** A capture, or the rest of one, that could not be read: what a report says of it. */
interface ReadError {
  readonly file: string;
  readonly code: string;
  /** Offset in the (decompressed) file; `null` when the error has no place. */
  readonly offset: number | null;
  readonly reason: string;
}

/** What every report format is made of. */
export interface ReportInput {
  readonly analysis: Analysis;
  readonly errors: readonly ReadError[];
  /** Of pcapdx itself. */
  readonly version: string;
  /** Query strings are shown as sent; the report says so. */
  readonly reveal: boolean;
  /** Occurrences shown per finding; `undefined`: the format's own default. */
  readonly maxOccurrences: number | undefined;
}
