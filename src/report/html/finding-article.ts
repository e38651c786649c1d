import type { Evidence, Finding } from '../../facts/finding.js';
import { captureIndexOf, type PacketReference, packetNumberOf } from '../../facts/packet-reference.js';
import type { Analysis } from '../../facts/summary.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { joinUnits } from '../../text/width.js';
import { causesTold, verdictWord } from '../causes-told.js';
import { occurrenceFilter } from '../display-filter.js';
import { findingTitle } from '../finding-title.js';
import { visibleLines } from '../json.js';
import { cutRows } from '../ladder/cut-rows.js';
import type { Ladder } from '../ladder/ladder.js';
import type { MessageRow } from '../ladder/row.js';
import { ladderSvg } from '../ladder/svg.js';
import { ladderTitle } from '../ladder/title.js';
import { periodText } from '../period.js';
import { repeatedWords } from '../repeated.js';
import type { ReportInput } from '../report-input.js';
import { xmlText } from '../xml.js';

/** What severities are known by without colour. */
export const SIGNS = { critical: '✖', warning: '▲', notice: '●' } as const;

/** One finding: claim, causes, change, conversation, packets. */
export function findingArticle(
  finding: Finding,
  input: ReportInput,
  ladder: Ladder | undefined,
  occurrences: number,
  mostRows: number,
): string {
  const { analysis } = input;
  const { id, severity, confidence, rule, firstSeenNs, lastSeenNs } = finding;
  const period = periodText(firstSeenNs, lastSeenNs, analysis.originEpochNs ?? 0n, 'utc');
  const times = finding.occurrences === 1 ? 'once' : `${countText(finding.occurrences)} times`;
  const summary = visible(finding.summary);
  const parts = [
    `<h3 id="${id}-title"><span class="severity">${SIGNS[severity]} ${severity}</span><a href="#${id}">${id}</a> ${xmlText(findingTitle(finding))}</h3>`,
    `<p class="dim">${times}, ${xmlText(period)} · ${confidence} · rule <code>${xmlText(rule)}</code></p>`,
    summary === visible(finding.title) ? '' : `<p>${proseText(summary)}</p>`,
    causes(finding),
    remedies(finding),
    ladder === undefined ? '' : conversation(id, ladder, mostRows),
    packets(finding, analysis, occurrences),
    elsewhere(finding, input),
  ];
  return `<article class="${severity}" id="${id}" aria-labelledby="${id}-title">${parts.join('')}</article>`;
}

/** Sentences of the page: a figure stays with its unit. */
function proseText(text: string): string {
  return xmlText(joinUnits(text));
}

function causes({ hypotheses }: Finding): string {
  if (hypotheses.length === 0) return '';
  const rows = causesTold(hypotheses).map(
    ({ causes: names, verdict, because }) =>
      `<tr class="${verdict}"><th scope="row">${names.map(xmlText).join('<br>')}</th><td class="verdict">${verdictWord(verdict)}</td><td>${proseText(visible(because))}</td></tr>`,
  );
  return `<h4>Causes considered</h4><table class="causes"><thead><tr><th scope="col">cause</th><th scope="col">verdict</th><th scope="col">because</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function remedies({ id, remedies: all }: Finding): string {
  if (all.length === 0) return '';
  const items = all.map(({ component, text, config }, index) => {
    const line = `<strong>${xmlText(component)}</strong>: ${proseText(visible(text))}`;
    if (config === null || config === '') return `<li>${line}</li>`;
    const code = `${id}-config-${index}`;
    return `<li>${line}<pre id="${code}" tabindex="0">${xmlText(visibleLines(config))}</pre>${copyButton(code, `what to change: ${visible(component)}`)}</li>`;
  });
  return `<h4>Change</h4><ul>${items.join('')}</ul>`;
}

/** The picture, and the same as a table for whoever does not see it. */
function conversation(id: string, ladder: Ladder, mostRows: number): string {
  const title = ladderTitle(ladder);
  const rows = cutRows(ladder.rows, mostRows);
  const cut = { ...ladder, rows };
  const note = rows === ladder.rows ? '' : '<p class="dim"><code>pcapdx ladder</code> shows all rows.</p>';
  const messages = rows.filter((row) => row.kind === 'message');
  return (
    `<h4>Conversation</h4><p class="dim">${xmlText(title)}.<span class="hint"> Point at a row for its packet’s fields.</span></p>` +
    `<div class="scroll" tabindex="0" role="region" aria-label="${xmlText(`conversation of ${id}`)}" data-ladder="${id}-fields">` +
    `${ladderSvg(cut, { title, standsAlone: false, id: `${id}-ladder` })}</div><div class="fields" id="${id}-fields"></div>${note}` +
    `<details><summary>The same as a table, with each packet’s fields</summary><table><thead><tr><th scope="col">packet</th><th scope="col">time</th><th scope="col">direction</th><th scope="col">what</th><th scope="col">fields</th></tr></thead><tbody>${messages
      .map((row) => fieldsRow(row, ladder))
      .join('')}</tbody></table></details>`
  );
}

function fieldsRow(row: MessageRow, { lifelines }: Ladder): string {
  const role = (index: number) => lifelines[index]?.role ?? '';
  const fields = row.fields.map(
    // A figure stays with its unit.
    ({ name, value, unlike }) =>
      `${name} ${value.replace(/^([\d,.]+) /, '$1\u00a0')}${unlike === null ? '' : ` (${unlike})`}`,
  );
  const note = row.note === null ? '' : `<br><strong>${proseText(row.note)}</strong>`;
  return `<tr><th scope="row">#${packetNumberOf(row.packet)}</th><td class="figure">+${durationText(row.sinceStartNs)}</td><td>${role(row.from)} → ${role(row.to)}</td><td>${xmlText(row.label)}${note}</td><td>${xmlText(fields.join(', '))}</td></tr>`;
}

function packets(finding: Finding, analysis: Analysis, most: number): string {
  const shown = finding.evidence.slice(0, most);
  const tables = shown.map((occurrence) => evidenceTable(occurrence, analysis));
  const more = finding.occurrences - shown.length;
  const rest = more > 0 ? `<p class="dim">… ${countText(more)} more, not in this page.</p>` : '';
  const [first = '', ...others] = tables;
  const folded =
    others.length === 0
      ? ''
      : `<details><summary>${countText(others.length)} more occurrence${others.length === 1 ? '' : 's'}</summary>${others.join('')}</details>`;
  return `<h4>Packets</h4>${first}${folded}${rest}`;
}

function evidenceTable(occurrence: Evidence, analysis: Analysis): string {
  const start = occurrence.packets[0]?.atNs ?? 0;
  const filter = occurrenceFilter(occurrence, analysis.captures.length);
  const isOne = analysis.captures.length === 1;
  const rows = occurrence.packets.map(
    ({ packet, atNs, note }) =>
      `<tr><th scope="row"${isOne ? '' : ' class="file"'}>${xmlText(numberText(packet, analysis))}</th><td class="figure">${atNs === start ? '' : `+${durationText(atNs - start)}`}</td><td>${proseText(visible(note))}</td></tr>`,
  );
  // Named, because the times of the drawing above count from the conversation's first packet.
  const [first, second] = occurrence.packets;
  const afterHead = first === undefined || second === undefined ? 'after' : `after #${packetNumberOf(first.packet)}`;
  return `<table><caption><code>${xmlText(filter)}</code></caption><thead><tr><th scope="col">packet</th><th scope="col" class="figure">${xmlText(afterHead)}</th><th scope="col">what it shows</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** A page has many of them: who hears only the button is told what it copies. */
function copyButton(code: string, what: string): string {
  return `<button type="button" data-copy="${code}" aria-label="Copy ${xmlText(what)}" hidden>Copy</button>`;
}

/** Commands that show more, and references. */
function elsewhere({ id, rule, references }: Finding, input: ReportInput): string {
  const words = repeatedWords(input, true);
  const lines = [
    `pcapdx extract ${words} --finding ${id} -o ${id.toLowerCase()}.pcapng`,
    `pcapdx ladder ${words} --finding ${id}`,
    `pcapdx explain ${rule}`,
  ];
  const commands =
    words === null
      ? ''
      : `<pre id="${id}-commands" tabindex="0">${xmlText(lines.join('\n'))}</pre>${copyButton(`${id}-commands`, `commands for ${id}`)}`;
  const links = references.map(({ title, url }) =>
    /^https:\/\//.test(url)
      ? `<li><a href="${xmlText(url)}" rel="noreferrer">${xmlText(title)}</a></li>`
      : `<li>${xmlText(`${title} ${url}`)}</li>`,
  );
  const list = links.length === 0 ? '' : `<ul>${links.join('')}</ul>`;
  return `<details><summary>See also</summary>${commands}${list}</details>`;
}

/** `#7`; in a run over several captures `back.pcap #7`. */
function numberText(packet: PacketReference, { captures }: Analysis): string {
  const number = `#${packetNumberOf(packet)}`;
  return captures.length > 1 ? `${visible(captures[captureIndexOf(packet)]?.file ?? '')} ${number}` : number;
}
