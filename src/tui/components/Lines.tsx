import { Text, Transform } from 'ink';
import { createContext, useContext } from 'react';
import { type Line, painted } from '../layout/line.js';
import type { Sheet } from '../terminal/sheet.js';
import type { Theme } from '../theme.js';

/** The sheet of the screen that is drawn on; `null`: Ink draws the lines itself. */
export const SheetContext = createContext<Sheet | null>(null);

/** Lines to be drawn. */
export interface LinesProps {
  readonly lines: readonly Line[];
  readonly rows: number;
  readonly columns: number;
  readonly theme: Theme;
}

/**
 * Lines that are laid out already. What Ink measures is a constant placeholder; the lines are put in
 * when it draws, so that its caches, which never forget a text, stay empty.
 */
export function Lines({ lines, rows, columns, theme }: LinesProps) {
  const sheet = useContext(SheetContext);
  const draw = (_placeholder: string, index: number): string => {
    const line = lines[index];
    if (line === undefined) return '';
    const text = painted(line, columns, theme);
    return sheet === null ? text : sheet.put(text);
  };
  return (
    <Transform transform={draw}>
      <Text>{placeholder(rows, sheet === null ? columns : 1)}</Text>
    </Transform>
  );
}

let made = { rows: 0, columns: 0, text: '' };

/** A block of dots; blank lines would be trimmed. */
function placeholder(rows: number, columns: number): string {
  if (made.rows === rows && made.columns === columns) return made.text;
  const text = Array.from({ length: rows }, () => '.'.repeat(columns)).join('\n');
  // Head, body and foot differ in rows: only the body's is worth keeping.
  if (rows > 3) made = { rows, columns, text };
  return text;
}
