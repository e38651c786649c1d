/**
 * A ladder as SVG: a picture with text that can be selected, found and read aloud.
 *
 * It brings its own colours, light and dark, by class; inside the HTML report the page's own rules
 * for the same classes hold. No script, nothing from elsewhere.
 */
import { packetNumberOf } from '../../facts/packet-reference.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { cellsOf, cutText } from '../../text/width.js';
import { xmlText } from '../xml.js';
import type { Ladder } from './ladder.js';
import { noteLines } from './note-lines.js';
import { type AsideRow, asideNote, type LadderRow, type MessageRow, omittedText, remarkOf } from './row.js';

/** Rules for the classes used; `:root` is the picture itself, or the page that it stands in. */
export const LADDER_STYLE = `
.ladder{font:13px ui-monospace,Menlo,Consolas,monospace;fill:var(--ink,#1c2128)}
.ladder .line{stroke:var(--rule,#8b949e);stroke-width:1}
.ladder .dim{fill:var(--dim,#59636e)}
.ladder .client{stroke:var(--client,#0550ae);fill:none}
.ladder .server{stroke:var(--server,#8250df);fill:none}
.ladder .reset{stroke:var(--critical,#b3261e);stroke-width:2.5;fill:none}
.ladder .again{stroke-dasharray:6 3}
.ladder .fault{fill:var(--critical,#b3261e);font-weight:600}
.ladder .marked{fill:var(--mark,#fff3c4);fill-opacity:.8}
.ladder .head{font-weight:600}
`.trim();

const DARK = `@media screen and (prefers-color-scheme:dark){:root{--ink:#e6edf3;--rule:#6e7681;--dim:#9da7b3;--client:#79c0ff;--server:#d2a8ff;--critical:#ff8a80;--mark:#3a2f0b}}`;

const ROW = 24;
const HEAD = 48;
const LEFT = 168;
const CELL = 7.8;
const MIN_LANE = 360;
const MAX_LANE = 620;

/** How the picture is called for those who hear it, and whether it stands alone. */
export interface SvgOptions {
  readonly title: string;
  /** A file of its own, with its style; else it is part of a page that has {@link LADDER_STYLE}. */
  readonly standsAlone: boolean;
  /** Makes ids unique in a page. */
  readonly id: string;
}

/** The picture, ended by a newline. */
export function ladderSvg(ladder: Ladder, options: SvgOptions): string {
  const lanes = ladder.lifelines.length - 1;
  const longest = Math.max(0, ...ladder.rows.map((row) => (row.kind === 'message' ? cellsOf(rowText(row)) : 0)));
  const lane = Math.max(MIN_LANE, Math.min(MAX_LANE, Math.round((longest + 6) * CELL)));
  const xOf = (lifeline: number) => LEFT + lifeline * lane;
  const width = LEFT + lanes * lane + 120;
  const body: string[] = [];
  let y = HEAD;
  for (const row of ladder.rows) {
    const drawn = drawRow(row, y, xOf, lane, width, options.id);
    body.push(drawn.markup);
    y += drawn.height;
  }
  const height = y + 16;
  const heads = ladder.lifelines.map(({ endpoint, role, name }, index) => {
    const x = xOf(index);
    const label = name === null ? role : `${role} · ${name}`;
    return (
      `<text class="head" x="${x}" y="16" text-anchor="middle">${xmlText(endpoint)}</text>` +
      `<text class="dim" x="${x}" y="33" text-anchor="middle">${xmlText(cutText(label, 48))}</text>` +
      `<line class="line" x1="${x}" x2="${x}" y1="40" y2="${height - 8}"/>`
    );
  });
  const titleId = `${options.id}-title`;
  const opening = `<svg xmlns="http://www.w3.org/2000/svg" class="ladder" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${titleId}">`;
  const style = options.standsAlone
    ? `<style>${LADDER_STYLE}\n${DARK}\nsvg{background:var(--paper,transparent)}</style>`
    : '';
  return `${opening}<title id="${titleId}">${xmlText(options.title)}</title>${style}${heads.join('')}${body.join('')}</svg>\n`;
}

function drawRow(
  row: LadderRow,
  y: number,
  xOf: (lifeline: number) => number,
  lane: number,
  width: number,
  id: string,
): { readonly markup: string; readonly height: number } {
  switch (row.kind) {
    case 'message':
      return drawMessage(row, y, xOf, lane, width, id);
    case 'idle': {
      const text = `⋮ ${durationText(row.durationNs)} nothing`;
      return { markup: `<text class="dim" x="${LEFT + 12}" y="${y + 16}">${text}</text>`, height: ROW };
    }
    case 'gap': {
      const x = (xOf(row.from) + xOf(row.to)) / 2;
      const text = `╌╌ ${countText(row.bytes)} B not captured ╌╌`;
      return { markup: `<text class="fault" x="${x}" y="${y + 16}" text-anchor="middle">${text}</text>`, height: ROW };
    }
    case 'aside':
      return drawAside(row, y, width);
    case 'omitted': {
      const text = `⋮ ${omittedText(row.packets)}`;
      return { markup: `<text class="dim" x="${LEFT + 12}" y="${y + 16}">${text}</text>`, height: ROW };
    }
    default: {
      const never: never = row;
      return never;
    }
  }
}

/** What was sent elsewhere: at its number and time, as a remark between the lines. */
function drawAside(row: AsideRow, y: number, width: number): { readonly markup: string; readonly height: number } {
  const lines = noteLines(asideNote(row), Math.floor((width - LEFT - 24) / CELL));
  const height = 6 + lines.length * 18;
  const parts = [
    `<rect class="marked" x="4" y="${y + 1}" width="${width - 8}" height="${height}" rx="3"/>`,
    `<text class="dim" x="${LEFT - 120}" y="${y + 16}" text-anchor="end">#${packetNumberOf(row.packet)}</text>`,
    `<text class="dim" x="${LEFT - 12}" y="${y + 16}" text-anchor="end">${timeText(row.sinceStartNs)}</text>`,
    ...lines.map((text, index) => `<text x="${LEFT + 12}" y="${y + 16 + 18 * index}">${xmlText(text)}</text>`),
  ];
  return { markup: `<g class="row">${parts.join('')}</g>`, height };
}

function drawMessage(
  row: MessageRow,
  y: number,
  xOf: (lifeline: number) => number,
  lane: number,
  width: number,
  id: string,
): { readonly markup: string; readonly height: number } {
  const [from, to] = [xOf(row.from), xOf(row.to)];
  const isRight = to > from;
  const isFault = row.shape === 'reset' || row.shape === 'error';
  const line = y + 18;
  const tip = isRight ? to - 1 : to + 1;
  const back = isRight ? tip - 8 : tip + 8;
  const stroke = isFault ? 'reset' : isRight ? 'client' : 'server';
  const again = row.shape === 'retransmission' ? ' again' : '';
  const head = `M${from} ${line}H${tip}M${back} ${line - 4}L${tip} ${line}L${back} ${line + 4}`;
  const remark = remarkOf(row);
  const notes = remark === null ? [] : noteLines(remark, Math.floor((width - LEFT - 24) / CELL));
  const height = ROW + notes.length * 18;
  const number = packetNumberOf(row.packet);
  const middle = (from + to) / 2;
  const text = cutText(rowText(row), Math.floor((lane - 24) / CELL));
  const parts = [
    row.note === null ? '' : `<rect class="marked" x="4" y="${y + 1}" width="${width - 8}" height="${height}" rx="3"/>`,
    `<text class="dim" x="${LEFT - 120}" y="${line}" text-anchor="end">#${number}</text>`,
    `<text class="dim" x="${LEFT - 12}" y="${line}" text-anchor="end">${timeText(row.sinceStartNs)}</text>`,
    `<path class="${stroke}${again}" d="${head}"/>`,
    `<text${isFault ? ' class="fault"' : ''} x="${middle}" y="${line - 4}" text-anchor="middle">${xmlText(text)}</text>`,
    ...notes.map((note, index) => `<text x="${LEFT + 12}" y="${line + 18 * (index + 1)}">${xmlText(note)}</text>`),
    `<title>${xmlText(hoverText(row))}</title>`,
  ];
  return { markup: `<g class="row" id="${id}-p${number}">${parts.join('')}</g>`, height };
}

function rowText(row: MessageRow): string {
  const isSized = row.bytes === 0 || /\d B\b/.test(row.label);
  const again = row.shape === 'retransmission' ? '» ' : '';
  return `${again}${row.label}${isSized ? '' : `  ${countText(row.bytes)} B`}`;
}

/** What is shown over a row: its packet's header fields. */
function hoverText(row: MessageRow): string {
  const fields = row.fields.map(
    ({ name, value, unlike }) => `${name}: ${value}${unlike === null ? '' : ` (${unlike})`}`,
  );
  const packets = row.packetCount === 1 ? '' : ` to #${packetNumberOf(row.lastPacket)}`;
  return [`#${packetNumberOf(row.packet)}${packets} ${row.label}`, ...fields].join('\n');
}

function timeText(ns: number): string {
  if (ns < 0) return `-${durationText(-ns)}`;
  return ns === 0 ? '0' : `+${durationText(ns)}`;
}
