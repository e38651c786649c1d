import { wrapText } from '../../text/width.js';
import { Lines } from '../components/Lines.js';
import type { Context } from '../layout/context.js';
import { line } from '../layout/line.js';
import { MIN_COLUMNS, MIN_ROWS } from '../state/geometry.js';

/** The terminal is too small for anything else. */
export function TooSmallScreen({ context: { state, theme } }: { readonly context: Context }) {
  const { columns, rows } = state.size;
  const text = `pcapdx needs ${MIN_COLUMNS}x${MIN_ROWS}, this is ${columns}x${rows}; q quits`;
  const lines = wrapText(text, columns).slice(0, Math.max(1, rows - 1));
  return <Lines lines={lines.map((each) => line(each))} rows={lines.length} columns={columns} theme={theme} />;
}
