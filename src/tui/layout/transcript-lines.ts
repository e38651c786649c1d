/** A conversation's plaintext in lines, both sides told apart by colour and by a mark. */

import { packetNumberOf } from '../../facts/packet-reference.js';
import type { Plaintext, TranscriptBlock } from '../../pipeline/explore/transcript.js';
import { countText } from '../../text/size.js';
import { wrapText } from '../../text/width.js';
import type { Role } from '../theme.js';
import { EMPTY_LINE, type Line, line, span } from './line.js';

const NUMBER_CELLS = 8;
/** What a line that is broken goes on behind, or it would pass for a field of its own. */
const CONTINUED = 2;

let made: { plaintext: Plaintext; isRevealing: boolean; width: number; lines: readonly Line[] } | null = null;

/** The lines of a conversation; equal questions get the same answer. */
export function transcriptLines(plaintext: Plaintext, isRevealing: boolean, width: number): readonly Line[] {
  if (made?.plaintext === plaintext && made.isRevealing === isRevealing && made.width === width) return made.lines;
  const lines: Line[] = [];
  if (plaintext.note !== null)
    lines.push(...wrapText(` ${plaintext.note}`, width - 1, 1).map((text) => line(text, 'warning')), EMPTY_LINE);
  for (const block of plaintext.blocks) lines.push(...blockLines(block, isRevealing, width));
  if (plaintext.omitted > 0) lines.push(line(` (${countText(plaintext.omitted)} more)`, 'dim'));
  if (lines.length === 0) lines.push(line(' nothing was sent', 'dim'));
  made = { plaintext, isRevealing, width, lines };
  return lines;
}

function blockLines(
  { from, packet, kind, lines, revealed }: TranscriptBlock,
  isRevealing: boolean,
  width: number,
): Line[] {
  const role: Role = kind === 'gap' ? 'warning' : from;
  const mark = from === 'client' ? '→' : '←';
  const shown = isRevealing ? (revealed ?? lines) : lines;
  const drawn: Line[] = [];
  for (const [index, text] of shown.entries()) {
    const number = index === 0 ? `#${packetNumberOf(packet)}` : '';
    for (const [part, wrapped] of wrapText(text, width - NUMBER_CELLS - 4, CONTINUED).entries()) {
      drawn.push([
        span(`${(part === 0 ? number : '').padStart(NUMBER_CELLS)} `, 'dim'),
        span(`${mark} `, role),
        span(wrapped, index === 0 && kind === 'head' ? 'strong' : role),
      ]);
    }
  }
  if (kind === 'head') return [EMPTY_LINE, ...drawn];
  return drawn;
}
