/** What `report` and `merge` have in common: an analysis, written in the format that is asked for. */
import type { CaptureError } from '../capture/capture-error.js';
import { SEVERITIES, type Severity } from '../facts/finding.js';
import { NO_OVERVIEW, type Overview } from '../facts/overview.js';
import type { Analysis } from '../facts/summary.js';
import type { LogTie } from '../findings/log-tie.js';
import type { DrillDown } from '../pipeline/drill-down.js';
import type { CapturePart } from '../pipeline/part.js';
import type { Repeated } from '../report/repeated.js';
import { isColoured, widthOf } from './colour.js';
import type { Destination } from './destination.js';
import { EXIT } from './exit-code.js';
import { laddersOf } from './ladders.js';
import type { Surroundings } from './surroundings.js';
import { packageVersion } from './version.js';

/** Flags about the result. */
export interface ResultFlags {
  readonly format?: Format;
  readonly ladder?: 'mermaid' | 'text' | 'none';
  readonly maxOccurrences?: number;
  readonly filter?: string;
  readonly reveal?: boolean;
  readonly failOn?: Severity | 'never';
  readonly time?: 'utc' | 'local' | 'relative';
  readonly color?: 'auto' | 'always' | 'never';
  readonly ascii?: boolean;
  readonly width?: number;
}

type Format = 'text' | 'json' | 'ndjson' | 'markdown' | 'html';

/** Formats by the extension of the file of `--output`. */
export const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.txt': 'text',
  '.md': 'markdown',
  '.html': 'html',
};

/** What there is to write. */
export interface Result {
  readonly analysis: Analysis;
  readonly errors: readonly CaptureError[];
  readonly part?: CapturePart | undefined;
  readonly logs?: LogTie | undefined;
  /** The way back to the packets, for drawings; `null`: nothing is drawn. */
  readonly drillDown: DrillDown | null;
  /** For commands that look at the same again. */
  readonly repeated: Repeated;
  /** What a page shows beside findings. */
  readonly overview?: Overview | undefined;
}

/** Writes the result as the filter leaves it, which it gives; committing the destination is the caller's. */
export async function writeResult(
  { analysis: whole, errors, part, logs, drillDown, overview, repeated }: Result,
  format: Format,
  flags: ResultFlags,
  filtering: Filtering,
  destination: Destination,
  surroundings: Surroundings,
): Promise<Analysis> {
  const analysis = filtering(whole);
  const input = {
    analysis,
    errors,
    version: packageVersion(),
    reveal: flags.reveal === true,
    filter:
      flags.filter === undefined
        ? null
        : { expression: flags.filter, hiddenFindings: whole.findings.length - analysis.findings.length },
    maxOccurrences: flags.maxOccurrences,
    part,
    logs,
    repeated,
  };
  if (format === 'json') {
    const { jsonReport } = await import('../report/json.js');
    destination.write(jsonReport(input));
  } else if (format === 'ndjson') {
    const { findingLines } = await import('../report/json.js');
    for (const line of findingLines(input)) destination.write(line);
  } else if (format === 'markdown') {
    const { markdownReport } = await import('../report/markdown/markdown.js');
    const ladder = flags.ladder ?? 'mermaid';
    const ladders =
      ladder === 'none' || drillDown === null ? new Map() : await laddersOf(analysis, drillDown, input.reveal);
    destination.write(markdownReport(input, { ladder, ladders }));
  } else if (format === 'html') {
    const { htmlReport } = await import('../report/html/page.js');
    const ladders = drillDown === null ? new Map() : await laddersOf(analysis, drillDown, input.reveal);
    destination.write(htmlReport(input, { ladders, overview: overview ?? NO_OVERVIEW }));
  } else {
    const { textReport } = await import('../report/text.js');
    destination.write(
      textReport(input, {
        width: widthOf(flags.width, destination.columns),
        isColoured: isColoured(flags.color ?? 'auto', surroundings.env, destination.isTTY),
        ascii: flags.ascii === true,
        time: flags.time ?? 'utc',
      }),
    );
  }
  return analysis;
}

type Filtering = (analysis: Analysis) => Analysis;

/** What `--filter` makes of an analysis. */
export async function filteringOf(expression: string | undefined, files: readonly string[]): Promise<Filtering> {
  if (expression === undefined) return (analysis) => analysis;
  const [{ filterOf }, { filtered, OF_FINDINGS }] = await Promise.all([
    import('./filter-flag.js'),
    import('../report/filtered.js'),
  ]);
  const what = `findings have no such field, but ${[...OF_FINDINGS].join(', ')}; flows --filter chooses connections`;
  const filter = filterOf(expression, (field) => OF_FINDINGS.has(field), what, files);
  return (analysis) => filtered(analysis, filter);
}

/** The exit code where findings may fail a run that otherwise went well. */
export function withFindings(exitCode: number, { findings }: Analysis, { failOn = 'never' }: ResultFlags): number {
  if (exitCode !== EXIT.ok || failOn === 'never') return exitCode;
  const isFailure = findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn));
  return isFailure ? EXIT.found : exitCode;
}
