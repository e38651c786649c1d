import { type LogRead, tieLogs, witnessed } from '../findings/log-tie.js';
import type { DrillDown } from '../pipeline/drill-down.js';
import type { OverviewTally } from '../pipeline/overview-tally.js';
import type { ReadLimits } from '../pipeline/read-limits.js';
import { fileNameText } from '../text/redaction.js';
import { visible } from '../text/visible.js';
import { formatOf, openDestination } from './destination.js';
import { EXIT, UsageError } from './exit-code.js';
import { judgingOf } from './judging.js';
import { capturesOf, type ReadingFlags, readCaptures } from './reading.js';
import { repeatedFlags } from './repeated-flags.js';
import { BY_EXTENSION, filteringOf, type ResultFlags, withFindings, writeResult } from './result.js';
import type { RuleChoice } from './rule-choice.js';
import type { Surroundings } from './surroundings.js';

/** Flags of `pcapdx report`. */
export interface ReportFlags extends ReadingFlags, ResultFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly rule?: readonly RuleChoice[];
  readonly rules?: readonly string[];
  readonly log?: readonly string[];
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
    usual: flags.shard === undefined ? 'text' : 'json',
    byExtension: BY_EXTENSION,
  });
  if (flags.shard !== undefined && format !== 'json')
    throw new UsageError('--shard makes a part for pcapdx merge, which takes JSON; leave --format out');
  if (flags.shard !== undefined && flags.log !== undefined)
    throw new UsageError('--log needs all connections; leave --shard out');
  const filtering = await filteringOf(flags.filter, files);
  const judging = await judgingOf(flags);
  const witness = await witnessOf(flags.log, flags.reveal === true);
  const destination = openDestination(flags.output, flags.force === true, files, surroundings);
  const overview = format === 'html' ? await newOverview() : null;
  const drillDown = format === 'markdown' || overview !== null ? await newDrillDown(overview, flags) : null;
  try {
    const {
      analysis: read,
      errors,
      exitCode,
      part,
    } = await readCaptures(
      {
        files,
        flags,
        commands,
        reveal: flags.reveal === true,
        ...judging,
        ...(drillDown === null ? {} : { drillDown }),
        ...(witness === null ? {} : { onConnection: (connection) => witness.occurrences.inspect(connection) }),
        streams: false,
        cleanUp: () => destination.discard(),
      },
      surroundings,
    );
    // Nothing could be opened: the message says it all, and a report of nothing would read like a clean one.
    if (errors.length > 0 && read.captures.length === 0) return exitCode;
    const logs = witness?.tie(read.originEpochNs ?? 0n);
    const analysis = logs === undefined ? read : { ...read, findings: witnessed(read.findings, logs) };
    const repeated = repeatedFlags(flags);
    const result = { logs, analysis, errors, part, drillDown, overview: overview?.conclude(), repeated };
    const shown = await writeResult(result, format, flags, filtering, destination, surroundings);
    destination.commit();
    return withFindings(exitCode, shown, flags);
  } finally {
    drillDown?.close();
    destination.discard();
  }
}

/** The logs of `--log`, read before the captures so that a wrong name costs no wait; `null`: there are none. */
async function witnessOf(files: readonly string[] | undefined, reveal: boolean) {
  if (files === undefined || files.length === 0) return null;
  const [{ readLog, LogRefusal }, { Occurrences }] = await Promise.all([
    import('../pipeline/read-log.js'),
    import('../findings/log-occurrences.js'),
  ]);
  const logs: LogRead[] = [];
  for (const file of files) {
    try {
      logs.push({ ...(await readLog(file)), file: fileNameText(file, reveal) });
    } catch (error) {
      if (error instanceof LogRefusal) throw new UsageError(`--log ${visible(error.message)}`);
      throw error;
    }
  }
  const occurrences = new Occurrences();
  return { occurrences, tie: (originEpochNs: bigint) => tieLogs(logs, occurrences, originEpochNs) };
}

/** Loaded only where drawings are wanted. */
async function newDrillDown(overview: OverviewTally | null, limits: ReadLimits): Promise<DrillDown> {
  const pipeline = await import('../pipeline/drill-down.js');
  return new pipeline.DrillDown(overview === null ? null : (connection) => overview.add(connection), limits);
}

async function newOverview(): Promise<OverviewTally> {
  const pipeline = await import('../pipeline/overview-tally.js');
  return new pipeline.OverviewTally();
}
