/** A ladder in characters: for a terminal, a mail, a ticket. */
import { packetNumberOf } from '../../facts/packet-reference.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { cellsOf, cutText, wrapText } from '../../text/width.js';
import { inStyle, type TextStyle } from '../text-style.js';
import type { Ladder, Lifeline } from './ladder.js';
import { asideNote, type MessageRow, omittedText, remarkOf } from './row.js';

/** The characters of a ladder; those of ASCII where nothing else may stand. */
interface Glyphs {
  readonly line: string;
  readonly thin: string;
  readonly thick: string;
  readonly dashed: string;
  readonly right: string;
  readonly left: string;
  readonly mark: string;
  readonly dots: string;
}

const FULL: Glyphs = { line: '│', thin: '─', thick: '━', dashed: '╌', right: '▶', left: '◀', mark: '▸', dots: '⋮' };
const PLAIN: Glyphs = { line: '|', thin: '-', thick: '=', dashed: '.', right: '>', left: '<', mark: '>', dots: ':' };

/** Cells between two lifelines at least, and at most: longer arrows are hard to follow. */
const MIN_LANE = 16;
const MAX_LANE = 56;

/** The ladder as lines, ended by a newline. The style's time is not looked at: times count from the first row. */
export function ladderText(ladder: Ladder, style: TextStyle): string {
  const glyphs = style.ascii ? PLAIN : FULL;
  const packets = ladder.rows.filter((row) => row.kind === 'message' || row.kind === 'aside');
  const numberCells = Math.max(2, ...packets.map(({ packet }) => `#${packetNumberOf(packet)}`.length));
  const timeCells = Math.max(9, ...packets.map(({ sinceStartNs }) => secondsText(sinceStartNs).length));
  const margin = 2 + numberCells + 2 + timeCells + 1;
  const lanes = ladder.lifelines.length - 1;
  const room = Math.floor((style.width - margin - 1) / lanes) - 1;
  const lane = Math.max(MIN_LANE, Math.min(MAX_LANE, room));
  const page: string[] = [...headLines(ladder.lifelines, margin, lane)];
  const bars = (fill: (laneIndex: number) => string) => {
    const cells = Array.from({ length: lanes }, (_, index) => `${glyphs.line}${fill(index)}`);
    return `${cells.join('')}${glyphs.line}`;
  };
  const indent = 4 + numberCells;
  for (const row of ladder.rows) {
    switch (row.kind) {
      case 'message': {
        const isMarked = row.note !== null;
        const number = `#${packetNumberOf(row.packet)}`.padStart(numberCells);
        const time = secondsText(row.sinceStartNs).padStart(timeCells);
        const at = Math.min(row.from, row.to);
        const drawn = bars((index) => (index === at ? arrow(row, lane, glyphs) : ' '.repeat(lane)));
        page.push(`${isMarked ? glyphs.mark : ' '} ${number}  ${time} ${drawn}`);
        const remark = remarkOf(row);
        if (remark !== null) page.push(...wrapText(`${' '.repeat(indent)}${remark}`, style.width, indent));
        break;
      }
      case 'aside': {
        const number = `#${packetNumberOf(row.packet)}`.padStart(numberCells);
        const head = `${glyphs.mark} ${number}  ${secondsText(row.sinceStartNs).padStart(timeCells)} `;
        page.push(...wrapText(`${head}${asideNote(row)}`, style.width, margin));
        break;
      }
      case 'idle':
        page.push(`${' '.repeat(margin)}${glyphs.dots} ${durationText(row.durationNs)} nothing`);
        break;
      case 'gap': {
        const text = ` ${countText(row.bytes)} B not captured `;
        const at = Math.min(row.from, row.to);
        const drawn = bars((index) => (index === at ? centred(text, lane, glyphs.dashed) : ' '.repeat(lane)));
        page.push(`${' '.repeat(margin)}${drawn}`);
        break;
      }
      case 'omitted':
        page.push(`${' '.repeat(margin)}${glyphs.dots} ${omittedText(row.packets)}`);
        break;
      default: {
        const never: never = row;
        return never;
      }
    }
  }
  return `${page.map((line) => inStyle(line, style).trimEnd()).join('\n')}\n`;
}

/** Who stands at the head of each lifeline; the last ends where its line does. */
function headLines(lifelines: readonly Lifeline[], margin: number, lane: number): string[] {
  const rows: ((lifeline: Lifeline) => string)[] = [
    ({ endpoint }) => endpoint,
    ({ role, name }) => (name === null ? role : `${role} · ${name}`),
  ];
  return rows.map((textOf) => {
    let line = ' '.repeat(margin);
    lifelines.forEach((lifeline, index) => {
      const text = cutText(textOf(lifeline), Math.max(8, lane - 1));
      const bar = margin + index * (lane + 1);
      const isLast = index === lifelines.length - 1;
      const start = isLast ? Math.max(cellsOf(line) + 1, bar - cellsOf(text) + 1) : bar;
      line = `${line}${' '.repeat(Math.max(0, start - cellsOf(line)))}${text}`;
    });
    return line;
  });
}

/** `── GET /a HTTP/1.1  312 B ──▶`. */
function arrow(row: MessageRow, lane: number, glyphs: Glyphs): string {
  const fill = row.shape === 'reset' ? glyphs.thick : row.shape === 'error' ? glyphs.dashed : glyphs.thin;
  const size = row.bytes > 0 && !/\d B\b/.test(row.label) ? `  ${countText(row.bytes)} B` : '';
  const room = lane - 5;
  const withSize = `${row.label}${size}`;
  const text = cellsOf(withSize) <= room ? withSize : cutText(row.label, room);
  const again = row.shape === 'retransmission' && glyphs === FULL ? `» ${text}` : text;
  const shown = ` ${cutText(again, room)} `;
  const isRight = row.to > row.from;
  const body = centred(shown, lane - 1, fill);
  return isRight ? `${body}${glyphs.right}` : `${glyphs.left}${body}`;
}

function centred(text: string, cells: number, fill: string): string {
  const free = Math.max(0, cells - cellsOf(text));
  const before = Math.floor(free / 2);
  return `${fill.repeat(before)}${text}${fill.repeat(free - before)}`;
}

/** `0.001 165`: seconds to the microsecond, in groups of three. */
function secondsText(ns: number): string {
  const sign = ns < 0 ? '-' : '';
  const micros = Math.trunc(Math.abs(ns) / 1000);
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return `${sign}${countText(Math.floor(micros / 1_000_000))}.${fraction.slice(0, 3)} ${fraction.slice(3)}`;
}
