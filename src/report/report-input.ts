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
  /** Secrets are shown as sent; the report says so. */
  readonly reveal: boolean;
  /** What chose the findings that are shown, and how many it hides; `null`: all are shown. */
  readonly filter: { readonly expression: string; readonly hiddenFindings: number } | null;
  /** Occurrences shown per finding; `undefined`: the format's own default. */
  readonly maxOccurrences: number | undefined;
}
