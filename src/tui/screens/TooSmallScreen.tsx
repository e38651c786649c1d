import { Lines } from '../components/Lines.js';
import type { Context } from '../layout/context.js';
import { line } from '../layout/line.js';
import { MIN_COLUMNS, MIN_ROWS } from '../state/geometry.js';

/** The terminal is too small for anything else. */
export function TooSmallScreen({ context: { state, theme } }: { readonly context: Context }) {
  const { columns, rows } = state.size;
  const text = `pcapdx needs ${MIN_COLUMNS}x${MIN_ROWS}, this is ${columns}x${rows}; q quits`;
  return <Lines lines={[line(text)]} rows={1} columns={columns} theme={theme} />;
}
