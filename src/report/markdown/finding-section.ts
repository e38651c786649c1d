import type { Evidence, Finding } from '../../facts/finding.js';
import { captureIndexOf, type PacketReference, packetNumberOf } from '../../facts/packet-reference.js';
import type { Analysis } from '../../facts/summary.js';
import { durationText } from '../../text/duration.js';
import { fileWord } from '../../text/shell-word.js';
import { countText, manyText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { causesTold, verdictWord } from '../causes-told.js';
import { occurrenceFilter } from '../display-filter.js';
import { visibleLines } from '../json.js';
import { ladderMermaid } from '../ladder/mermaid.js';
import { ladderText } from '../ladder/text.js';
import { periodText } from '../period.js';
import { repeatedWords } from '../repeated.js';
import type { ReportInput } from '../report-input.js';
import { cellText, codeBlock, codeSpan, markdownText } from './markdown-text.js';
import type { MarkdownOptions } from './options.js';
import { titleOf } from './title.js';

/** How much of a finding is shown. */
export interface Extent {
  readonly occurrences: number;
  readonly hasLadder: boolean;
}

/** Columns of a ladder in characters: a ticket is narrower than a terminal. */
const LADDER_STYLE = { width: 88, isColoured: false, ascii: false, time: 'relative' } as const;

/** One finding as a section. */
export function findingSection(finding: Finding, input: ReportInput, options: MarkdownOptions, extent: Extent): string {
  const { analysis } = input;
  const { id, severity, confidence, rule, occurrences, firstSeenNs, lastSeenNs } = finding;
  const period = periodText(firstSeenNs, lastSeenNs, analysis.originEpochNs ?? 0n, 'utc');
  const times = occurrences === 1 ? '**once**' : `**${countText(occurrences)}** times`;
  const blocks = [
    `### ${id} · ${severity} · ${confidence} · ${titleOf(finding)}`,
    `${times} in ${manyText(analysis.connections, 'connection')}, ${period} · rule ${codeSpan(rule)}`,
  ];
  const summary = visible(finding.summary);
  if (summary !== '' && summary !== visible(finding.title)) blocks.push(markdownText(summary));
  if (finding.hypotheses.length > 0) {
    const rows = causesTold(finding.hypotheses).map(
      ({ causes, verdict, because }) =>
        `| ${cellText(causes.join(', '))} | ${verdictWord(verdict)} | ${cellText(visible(because))} |`,
    );
    blocks.push(['| cause | verdict | because |', '|---|---|---|', ...rows].join('\n'));
  }
  blocks.push(...remedies(finding));
  if (extent.hasLadder) blocks.push(...drawing(finding, options));
  blocks.push(...packets(finding, analysis, extent.occurrences), inWireshark(finding, input));
  return blocks.join('\n\n');
}

function drawing({ id }: Finding, { ladder: kind, ladders }: MarkdownOptions): string[] {
  const ladder = ladders.get(id);
  if (ladder === undefined || kind === 'none') return [];
  return [
    kind === 'mermaid' ? codeBlock(ladderMermaid(ladder), 'mermaid') : codeBlock(ladderText(ladder, LADDER_STYLE)),
  ];
}

/** The packets that prove it: those of each occurrence shown as a table of its own. */
function packets(finding: Finding, analysis: Analysis, most: number): string[] {
  const shown = finding.evidence.slice(0, most);
  const blocks = shown.map((occurrence) => packetTable(occurrence, analysis));
  const more = finding.occurrences - shown.length;
  if (more > 0) blocks.push(`… ${manyText(more, 'more occurrence')}, not shown here.`);
  return blocks;
}

function packetTable(occurrence: Evidence, analysis: Analysis): string {
  const start = occurrence.packets[0]?.atNs ?? 0;
  const rows = occurrence.packets.map(
    ({ packet, atNs, note }) =>
      `| ${codeSpan(numberText(packet, analysis)).replaceAll('|', '\\|')} | ${atNs === start ? '' : `+${durationText(atNs - start)}`} | ${cellText(visible(note))} |`,
  );
  const filter = occurrenceFilter(occurrence, analysis.captures.length);
  return [
    `| packet | ${afterHead(occurrence, analysis)} | ${codeSpan(filter).replaceAll('|', '\\|')} |`,
    '|---|--:|---|',
    ...rows,
  ].join('\n');
}

/** Names the packet that the times count from: those of the drawing above count from the conversation's first. */
function afterHead({ packets: [first, second] }: Evidence, analysis: Analysis): string {
  if (first === undefined || second === undefined) return 'after';
  return `after ${codeSpan(numberText(first.packet, analysis)).replaceAll('|', '\\|')}`;
}

function remedies({ remedies: all }: Finding): string[] {
  if (all.length === 0) return [];
  return [
    '**Change**',
    ...all.map(({ component, text, config }) => {
      const line = `- **${markdownText(component)}**: ${markdownText(visible(text))}`;
      if (config === null || config === '') return line;
      const block = codeBlock(visibleLines(config));
      return `${line}\n\n${block.replace(/^/gm, '  ')}`;
    }),
  ];
}

/** How to look at it: filter and a command that cuts the packets out. */
function inWireshark(finding: Finding, input: ReportInput): string {
  const [first] = finding.evidence;
  const lines = ['<details><summary>Find it in Wireshark</summary>', ''];
  if (first !== undefined) {
    lines.push(codeBlock(occurrenceFilter(first, input.analysis.captures.length)), '');
    const commands = commandsFor(finding, first, input);
    if (commands.length > 0) lines.push(codeBlock(commands.join('\n'), 'sh'), '');
  }
  for (const { title, url } of finding.references)
    lines.push(`- [${markdownText(title)}](<${url.replace(/[<>\s]/g, '')}>)`);
  return [...lines, '', '</details>'].join('\n');
}

/** Commands that cut it out of the captures: the packets as they are, and its connections with comments. */
function commandsFor({ id }: Finding, { packets }: Evidence, input: ReportInput): string[] {
  const words = repeatedWords(input, true);
  if (words === null) return [];
  const name = id.toLowerCase();
  const extract = `pcapdx extract ${words} --finding ${id} -o ${name}.pcapng`;
  const index = captureIndexOf(packets[0]?.packet ?? 0);
  const capture = input.analysis.captures[index];
  // It cuts one capture at a time, and none that is a text.
  if (capture === undefined || capture.format === 'text') return [extract];
  const numbers = packets.map(({ packet }) => packet).filter((packet) => captureIndexOf(packet) === index);
  const kept = numbers.map(packetNumberOf).join(' ');
  return [`editcap -r ${fileWord(capture.file)} ${name}-packets.pcapng ${kept}`, extract];
}

/** `#7`; in a run over several captures `back.pcap #7`. */
function numberText(packet: PacketReference, { captures }: Analysis): string {
  const number = `#${packetNumberOf(packet)}`;
  return captures.length > 1 ? `${visible(captures[captureIndexOf(packet)]?.file ?? '')} ${number}` : number;
}
