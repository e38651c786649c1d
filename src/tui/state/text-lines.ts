/** Text that is read line by line on a screen: how much of it there is, and what its lines hold. */
import { argumentLines } from '../layout/argument.js';
import type { Line } from '../layout/line.js';
import { proseLines } from '../layout/prose.js';
import { transcriptLines } from '../layout/transcript-lines.js';
import { themeOf } from '../theme.js';
import type { TuiData } from './data.js';
import { bodyRows, occurrenceRows } from './geometry.js';
import { type TuiState, topOf } from './state.js';
import type { Surroundings } from './step.js';

/** The lines of the level that is shown; none where it is a list, or has not come yet. */
export function textLines(state: TuiState, { data }: Pick<Surroundings, 'data'>): readonly Line[] {
  const top = topOf(state);
  const { columns } = state.size;
  switch (top.place) {
    case 'text':
      return proseLines(top.paragraphs, columns);
    case 'stream': {
      const loaded = data.plaintext(top.stream);
      return loaded?.state === 'here' ? transcriptLines(loaded.value, state.isRevealing, columns) : [];
    }
    case 'finding': {
      const finding = data.findingOf(top.finding);
      return finding === null ? [] : argumentLines(finding, columns, themeOf(false, false).glyphs);
    }
    default:
      return [];
  }
}

/** How many lines the text in hand has at this width. */
export function textLineCount(state: TuiState, around: Pick<Surroundings, 'data'>): number {
  return textLines(state, around).length;
}

/** Rows in which they are drawn. */
export function textHeight(state: TuiState, data: TuiData): number {
  const top = topOf(state);
  const body = bodyRows(state.size);
  if (top.place !== 'finding') return body;
  const count = data.findingOf(top.finding)?.evidence.length ?? 0;
  return Math.max(1, body - occurrenceRows(state.size, count));
}
