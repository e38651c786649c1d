/** A finding as an argument: what it says, the causes considered, what to change. */
import type { Finding, Verdict } from '../../facts/finding.js';
import { type CausesTold, causesTold } from '../../report/causes-told.js';
import { findingTitle } from '../../report/finding-title.js';
import { visible } from '../../text/visible.js';
import { cellsOf, wrapText } from '../../text/width.js';
import type { Glyphs, Role } from '../theme.js';
import { EMPTY_LINE, type Line, line, type Span, span } from './line.js';

interface VerdictLook {
  readonly glyph: keyof Glyphs;
  readonly word: string;
  readonly role: Role;
}

const LOOKS: Readonly<Record<Verdict, VerdictLook>> = {
  supported: { glyph: 'supported', word: 'supported', role: 'good' },
  'ruled-out': { glyph: 'ruledOut', word: 'ruled out', role: 'dim' },
  open: { glyph: 'open', word: 'open', role: 'warning' },
};

const INDENT = 2;
const WORD_CELLS = 10;
const CAUSE_CELLS = 20;
/** A component's name has at most this much room of its own. */
const MAX_COMPONENT_CELLS = 18;

/** The argument in lines of at most `width` cells. */
export function argumentLines(finding: Finding, width: number, glyphs: Glyphs): readonly Line[] {
  return [...paragraphLines(findingTitle(finding), width, 'strong'), ...groundLines(finding, width, glyphs)];
}

/** The argument without its title, for where that stands already. */
export function groundLines(finding: Finding, width: number, glyphs: Glyphs): readonly Line[] {
  const lines: Line[] = [];
  if (visible(finding.summary) !== visible(finding.title)) lines.push(...paragraphLines(finding.summary, width));
  if (finding.hypotheses.length > 0) {
    lines.push(EMPTY_LINE, line(' Causes considered', 'strong'));
    for (const told of causesTold(finding.hypotheses)) lines.push(...causeLines(told, width, glyphs));
  }
  if (finding.remedies.length > 0) {
    lines.push(EMPTY_LINE, line(' Change', 'strong'));
    const cells = Math.min(MAX_COMPONENT_CELLS, Math.max(...finding.remedies.map(({ component }) => component.length)));
    for (const { component, text, config } of finding.remedies) {
      lines.push(...hanging(`${component.padEnd(cells)} ${visible(text)}`, cells + 1, width));
      const indent = INDENT + cells + 3;
      for (const each of config?.split('\n') ?? [])
        for (const part of wrapText(' '.repeat(indent) + visible(each), width - 1, indent + INDENT))
          lines.push(line(part, 'notice'));
    }
  }
  if (finding.references.length > 0) {
    lines.push(EMPTY_LINE, line(' References', 'strong'));
    for (const { title, url } of finding.references) lines.push(...referenceLines(visible(title), url, width));
  }
  return lines;
}

function paragraphLines(text: string, width: number, role: Role = 'plain'): Line[] {
  return wrapText(visible(text), width - 2).map((part) => line(` ${part}`, role));
}

/** An address that has no room beside its title stands below it, whole as far as the terminal is as wide. */
function referenceLines(title: string, url: string, width: number): Line[] {
  const one = `  ${title}  ${url}`;
  if (cellsOf(one) < width) return [line(one, 'dim')];
  return [...wrapText(`  ${title}`, width - 1, 4), ...wrapText(`    ${url}`, width - 1, 4)].map((text) =>
    line(text, 'dim'),
  );
}

/** Causes that share a reason stand under one another, the reason beside the last. */
function causeLines({ causes, verdict, because }: CausesTold, width: number, glyphs: Glyphs): Line[] {
  const look = LOOKS[verdict];
  const sign = span(`${' '.repeat(INDENT)}${glyphs[look.glyph]} ${look.word.padEnd(WORD_CELLS)} `, look.role);
  const empty = span(' '.repeat(INDENT + 2 + WORD_CELLS + 1));
  return causes.flatMap((cause, at) => {
    const before = at === 0 ? sign : empty;
    return at < causes.length - 1
      ? [[before, span(`${cause},`, 'strong')]]
      : reasonLines(before, cause, because, width);
  });
}

function reasonLines(before: Span, cause: string, because: string, width: number): Line[] {
  const head = `${cause.padEnd(CAUSE_CELLS)} `;
  const lead = ' '.repeat(INDENT + 2 + WORD_CELLS + 1) + head;
  const margin = width < 90 ? INDENT + 2 + WORD_CELLS + 3 : lead.length;
  return wrapText(`${lead}${visible(because)}`, width - 1, margin).map((text, index) =>
    index === 0 ? [before, span(head, 'strong'), span(text.slice(lead.length))] : line(text),
  );
}

function hanging(text: string, hang: number, width: number): Line[] {
  return wrapText(`${' '.repeat(INDENT)}${text}`, width - 1, INDENT + hang).map((each) => line(each));
}
