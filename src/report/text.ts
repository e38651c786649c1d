/**
 * The report for people: first what was read, then the answer, then what stands behind it.
 *
 * It is made to be pasted: no boxes, nothing in colour alone, no figure about the run itself, so that
 * two runs over the same captures print the same.
 */

import type { CaptureFacts } from '../facts/capture.js';
import { type Finding, SEVERITIES } from '../facts/finding.js';
import type { Analysis } from '../facts/summary.js';
import { durationText } from '../text/duration.js';
import { countText, manyText } from '../text/size.js';
import { visible } from '../text/visible.js';
import { adviceClauses } from './advice.js';
import { captureCaveat } from './answer.js';
import { NAMED_CAPTURES } from './capture-names.js';
import { writeFinding, writeFindingLine } from './finding-text.js';
import { writeLogs } from './logs-text.js';
import { Page } from './page.js';
import { startText } from './period.js';
import { repeatedWords } from './repeated.js';
import type { ReportInput } from './report-input.js';
import { writeServers } from './servers-text.js';
import type { TextStyle } from './text-style.js';
import { unseenClauses } from './unseen-text.js';

/** Occurrences per finding unless told otherwise: enough to look one up, and a second opinion. */
export const TEXT_OCCURRENCES = 3;

/** The text report, ended by a newline. */
export function textReport(input: ReportInput, style: TextStyle): string {
  const { analysis } = input;
  const page = new Page(style);
  writeCaptures(page, analysis);
  if (input.reveal) {
    page.labelled('SECRETS SHOWN', '  query strings and tokens stand as they were sent (--reveal)', {
      indent: 0,
      hanging: 0,
      role: 'warning',
    });
  }
  writeFilter(page, input);
  const caveat = captureCaveat(analysis.findings);
  if (caveat !== null) paragraph(page, 'INCOMPLETE', visible(caveat), 'warning');
  for (const finding of analysis.findings) {
    page.blank();
    writeFinding(page, finding, analysis, input.maxOccurrences ?? TEXT_OCCURRENCES);
  }
  if (analysis.findings.length === 0 && (input.filter?.hiddenFindings ?? 0) === 0) writeNothingFound(page, analysis);
  if (input.logs !== undefined) writeLogs(page, input.logs, analysis.originEpochNs ?? 0n);
  writeServers(page, analysis.servers);
  page.blank();
  const unseen = unseenClauses(analysis.unseen, analysis.captures, analysis.keysGiven);
  if (unseen.length > 0) paragraph(page, 'NOT SEEN', `${unseen.join('; ')}.`);
  writeWarnings(page, input);
  writeList(page, analysis.findings);
  page.phrases('Next:', nextCommands(input), ' · ');
  return page.toString();
}

/** How many findings a filter hides: what is not shown was found all the same. */
function writeFilter(page: Page, { analysis, filter }: ReportInput): void {
  if (filter === null) return;
  const { length: shown } = analysis.findings;
  const all = manyText(shown + filter.hiddenFindings, 'finding');
  paragraph(page, 'FILTERED', `${countText(shown)} of ${all} shown: ${visible(filter.expression)}`);
}

/** What was read: one capture on a line of its own, several under their sum. */
function writeCaptures(page: Page, analysis: Analysis): void {
  const { captures, connections, originEpochNs } = analysis;
  const packets = captures.reduce((sum, capture) => sum + capture.packets, 0);
  const what = captures.length === 1 ? visible(captures[0]?.file ?? '') : `${countText(captures.length)} captures`;
  const figures = `${manyText(packets, 'packet')}, ${manyText(connections, 'connection')}`;
  const when =
    originEpochNs === null
      ? ''
      : `, ${durationText(analysis.durationNs)} from ${startText(originEpochNs, page.style.time)}`;
  page.prose(`${what}: ${figures}${when}`, 0, 2);
  if (captures.length <= 1) return;
  for (const capture of captures.slice(0, NAMED_CAPTURES)) page.prose(captureText(capture, page.style), 2, 4);
  const more = captures.length - NAMED_CAPTURES;
  if (more > 0) page.prose(`… ${countText(more)} more`, 2);
}

function captureText({ file, packets, startEpochNs, endEpochNs }: CaptureFacts, style: TextStyle): string {
  const figures = `${visible(file)}: ${manyText(packets, 'packet')}`;
  if (startEpochNs === null || endEpochNs === null) return figures;
  return `${figures}, ${durationText(Number(endEpochNs - startEpochNs))} from ${startText(startEpochNs, style.time)}`;
}

/** Nothing found is a result too: what was looked at, with what, and how to see more. */
function writeNothingFound(page: Page, analysis: Analysis): void {
  const { connections, exchanges, rules } = analysis;
  page.blank();
  if (connections === 0) {
    paragraph(page, 'NOTHING TO JUDGE', 'there is no TCP connection in it.');
  } else {
    paragraph(
      page,
      'NOTHING FOUND',
      `no rule found a fault in ${manyText(connections, 'connection')} and ${manyText(exchanges, 'exchange')}.`,
    );
    paragraph(page, 'Checked', `${rulesText(rules)}.`);
  }
  const advice = adviceClauses(analysis);
  if (advice.length > 0) paragraph(page, 'See more', `${advice.join('; ')}.`);
}

/** Of several findings each in a line, last: where the report is longer than the terminal, that is what is seen. */
function writeList(page: Page, findings: readonly Finding[]): void {
  if (findings.length < 2) return;
  const counts = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [severity === 'critical' ? `${countText(count)} critical` : manyText(count, severity)];
  });
  page.blank();
  page.labelled('FINDINGS', `  ${counts.join(', ')}`, { indent: 0, hanging: 2, role: 'strong' });
  for (const finding of findings) writeFindingLine(page, finding);
  page.blank();
}

/** More rules than these are a wall of names, which `pcapdx rules` explains. */
const NAMED_RULES = 6;

/** `2 rules: keepalive-race, path-loss`; of many their number, and how to list them. */
function rulesText(rules: readonly string[]): string {
  const count = manyText(rules.length, 'rule');
  return rules.length > NAMED_RULES ? `${count} (pcapdx rules lists them)` : `${count}: ${rules.join(', ')}`;
}

function writeWarnings(page: Page, { analysis, errors }: ReportInput): void {
  for (const { file, offset, reason } of errors) {
    const place = offset === null ? '' : `offset ${offset}: `;
    paragraph(page, 'NOT READ', `${visible(file)}: ${place}${visible(reason)}`, 'critical');
  }
  for (const { file, warnings } of analysis.captures) {
    for (const warning of warnings) paragraph(page, 'WARNING', `${visible(file)}: ${visible(warning)}`, 'warning');
  }
  for (const { rule, message } of analysis.ruleFailures) {
    paragraph(page, 'WARNING', `rule ${rule} failed, the others concluded: ${visible(message)}`, 'warning');
  }
}

function paragraph(page: Page, label: string, text: string, role: 'strong' | 'warning' | 'critical' = 'strong'): void {
  page.labelled(label, `  ${text}`, { indent: 0, hanging: 2, role });
}

/** Commands that go on from here; for standard input, which cannot be read again, only what needs no capture. */
function nextCommands(input: ReportInput): string[] {
  const { captures, connections, findings } = input.analysis;
  const [rule] = findings.map((finding) => finding.rule);
  const words = connections === 0 ? null : repeatedWords(input, true);
  const commands = words === null ? [] : [`pcapdx tui ${words}`];
  if (rule !== undefined) return [...commands, `pcapdx explain ${rule}`];
  // The other captures have lists of their own.
  const first = { ...input, analysis: { ...input.analysis, captures: captures.slice(0, 1) } };
  const flows = words === null ? null : repeatedWords(first, false);
  return flows === null ? [...commands, 'pcapdx rules'] : [...commands, `pcapdx flows ${flows} --format text`];
}
