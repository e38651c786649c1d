/** A finding as an argument: what it says, the causes considered, what to change. */
import type { Finding, Verdict } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { visible } from '../../text/visible.js';
import { wrapText } from '../../text/width.js';
import type { Glyphs, Role } from '../theme.js';
import { EMPTY_LINE, type Line, line, span } from './line.js';

interface VerdictLook {
  readonly glyph: keyof Glyphs;
  readonly word: string;
  readonly role: Role;
}

/** In the order in which they are told. */
const VERDICTS: readonly (readonly [Verdict, VerdictLook])[] = [
  ['supported', { glyph: 'supported', word: 'supported', role: 'good' }],
  ['ruled-out', { glyph: 'ruledOut', word: 'ruled out', role: 'dim' }],
  ['open', { glyph: 'open', word: 'open', role: 'warning' }],
];

const INDENT = 2;
const WORD_CELLS = 10;
const CAUSE_CELLS = 20;
/** A component's name has at most this much room of its own. */
const MAX_COMPONENT_CELLS = 18;

/** The argument in lines of at most `width` cells. */
export function argumentLines(finding: Finding, width: number, glyphs: Glyphs): readonly Line[] {
  const lines: Line[] = [];
  const prose = (text: string, role: Role = 'plain') => {
    for (const part of wrapText(visible(text), width - 2)) lines.push(line(` ${part}`, role));
  };
  prose(titleOf(finding), 'strong');
  if (visible(finding.summary) !== visible(finding.title)) prose(finding.summary);
  if (finding.hypotheses.length > 0) {
    lines.push(EMPTY_LINE, line(' Causes considered', 'strong'));
    for (const [verdict, look] of VERDICTS)
      for (const { cause, because } of finding.hypotheses.filter((each) => each.verdict === verdict))
        lines.push(...causeLines(cause, because, look, width, glyphs));
  }
  if (finding.remedies.length > 0) {
    lines.push(EMPTY_LINE, line(' Change', 'strong'));
    const cells = Math.min(MAX_COMPONENT_CELLS, Math.max(...finding.remedies.map(({ component }) => component.length)));
    for (const { component, text, config } of finding.remedies) {
      lines.push(...hanging(`${component.padEnd(cells)} ${visible(text)}`, cells + 1, width));
      for (const each of config?.split('\n') ?? [])
        lines.push(line(`${' '.repeat(INDENT + cells + 3)}${visible(each)}`, 'notice'));
    }
  }
  if (finding.references.length > 0) {
    lines.push(EMPTY_LINE, line(' References', 'strong'));
    for (const { title, url } of finding.references) lines.push(line(`  ${visible(title)}  ${url}`, 'dim'));
  }
  return lines;
}

/** The title, with the server before it where it names none. */
export function titleOf({ title, subject }: Finding): string {
  if (title.includes(subject.address)) return title;
  const name = subject.name === null ? '' : ` (${subject.name})`;
  return `${endpointText(subject)}${name}: ${title}`;
}

function causeLines(cause: string, because: string, look: VerdictLook, width: number, glyphs: Glyphs): Line[] {
  const head = `${look.word.padEnd(WORD_CELLS)} ${cause.padEnd(CAUSE_CELLS)} `;
  const margin = INDENT + 2 + (width < 90 ? WORD_CELLS + 3 : head.length);
  const lead = `${' '.repeat(INDENT + 2)}${head}`;
  return wrapText(`${lead}${visible(because)}`, width - 1, margin).map((text, index) =>
    index === 0
      ? [
          span(' '.repeat(INDENT)),
          span(`${glyphs[look.glyph]} ${look.word.padEnd(WORD_CELLS)} `, look.role),
          span(text.slice(INDENT + 2 + WORD_CELLS + 1, lead.length), 'strong'),
          span(text.slice(lead.length)),
        ]
      : line(text),
  );
}

function hanging(text: string, hang: number, width: number): Line[] {
  return wrapText(`${' '.repeat(INDENT)}${text}`, width - 1, INDENT + hang).map((each) => line(each));
}
