/** takes: one line of a log. gives: what it tells, or null. may: nothing but parse. may not: touch the world, judge. */
import { albLine } from './alb.js';
import { combinedLine } from './combined.js';
import { haproxyLine } from './haproxy.js';
import type { LogLine } from './log-line.js';

/** Characters of a line that are looked at: a target of 8 KB, a referrer as long, and what stands around them. */
export const MAX_LOG_LINE = 32_768;

/** A line of any of the formats; `null`: of none. */
export function parseLogLine(line: string): LogLine | null {
  const text = line.slice(0, MAX_LOG_LINE).trim();
  return albLine(text) ?? combinedLine(text) ?? haproxyLine(text);
}
