import { Box } from 'ink';
import type { OwnKeys } from '../keys.js';
import type { Context } from '../layout/context.js';
import { keyLine, promptLine, promptNote } from '../layout/foot.js';
import { captureLine, placeLine } from '../layout/head.js';
import { type Line, line } from '../layout/line.js';
import { bodyRows } from '../state/geometry.js';
import { Lines } from './Lines.js';

/** A screen, and the lines above and below it. */
export interface FrameProps {
  readonly context: Context;
  readonly keys: OwnKeys;
  readonly body: readonly Line[];
  /** In place of the second line; `null`: the views, or the way here. */
  readonly title?: Line | null;
}

/** What every screen has: what was read and where one is, above; the keys, or what is typed, below. */
export function Frame({ context, keys, body, title = null }: FrameProps) {
  const { state, theme } = context;
  const { columns } = state.size;
  const rule = line(theme.glyphs.rule.repeat(columns), 'dim');
  const head = [captureLine(context), title ?? placeLine(context), rule];
  const prompt = promptLine(context);
  const foot = [promptNote(context) ?? rule, prompt === null ? keyLine(context, keys) : prompt.line];
  const common = { columns, theme };
  return (
    <Box flexDirection="column">
      <Lines lines={head} rows={head.length} {...common} />
      <Lines lines={body} rows={bodyRows(state.size)} {...common} />
      <Lines lines={foot} rows={foot.length} {...common} />
    </Box>
  );
}
