/** A ladder as a Mermaid sequence diagram: GitHub and GitLab draw it where it stands in a ticket. */
import { packetNumberOf } from '../../facts/packet-reference.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { cutText } from '../../text/width.js';
import { cutRows } from './cut-rows.js';
import type { Ladder, Lifeline } from './ladder.js';
import { noteLines } from './note-lines.js';
import { asideText, type MessageRow, omittedText, remarkOf } from './row.js';

/** Arrows of one diagram: beyond it nobody reads it, and GitHub draws it too small. */
export const MAX_ARROWS = 40;
/** Cells of a label and of a line of a note: Mermaid wraps none. */
const MAX_LABEL = 90;
const NOTE_CELLS = 72;

const NAMES = ['A', 'B', 'D'] as const;

/** The diagram's text, without a fence around it, ended by a newline. */
export function ladderMermaid(ladder: Ladder): string {
  const lines = ['sequenceDiagram'];
  ladder.lifelines.forEach((lifeline, index) => {
    lines.push(`    participant ${nameOf(index)} as ${participantText(lifeline)}`);
  });
  const across = `${nameOf(0)},${nameOf(ladder.lifelines.length - 1)}`;
  for (const row of cutRows(ladder.rows, MAX_ARROWS)) {
    switch (row.kind) {
      case 'message':
        lines.push(`    ${nameOf(row.from)}${arrowOf(row)}${nameOf(row.to)}: ${messageText(row, ladder)}`);
        lines.push(...remarkLine(row, across));
        break;
      case 'aside':
        lines.push(`    Note over ${across}: ${noteText(asideText(row))}`);
        break;
      case 'idle':
        lines.push(`    Note over ${across}: ${mermaidText(durationText(row.durationNs))} nothing`);
        break;
      case 'gap':
        lines.push(`    Note over ${nameOf(row.from)},${nameOf(row.to)}: ${countText(row.bytes)} B not captured`);
        break;
      case 'omitted':
        lines.push(`    Note over ${across}: ${omittedText(row.packets)}`);
        break;
      default: {
        const never: never = row;
        return never;
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function nameOf(lifeline: number): string {
  return NAMES[lifeline] ?? `L${lifeline}`;
}

function participantText({ endpoint, role, name }: Lifeline): string {
  // A colon ends no participant, but reads like a label's: the port stands apart.
  const place = mermaidText(endpoint.replace(/:(\d+)$/, ' $1'));
  return `${place}<br/>${mermaidText(name ?? role)}`;
}

function remarkLine(row: MessageRow, across: string): string[] {
  const remark = remarkOf(row);
  return remark === null ? [] : [`    Note over ${across}: ${noteText(remark)}`];
}

/** Solid to the right, dashed to the left, a cross for a reset. */
function arrowOf({ shape, from, to }: MessageRow): string {
  if (shape === 'reset' || shape === 'error') return '-x';
  return to > from ? '->>' : '-->>';
}

function messageText(row: MessageRow, { rows }: Ladder): string {
  const first = rows.find((candidate) => candidate.kind === 'message');
  const time = row === first ? '' : `+${durationText(row.sinceStartNs)} `;
  return mermaidText(`#${packetNumberOf(row.packet)} ${time}${cutText(row.label, MAX_LABEL)}`);
}

function noteText(note: string): string {
  return noteLines(note, NOTE_CELLS).map(mermaidText).join('<br/>');
}

/**
 * Text in which nothing ends a statement or begins an entity, a comment or a tag.
 *
 * Mermaid reads `#name;` as a character of its own; what is not plain is written so.
 */
export function mermaidText(text: string): string {
  return text.replace(/[#;<>&{}"`%\\$@]/g, (character) => `#${character.codePointAt(0)};`);
}
