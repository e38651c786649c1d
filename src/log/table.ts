/** Logs as tables, with a header: rows of Athena over ALB logs, exports of consoles; commas or tabs. */
import { lineOfFields } from './fields.js';
import type { LogLine } from './log-line.js';

/** Columns that a header must have, one of each. */
const TELLING: readonly (readonly string[])[] = [
  ['elb_status_code', 'status', 'status_code', 'response_code', 'sc_status'],
  ['time', 'timestamp', '@timestamp', 'time_local', 'time_iso8601', 'date', 'msec'],
];

/** The columns of a table. */
export interface TableHeader {
  readonly separator: string;
  readonly names: readonly string[];
}

/** Whether a line is a header of a log's table; `null`: it is none. */
export function tableHeader(text: string): TableHeader | null {
  const separator = text.includes('\t') ? '\t' : ',';
  const names = cellsOf(text, separator).map((name) => name.trim().toLowerCase());
  if (names.length < 3 || !names.every((name) => /^[@a-z][\w .@-]*$/.test(name))) return null;
  return TELLING.every((some) => some.some((name) => names.includes(name))) ? { separator, names } : null;
}

/** A row of the table; `null`: it has other columns, or tells nothing. */
export function tableLine(text: string, { separator, names }: TableHeader): LogLine | null {
  const cells = cellsOf(text, separator);
  if (cells.length !== names.length) return null;
  return lineOfFields(new Map(names.map((name, at) => [name, (cells[at] ?? '').trim()])));
}

/** RFC 4180: a cell in quotation marks may hold separators, and its own marks twice. */
function cellsOf(text: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"' && cell === '') isQuoted = true;
    else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell];
}
