import { readFileSync } from 'node:fs';
import { unreadableReason } from '../capture/capture-error.js';
import { compareReports } from '../report/compare/compare.js';
import type { ComparisonDocument } from '../report/compare/comparison-schema.js';
import { comparisonText } from '../report/compare/text.js';
import { type ReportDocument, reportSchema } from '../report/schema.js';
import { visible } from '../text/visible.js';
import { isColoured, widthOf } from './colour.js';
import { formatOf, openDestination } from './destination.js';
import { EXIT, UsageError } from './exit-code.js';
import type { Surroundings } from './surroundings.js';
import { packageVersion } from './version.js';

/** Flags of `pcapdx compare`. */
export interface CompareFlags {
  readonly format?: 'text' | 'json';
  readonly output?: string;
  readonly force?: boolean;
  /** `worse`: something is new or more frequent; `unmended`: something is not known to be gone. */
  readonly failOn?: 'worse' | 'unmended' | 'never';
  readonly color?: 'auto' | 'always' | 'never';
  readonly ascii?: boolean;
  readonly width?: number;
}

/** `pcapdx compare BEFORE.json AFTER.json`: did the change mend it? */
export function runCompare(before: string, after: string, flags: CompareFlags, surroundings: Surroundings): number {
  const reports = [reportIn(before), reportIn(after)] as const;
  const format = formatOf(flags.format, flags.output, {
    usual: 'text',
    byExtension: { '.json': 'json', '.txt': 'text' },
  });
  const destination = openDestination(flags.output, flags.force === true, [before, after], surroundings);
  try {
    const comparison = compareReports(...reports, packageVersion());
    destination.write(
      format === 'json'
        ? `${JSON.stringify(comparison, null, 2)}\n`
        : comparisonText(comparison, {
            width: widthOf(flags.width, destination.columns),
            isColoured: isColoured(flags.color ?? 'auto', surroundings.env, destination.isTTY),
            ascii: flags.ascii === true,
            time: 'utc',
          }),
    );
    destination.commit();
    return isFailure(comparison, flags.failOn ?? 'never') ? EXIT.found : EXIT.ok;
  } finally {
    destination.discard();
  }
}

/** @throws {UsageError} for a file that cannot be read or is no report */
function reportIn(file: string): ReportDocument {
  const refused = (reason: string) => new UsageError(`${visible(file)}: ${visible(reason)}`);
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw refused(unreadableReason(error));
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw refused('is not a JSON report; pcapdx report --format json makes what is compared');
  }
  const parsed = reportSchema.safeParse(document);
  if (parsed.success && parsed.data.part !== undefined)
    throw refused('is a part; pcapdx merge makes one report of all parts');
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined ? '' : ` (${issue.path.join('.') || 'the document'}: ${issue.message})`;
  throw refused(`is not a report of this version of pcapdx${place}`);
}

function isFailure({ verdict, findings }: ComparisonDocument, failOn: 'worse' | 'unmended' | 'never'): boolean {
  if (failOn === 'never') return false;
  if (findings.some(({ change }) => change === 'new' || change === 'more-frequent')) return true;
  return failOn === 'unmended' && verdict !== 'mended' && verdict !== 'nothing-found';
}
