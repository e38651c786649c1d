import type { Evidence, Finding, Verdict } from '../facts/finding.js';
import { captureIndexOf, type PacketReference, packetNumberOf } from '../facts/packet-reference.js';
import type { Analysis } from '../facts/summary.js';
import { countText } from '../text/size.js';
import { visible } from '../text/visible.js';
import { causesTold } from './causes-told.js';
import { occurrenceFilter } from './display-filter.js';
import { findingTitle } from './finding-title.js';
import { visibleLines } from './json.js';
import type { Page } from './page.js';
import { periodText } from './period.js';

/** Where a finding's paragraphs begin, and where what they say does. */
const INDENT = 2;
const HANGING = 14;

const HEADINGS: Readonly<Record<Verdict, string>> = { supported: 'Supported', 'ruled-out': 'Ruled out', open: 'Open' };

/** A finding as an argument: what, how often, why, what to change, and the packets that prove it. */
export function writeFinding(page: Page, finding: Finding, analysis: Analysis, maxOccurrences: number): void {
  const { severity } = finding;
  const heading = `${severity.toUpperCase()}  ${finding.id}`;
  page.labelled(heading, findingTitle(finding), {
    indent: 0,
    hanging: heading.length + 2,
    role: severity,
    textRole: 'strong',
  });
  const origin = analysis.originEpochNs ?? 0n;
  const period = periodText(finding.firstSeenNs, finding.lastSeenNs, origin, page.style.time);
  const times = finding.occurrences === 1 ? 'once' : `${countText(finding.occurrences)} times`;
  page.ends(`${times}, ${period}`, `${finding.rule}, ${finding.confidence}`, INDENT);
  const summary = visible(finding.summary);
  if (summary !== '' && summary !== visible(finding.title)) page.prose(summary, INDENT);
  let told: Verdict | null = null;
  for (const { causes, verdict, because } of causesTold(finding.hypotheses)) {
    const label = verdict === told ? '' : HEADINGS[verdict];
    field(page, label, `${causes.join(', ')}: ${visible(because)}`, verdict === 'supported');
    told = verdict;
  }
  finding.remedies.forEach(({ component, text, config }, index) => {
    field(page, index === 0 ? 'Change' : '', `${component}: ${visible(text)}`);
    if (config !== null && config !== '') page.verbatim(visibleLines(config), HANGING + INDENT);
  });
  writePackets(page, finding, analysis, maxOccurrences);
}

/** A finding in a list of them: which, what, how often. */
export function writeFindingLine(page: Page, finding: Finding): void {
  const times = finding.occurrences === 1 ? 'once' : `${countText(finding.occurrences)} times`;
  const heading = `${finding.severity.padEnd(SEVERITY_CELLS)}  ${finding.id}`;
  page.labelled(heading, `${findingTitle(finding)}, ${times}`, {
    indent: INDENT,
    hanging: INDENT + heading.length + 2,
    role: finding.severity,
  });
}

/** As wide as `critical`. */
const SEVERITY_CELLS = 8;

/** The first occurrence packet by packet, the further ones as numbers to look up. */
function writePackets(page: Page, finding: Finding, analysis: Analysis, maxOccurrences: number): void {
  const shown = finding.evidence.slice(0, maxOccurrences);
  shown.forEach((occurrence, index) => {
    const filter = occurrenceFilter(occurrence, analysis.captures.length);
    if (index > 0) {
      page.ends(numbersText(occurrence, analysis), filter, HANGING);
      return;
    }
    occurrence.packets.forEach(({ packet, note }, place) => {
      field(page, place === 0 ? 'Packets' : '', `${numberText(packet, analysis)} ${visible(note)}`);
    });
    field(page, '', filter);
  });
  const more = finding.occurrences - shown.length;
  if (more <= 0) return;
  const hint =
    finding.evidence.length > shown.length ? ` (--max-occurrences ${finding.evidence.length} shows more)` : '';
  field(page, shown.length === 0 ? 'Packets' : '', `${countText(more)} more${hint}`);
}

/** `#6 → #7`. */
function numbersText(occurrence: Evidence, analysis: Analysis): string {
  return occurrence.packets.map(({ packet }) => numberText(packet, analysis)).join(' → ');
}

/** `#7`; in a run over several captures `back.pcap #7`. */
function numberText(packet: PacketReference, { captures }: Analysis): string {
  const number = `#${packetNumberOf(packet)}`;
  return captures.length > 1 ? `${visible(captures[captureIndexOf(packet)]?.file ?? '')} ${number}` : number;
}

function field(page: Page, label: string, text: string, isStrong = false): void {
  page.labelled(label, text, { indent: INDENT, hanging: HANGING, role: isStrong ? 'strong' : 'dim' });
}
