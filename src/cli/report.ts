import { SEVERITIES, type Severity } from '../facts/finding.js';
import type { Analysis } from '../facts/summary.js';
import type { DrillDown } from '../pipeline/drill-down.js';
import type { Rule } from '../rules/rule.js';
import { isColoured, widthOf } from './colour.js';
import { formatOf, openDestination } from './destination.js';
import { EXIT } from './exit-code.js';
import { laddersOf } from './ladders.js';
import { capturesOf, type ReadingFlags, readCaptures } from './reading.js';
import { chosenRules, type RuleChoice } from './rule-choice.js';
import type { Surroundings } from './surroundings.js';
import { packageVersion } from './version.js';

/** Flags of `pcapdx report`. */
export interface ReportFlags extends ReadingFlags {
  readonly format?: 'text' | 'json' | 'ndjson' | 'markdown';
  readonly ladder?: 'mermaid' | 'text' | 'none';
  readonly output?: string;
  readonly force?: boolean;
  readonly maxOccurrences?: number;
  readonly reveal?: boolean;
  readonly filter?: string;
  readonly rule?: readonly RuleChoice[];
  readonly rules?: readonly string[];
  readonly failOn?: Severity | 'never';
  readonly time?: 'utc' | 'local' | 'relative';
  readonly color?: 'auto' | 'always' | 'never';
  readonly ascii?: boolean;
  readonly width?: number;
}

/** `pcapdx report`: all captures are read, then one result is written. */
export async function runReport(
  named: readonly string[],
  flags: ReportFlags,
  commands: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  const files = capturesOf(named, surroundings);
  if (files === null) return EXIT.input;
  const format = formatOf(flags.format, flags.output, {
    usual: 'text',
    byExtension: { '.json': 'json', '.ndjson': 'ndjson', '.jsonl': 'ndjson', '.txt': 'text', '.md': 'markdown' },
  });
  const filtering = await filteringOf(flags.filter, files);
  const ownRules = await ownRulesOf(flags.rules);
  const rules = await rulesOf(flags.rule, ownRules);
  const destination = openDestination(flags.output, flags.force === true, files, surroundings);
  const drillDown = format === 'markdown' ? await newDrillDown() : null;
  try {
    const {
      analysis: whole,
      errors,
      exitCode,
    } = await readCaptures(
      {
        files,
        flags,
        commands,
        reveal: flags.reveal === true,
        ...(rules === undefined ? {} : { rules }),
        ...(ownRules === undefined ? {} : { ownRules }),
        ...(drillDown === null ? {} : { drillDown }),
        streams: false,
        cleanUp: () => destination.discard(),
      },
      surroundings,
    );
    // Nothing could be opened: the message says it all, and a report of nothing would read like a clean one.
    if (errors.length > 0 && whole.captures.length === 0) return exitCode;
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
    destination.commit();
    return exitCode === EXIT.ok && isFailure(analysis, flags.failOn ?? 'never') ? EXIT.found : exitCode;
  } finally {
    drillDown?.close();
    destination.discard();
  }
}

/** Loaded only where drawings are wanted. */
async function newDrillDown(): Promise<DrillDown> {
  const pipeline = await import('../pipeline/drill-down.js');
  return new pipeline.DrillDown();
}

/** What `--filter` makes of an analysis. */
async function filteringOf(
  expression: string | undefined,
  files: readonly string[],
): Promise<(analysis: Analysis) => Analysis> {
  if (expression === undefined) return (analysis) => analysis;
  const [{ filterOf }, { filtered, OF_FINDINGS }] = await Promise.all([
    import('./filter-flag.js'),
    import('../report/filtered.js'),
  ]);
  const what = `findings have no such field, but ${[...OF_FINDINGS].join(', ')}; flows --filter chooses connections`;
  const filter = filterOf(expression, (field) => OF_FINDINGS.has(field), what, files);
  return (analysis) => filtered(analysis, filter);
}

/** Loads the rules only where some are chosen by name. */
async function rulesOf(
  choices: readonly RuleChoice[] | undefined,
  ownRules: readonly Rule<unknown>[] = [],
): Promise<readonly string[] | undefined> {
  if (choices === undefined || choices.length === 0) return undefined;
  const { RULES } = await import('../rules/index.js');
  return chosenRules(
    choices,
    [...RULES, ...ownRules].map((rule) => rule.meta.id),
  );
}

/** The rules of the files that the user named; `undefined`: none. */
async function ownRulesOf(files: readonly string[] | undefined): Promise<readonly Rule<unknown>[] | undefined> {
  if (files === undefined || files.length === 0) return undefined;
  const { loadOwnRules } = await import('./own-rules.js');
  return loadOwnRules(files);
}

/** Whether there is a finding at or above a severity. */
function isFailure({ findings }: Analysis, least: Severity | 'never'): boolean {
  if (least === 'never') return false;
  return findings.some((finding) => SEVERITIES.indexOf(finding.severity) <= SEVERITIES.indexOf(least));
}
