import type { LogTie } from '../findings/log-tie.js';
import { countText } from '../text/size.js';
import { logSentences, tiedRows } from './log-summary.js';
import type { Page } from './page.js';

/** Tied lines named one by one. */
const MAX_TIED = 5;

/** The section on the logs. */
export function writeLogs(page: Page, logs: LogTie, originEpochNs: bigint): void {
  page.blank();
  const [first, ...others] = logSentences(logs, originEpochNs);
  if (first !== undefined) paragraph(page, first.label, first.text);
  const rows = tiedRows(logs, MAX_TIED).map(({ place, outcome, stream }) => `${place} (${outcome}) stream ${stream}`);
  if (rows.length > 0) {
    const more = logs.tied.length - rows.length;
    paragraph(page, 'Tied', `${rows.join(', ')}${more > 0 ? `, and ${countText(more)} more` : ''}.`);
  }
  for (const { label, text } of others) paragraph(page, label, text);
}

function paragraph(page: Page, label: string, text: string): void {
  page.labelled(label, `  ${text}`, { indent: 0, hanging: 2, role: 'strong' });
}
