import { packageVersion } from '../cli/version.js';
import { MAX_EVIDENCE } from '../facts/finding.js';
import { analyze } from '../pipeline/analyze.js';
import { reportDocument } from '../report/json.js';
import type { ReportDocument } from '../report/schema.js';
import { RULES } from '../rules/index.js';
import { rulesOfModule } from '../rules/own/checked-rule.js';
import type { Rule } from '../rules/rule.js';
import type { ReadOptions } from './read-options.js';
import { readingOf } from './reading.js';

/** What is judged, and how the report is made. */
export interface DiagnoseOptions extends ReadOptions {
  /** Ids of the rules to run. Default: all. */
  readonly rules?: readonly string[];
  /** Rules beside those of the catalogue, as `defineRule` of `pcapdx/rule` makes them. */
  readonly ownRules?: readonly Rule<unknown>[];
  /** Examples per finding, at most 20. Default: 20. */
  readonly maxOccurrences?: number;
}

/**
 * Reads captures and says why requests failed: the document that `pcapdx report --format json` prints.
 *
 * Several captures are one run, ordered by time. What of a capture cannot be read stands in `errors`.
 *
 * @throws {CaptureError} when none of the captures can be opened
 * @throws {RangeError} for no capture, the id of a rule that there is not, or a `maxOccurrences` that is no number of them
 * @throws {RuleFileError} for an own rule that is none
 */
export async function diagnose(
  captures: string | readonly string[],
  options: DiagnoseOptions = {},
): Promise<ReportDocument> {
  const known = RULES.map(({ meta }) => meta.id);
  const ownRules = (options.ownRules ?? []).length === 0 ? [] : rulesOfModule(options.ownRules, known);
  known.push(...ownRules.map(({ meta }) => meta.id));
  for (const id of options.rules ?? []) if (!known.includes(id)) throw new RangeError(`no such rule: ${id}`);
  const { maxOccurrences = MAX_EVIDENCE } = options;
  if (!Number.isInteger(maxOccurrences) || maxOccurrences < 0)
    throw new RangeError(`maxOccurrences: ${maxOccurrences} is no whole number of 0 or more`);
  const { analysis, errors } = await analyze({
    ...readingOf(captures, options),
    ownRules,
    ...(options.rules === undefined ? {} : { rules: options.rules }),
  });
  const [first] = errors;
  if (first !== undefined && analysis.captures.length === 0) throw first;
  return reportDocument({
    analysis,
    errors,
    version: packageVersion(),
    reveal: options.reveal === true,
    filter: null,
    maxOccurrences,
  });
}
