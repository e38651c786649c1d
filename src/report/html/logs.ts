import type { LogTie } from '../../findings/log-tie.js';
import { countText } from '../../text/size.js';
import { logSentences, tiedRows } from '../log-summary.js';
import { xmlText } from '../xml.js';

/** Tied lines of the table. */
const MAX_ROWS = 200;

/** The section on the logs: what text has, and the lines that were tied as a table. */
export function logsSection(logs: LogTie, originEpochNs: bigint): string {
  const [first, ...others] = logSentences(logs, originEpochNs);
  const rows = tiedRows(logs, MAX_ROWS).map(
    ({ place, outcome, stream }) =>
      `<tr><td><code>${xmlText(place)}</code></td><td>${xmlText(outcome)}</td><td class="figure">${stream}</td></tr>`,
  );
  const more = logs.tied.length - rows.length;
  const table =
    rows.length === 0
      ? ''
      : `<table><caption class="visually-hidden">Log lines and their connections</caption><thead><tr><th scope="col">line</th><th scope="col">outcome</th><th scope="col" class="figure">stream</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return [
    '<section aria-labelledby="log-title"><h2 id="log-title">Log</h2>',
    first === undefined ? '' : `<p>${xmlText(first.text)}</p>`,
    table,
    more > 0 ? `<p>… ${countText(more)} more</p>` : '',
    ...others.map(({ label, text }) => `<p><b>${xmlText(label)}</b>: ${xmlText(text)}</p>`),
    '</section>',
  ].join('');
}
