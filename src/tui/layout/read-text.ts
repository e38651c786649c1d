/** Screens of text: a plaintext that is followed, a rule in full, what was not seen. */
import { bodyRows } from '../state/geometry.js';
import type { StreamLevel, TextLevel } from '../state/state.js';
import { textLines } from '../state/text-lines.js';
import type { Context } from './context.js';
import { type Line, line, withLit } from './line.js';

/** All lines of the body, what is searched for marked. */
export function textBody(level: StreamLevel | TextLevel, context: Context): readonly Line[] {
  const { data, state } = context;
  if (level.place === 'stream') {
    const loaded = data.plaintext(level.stream);
    if (loaded?.state === 'failed') return [line(` ${loaded.reason}`, 'critical')];
    if (loaded?.state !== 'here') return [line(' reading its packets again', 'dim')];
  }
  const lines = textLines(state, context).slice(level.top, level.top + bodyRows(state.size));
  return lines.map((spans) => withLit(spans, level.search));
}
