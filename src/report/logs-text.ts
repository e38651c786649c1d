import { type LogTie, outcomeText } from '../findings/log-tie.js';
import { endpointText } from '../text/address.js';
import { durationText } from '../text/duration.js';
import { hasDate } from '../text/instant.js';
import { countText } from '../text/size.js';
import { visible } from '../text/visible.js';
import type { Page } from './page.js';

/** Lines and resets named one by one. */
const MAX_NAMED = 5;

/** What the logs add: how much of them was found again, and what stands on one side alone. */
export function writeLogs(page: Page, logs: LogTie, originEpochNs: bigint): void {
  const { files, offsetNs, tied, withoutConnection, resetsWithoutLine, notCompared } = logs;
  page.blank();
  const failing = files.reduce((sum, file) => sum + file.failing, 0);
  const unreadable = files.reduce((sum, file) => sum + file.unreadable, 0);
  const sides = offsetNs !== null && offsetNs < 0n ? 'behind' : 'ahead of';
  const clock =
    offsetNs === null
      ? 'the clocks could not be brought together'
      : !hasDate(originEpochNs)
        ? 'the capture has no date, so the clocks are not compared'
        : `its clock ${durationText(Math.abs(Number(offsetNs)))} ${sides} the capture's`;
  paragraph(
    page,
    'LOG',
    `${countText(tied.length)} of ${countText(failing)} failing lines tied to their connections; ${clock}.`,
  );
  if (withoutConnection.length > 0) {
    const named = withoutConnection.slice(0, MAX_NAMED).map(({ file, number, line }) => {
      return `${visible(files[file]?.file ?? '')}:${number} (${outcomeText(line)})`;
    });
    paragraph(
      page,
      'No connection',
      `${countText(withoutConnection.length)} failing lines: ${listed(named, withoutConnection.length)}.`,
    );
  }
  if (resetsWithoutLine.length > 0) {
    const named = resetsWithoutLine.slice(0, MAX_NAMED).map(({ stream, client, server }) => {
      return `stream ${stream} (${endpointText(client)} to ${endpointText(server)})`;
    });
    paragraph(
      page,
      'No line',
      `${countText(resetsWithoutLine.length)} resets: ${listed(named, resetsWithoutLine.length)}.`,
    );
  }
  if (unreadable > 0) paragraph(page, 'Not read', `${countText(unreadable)} lines of no known format.`);
  if (notCompared > 0) paragraph(page, 'Not compared', `${countText(notCompared)} failures beyond what is kept.`);
}

function listed(named: readonly string[], all: number): string {
  return all > named.length ? `${named.join(', ')}, …` : named.join(', ');
}

function paragraph(page: Page, label: string, text: string): void {
  page.labelled(label, `  ${text}`, { indent: 0, hanging: 2, role: 'strong' });
}
