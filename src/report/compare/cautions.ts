import type { ReportDocument } from '../schema.js';
import { areOfSameCaptures } from './same-captures.js';

/** What makes the two less comparable than they look. */
export function cautionsOf(before: ReportDocument, after: ReportDocument): string[] {
  const cautions: string[] = [];
  if (areOfSameCaptures(before, after))
    cautions.push('both reports are of the same captures, so that only how they were read can differ');
  if (before.tool.version !== after.tool.version)
    cautions.push(`the reports come of different versions of pcapdx (${before.tool.version}, ${after.tool.version})`);
  for (const [when, report] of [
    ['before', before],
    ['after', after],
  ] as const) {
    if (report.filter !== undefined)
      cautions.push(`the report ${when} is filtered and hides ${report.filter.hiddenFindings} findings`);
    if (report.interrupted === true) cautions.push(`the reading was stopped ${when}`);
    if ((report.errors?.length ?? 0) > 0) cautions.push(`not all of the captures ${when} could be read`);
    const { unseen, summary } = report;
    if (unseen === undefined || summary.connections === 0) continue;
    const share = (unseen.encrypted / summary.connections) * 100;
    if (share >= 10) cautions.push(`${share.toFixed(0)} % of the connections ${when} are TLS that was not decrypted`);
  }
  return cautions;
}
