/**
 * The report for a ticket: the verdict first, then the argument, and the packets that prove it.
 *
 * GitHub takes 65,536 characters: what is too long is cut at occurrences first, then at drawings,
 * then at findings, and says so.
 */

import type { Analysis } from '../../facts/summary.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText, manyText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { adviceClauses } from '../advice.js';
import { answerAmong, captureCaveat } from '../answer.js';
import { captureNames } from '../capture-names.js';
import { startText } from '../period.js';
import type { ReportInput } from '../report-input.js';
import { idleTimeoutText, seenText } from '../servers-text.js';
import { unseenClauses } from '../unseen-text.js';
import { type Extent, findingSection } from './finding-section.js';
import { logSection } from './log-section.js';
import { cellText, codeSpan, markdownText } from './markdown-text.js';
import type { MarkdownOptions } from './options.js';
import { titleOf } from './title.js';

/** Characters of the whole; below GitHub's limit, so that a sentence can be put before it. */
export const MAX_MARKDOWN = 60_000;
/** Occurrences per finding unless told otherwise. */
export const MARKDOWN_OCCURRENCES = 3;
/** Servers listed. */
const MAX_SERVERS = 20;

/** The report, ended by a newline. */
export function markdownReport(input: ReportInput, options: MarkdownOptions): string {
  const occurrences = input.maxOccurrences ?? MARKDOWN_OCCURRENCES;
  const { findings } = input.analysis;
  const extents: readonly Extent[] = [
    { occurrences, hasLadder: options.ladder !== 'none' },
    { occurrences: Math.min(1, occurrences), hasLadder: options.ladder !== 'none' },
    { occurrences: Math.min(1, occurrences), hasLadder: false },
  ];
  for (const extent of extents) {
    const text = written(input, options, extent, findings.length);
    if (text.length <= MAX_MARKDOWN) return text;
  }
  const last = extents[extents.length - 1] ?? { occurrences: 1, hasLadder: false };
  let shown = findings.length;
  let text = '';
  do {
    shown = Math.floor(shown * 0.8);
    text = written(input, options, last, shown);
  } while (text.length > MAX_MARKDOWN && shown > 0);
  return text.length <= MAX_MARKDOWN ? text : `${text.slice(0, MAX_MARKDOWN)}\n`;
}

function written(input: ReportInput, options: MarkdownOptions, extent: Extent, shown: number): string {
  const { analysis } = input;
  const { findings } = analysis;
  const blocks = [
    ...head(input),
    ...findings.slice(0, shown).map((finding) => findingSection(finding, input, options, extent)),
  ];
  if (shown < findings.length) {
    blocks.push(
      `**${manyText(findings.length - shown, 'more finding')}** ${findings.length - shown === 1 ? 'is' : 'are'} left out here: a ticket takes no more.`,
    );
  }
  if (findings.length === 0) blocks.push(nothingFound(analysis));
  if (input.logs !== undefined) blocks.push(...logSection(input.logs, analysis.originEpochNs ?? 0n));
  blocks.push(...serverTable(analysis), ...unseen(input), foot(input));
  return `${blocks.join('\n\n')}\n`;
}

function head(input: ReportInput): string[] {
  const { analysis } = input;
  const { captures, originEpochNs, connections, durationNs } = analysis;
  const packets = captures.reduce((sum, capture) => sum + capture.packets, 0);
  const what = captureNames(analysis, (file) => codeSpan(visible(file)));
  const when = originEpochNs === null ? '' : `, ${durationText(durationNs)} from ${startText(originEpochNs, 'utc')}`;
  const blocks = [`## ${verdict(analysis)}`];
  if (input.reveal) blocks.push('> **Secrets shown**: query strings and tokens stand as they were sent (`--reveal`).');
  blocks.push(`${what}: ${manyText(packets, 'packet')}, ${manyText(connections, 'connection')}${when}`);
  const caveat = captureCaveat(analysis.findings);
  if (caveat !== null) blocks.push(`> ${markdownText(visible(caveat))}`);
  if (input.filter !== null) {
    const { expression, hiddenFindings } = input.filter;
    blocks.push(
      `Shown is what ${codeSpan(visible(expression))} chooses; ${manyText(hiddenFindings, 'finding is', 'findings are')} hidden.`,
    );
  }
  return blocks;
}

/** The first line is the answer. */
function verdict({ findings, connections }: Analysis): string {
  const answer = answerAmong(findings);
  if (answer === undefined) return connections === 0 ? 'Nothing to judge' : 'Nothing found';
  const more = findings.length === 1 ? '' : ` (and ${countText(findings.length - 1)} more)`;
  return `${titleOf(answer)}${more}`;
}

function nothingFound(analysis: Analysis): string {
  const { connections, exchanges, rules } = analysis;
  const looked = `${manyText(connections, 'connection')} and ${manyText(exchanges, 'exchange')}`;
  const advice = adviceClauses(analysis);
  return [
    connections === 0
      ? 'There is no TCP connection in it.'
      : `No rule found a fault in ${looked}. Checked: ${rules.map(codeSpan).join(', ')}.`,
    ...(advice.length === 0 ? [] : [`**See more**: ${markdownText(`${advice.join('; ')}.`)}`]),
  ].join('\n\n');
}

function serverTable({ servers }: Analysis): string[] {
  if (servers.length === 0) return [];
  const rows = servers
    .slice(0, MAX_SERVERS)
    .map((server) =>
      [
        codeSpan(endpointText(server)),
        server.names.map((name) => cellText(visible(name))).join(', '),
        countText(server.connections),
        seenText(server.requests, server),
        seenText(server.serverErrors, server),
        countText(server.resets),
        idleTimeoutText(server),
      ].join(' | '),
    );
  const more = servers.length - rows.length;
  return [
    '### Servers',
    [
      '| server | name | connections | requests | 5xx | RST | idle timeout |',
      '|---|---|--:|--:|--:|--:|---|',
      ...rows.map((row) => `| ${row} |`),
    ].join('\n'),
    ...(more > 0 ? [`… ${countText(more)} more`] : []),
  ];
}

/** What could not be seen or read. */
function unseen({ analysis, errors }: ReportInput): string[] {
  const clauses = unseenClauses(analysis.unseen, analysis.captures, analysis.keysGiven);
  const lines = clauses.length === 0 ? [] : [`**Not seen**: ${markdownText(`${clauses.join('; ')}.`)}`];
  for (const { file, offset, reason } of errors) {
    const place = offset === null ? '' : `offset ${offset}: `;
    lines.push(`**Not read**: ${codeSpan(visible(file))}: ${place}${markdownText(visible(reason))}`);
  }
  for (const { file, warnings } of analysis.captures) {
    for (const warning of warnings)
      lines.push(`**Warning**: ${codeSpan(visible(file))}: ${markdownText(visible(warning))}`);
  }
  for (const { rule, message } of analysis.ruleFailures) {
    lines.push(`**Warning**: rule ${codeSpan(rule)} failed, the others concluded: ${markdownText(visible(message))}`);
  }
  return lines;
}

function foot({ version, reveal }: ReportInput): string {
  return `<sub>pcapdx ${markdownText(version)}${reveal ? '' : ' · secrets hidden'}</sub>`;
}
