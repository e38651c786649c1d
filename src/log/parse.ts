/** takes: one line of a log. gives: what it tells, or null. may: nothing but parse. may not: touch the world, judge. */
import { albLine } from './alb.js';
import { combinedLine } from './combined.js';
import { haproxyLine } from './haproxy.js';
import { jsonLine } from './json.js';
import type { LogLine } from './log-line.js';
import { type TableHeader, tableHeader, tableLine } from './table.js';

/** Characters of a line that are looked at: a target of 8 KB, a referrer as long, and what stands around them. */
export const MAX_LOG_LINE = 32_768;

/** A line of any of the formats; `null`: of none. */
export function parseLogLine(line: string): LogLine | null {
  const text = line.slice(0, MAX_LOG_LINE).trim();
  return text.startsWith('{') ? jsonLine(text, plainLine) : (plainLine(text) ?? jsonLine(text, plainLine));
}

function plainLine(text: string): LogLine | null {
  return albLine(text) ?? combinedLine(text) ?? haproxyLine(text);
}

/** Reads a log line by line: a table's header says what its rows are. */
export class LogReader {
  private header: TableHeader | null = null;

  /** What the next line tells; `null`: nothing; `header`: what the columns of the next ones are. */
  read(line: string): LogLine | 'header' | null {
    const parsed = parseLogLine(line);
    if (parsed !== null) return parsed;
    const text = line
      .slice(0, MAX_LOG_LINE)
      .replace(/^\ufeff/, '')
      .trim();
    const header = tableHeader(text);
    if (header !== null) {
      this.header = header;
      return 'header';
    }
    return this.header === null ? null : tableLine(text, this.header);
  }
}
