import type { LogTie } from '../../findings/log-tie.js';
import { countText } from '../../text/size.js';
import { logSentences, tiedRows } from '../log-summary.js';
import { cellText, codeSpan, markdownText } from './markdown-text.js';

/** Tied lines of the table. */
const MAX_ROWS = 20;

/** The section on the logs, block by block: what text has, and the lines that were tied as a table. */
export function logSection(logs: LogTie, originEpochNs: bigint): string[] {
  const [first, ...others] = logSentences(logs, originEpochNs);
  const rows = tiedRows(logs, MAX_ROWS).map(
    ({ place, outcome, stream }) =>
      `| ${codeSpan(place)} | ${cellText(outcome)} | ${codeSpan(`tcp.stream eq ${stream}`)} |`,
  );
  const more = logs.tied.length - rows.length;
  return [
    '### Log',
    ...(first === undefined ? [] : [markdownText(first.text)]),
    ...(rows.length === 0 ? [] : [['| line | outcome | connection |', '|---|---|---|', ...rows].join('\n')]),
    ...(more > 0 ? [`… ${countText(more)} more`] : []),
    ...others.map(({ label, text }) => `**${label}**: ${markdownText(text)}`),
  ];
}
