import { readFileSync } from 'node:fs';
import { unreadableReason } from '../capture/capture-error.js';
import type { CapturePart } from '../pipeline/part.js';
import { visible } from '../text/visible.js';
import { formatOf, openDestination } from './destination.js';
import { EXIT, UsageError } from './exit-code.js';
import { ownRulesOf } from './judging.js';
import { repeatedFlags } from './repeated-flags.js';
import { BY_EXTENSION, filteringOf, type ResultFlags, withFindings, writeResult } from './result.js';
import type { Surroundings } from './surroundings.js';
import { packageVersion } from './version.js';

/** Flags of `pcapdx merge`. */
export interface MergeFlags extends ResultFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly rules?: readonly string[];
}

/**
 * `pcapdx merge`: the report that one process would have given that had read all of it.
 *
 * @throws {UsageError} for files that are no parts, or not all parts of one run
 */
export async function runMerge(
  files: readonly string[],
  flags: MergeFlags,
  surroundings: Surroundings,
): Promise<number> {
  const format = formatOf(flags.format, flags.output, { usual: 'text', byExtension: BY_EXTENSION });
  const filtering = await filteringOf(flags.filter, []);
  const parts = files.map(partIn);
  const own = await ownRulesOf(flags.rules);
  const destination = openDestination(flags.output, flags.force === true, files, surroundings);
  try {
    const { mergeParts, PartsError } = await import('../pipeline/part.js');
    const { chosenRules } = await import('../pipeline/analyze.js');
    try {
      const { analysis, errors } = mergeParts(parts, chosenRules(undefined, own), flags.reveal === true);
      for (const error of errors) surroundings.stderr.write(`pcapdx: ${visible(error.message)}\n`);
      const shown = await writeResult(
        { analysis, errors, drillDown: null, repeated: repeatedFlags({ rules: flags.rules ?? [] }) },
        format,
        flags,
        filtering,
        destination,
        surroundings,
      );
      destination.commit();
      return withFindings(errors.length > 0 ? EXIT.input : EXIT.ok, shown, flags);
    } catch (error) {
      if (error instanceof PartsError) throw new UsageError(`these parts cannot be merged: ${visible(error.message)}`);
      throw error;
    }
  } finally {
    destination.discard();
  }
}

/** The part that a report holds. */
function partIn(file: string): CapturePart {
  const refused = (reason: string): UsageError => new UsageError(`${visible(file)}: ${visible(reason)}`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw refused(unreadableReason(error));
  }
  const report = parsed(text);
  if (report === null)
    throw refused('is not a JSON report; pcapdx report --shard I/N --format json makes what is merged');
  const { version } = recordOf(report.tool) ?? {};
  const part = recordOf(report.part);
  const share = recordOf(part?.share);
  if (part === null || share === null) throw refused('is not a part: those are made with report --shard I/N');
  if (version !== packageVersion())
    throw refused(`was made by pcapdx ${String(version)}, and this is ${packageVersion()}`);
  const { index, count } = share;
  const { rules, kept } = part;
  if (
    typeof index !== 'number' ||
    typeof count !== 'number' ||
    typeof kept !== 'string' ||
    !Array.isArray(rules) ||
    !rules.every((rule) => typeof rule === 'string')
  )
    throw refused('is a part that was changed');
  return { share: { index: index - 1, count }, rules, kept };
}

/** The fields of a report that tell whether it is a part. */
type Unchecked = Partial<Record<'tool' | 'version' | 'part' | 'share' | 'index' | 'count' | 'rules' | 'kept', unknown>>;

function parsed(text: string): Unchecked | null {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function recordOf(value: unknown): Unchecked | null {
  return typeof value === 'object' && value !== null ? value : null;
}
