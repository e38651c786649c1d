import type { Analysis } from '../facts/summary.js';
import type { LogTie } from '../findings/log-tie.js';
import type { Repeated } from './repeated.js';

/** A capture, or the rest of one, that could not be read: what a report says of it. */
interface ReadError {
  readonly file: string;
  readonly code: string;
  /** Offset in the (decompressed) file; `null` when the error has no place. */
  readonly offset: number | null;
  readonly reason: string;
}

/** One of `count` parts, counted from 0. */
interface ReportPart {
  readonly share: { readonly index: number; readonly count: number };
  readonly rules: readonly string[];
  readonly kept: string;
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
  /** What the logs of `--log` and the connections say of each other; absent without one. */
  readonly logs?: LogTie | undefined;
  /** For commands that look at the same again; absent: captures alone. */
  readonly repeated?: Repeated | undefined;
  /** The report is of a part of the connections: what `pcapdx merge` puts it together with the others by. */
  readonly part?: ReportPart | undefined;
}
