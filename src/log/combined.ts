/**
 * The combined log of nginx and Apache, with a duration after it where the operator had it written:
 * with a point it is nginx's `$request_time` in seconds, without one Apache's `%D` in microseconds.
 * nginx writes the time of the end, Apache that of the request, to the second.
 */
import type { LogLine } from './log-line.js';
import { bracketedTime, endpointOf, requestOf, secondsNs } from './words.js';

const LINE =
  /^(\S+) \S+ \S+ \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (?:\d+|-)(?: "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*")?(?: "?(\d+(?:\.\d+)?)"?(?:\s|$))?/;

/** A line of it; `null`: it is none. */
export function combinedLine(text: string): LogLine | null {
  const match = LINE.exec(text);
  if (match === null) return null;
  const [, client = '', date = '', request = '', status = '', duration = ''] = match;
  const at = bracketedTime(date);
  if (at === null) return null;
  const isSeconds = duration.includes('.');
  const lastedNs = isSeconds ? secondsNs(duration) : secondsNs(String(Number(duration) / 1e6));
  return {
    format: 'combined',
    startNs: isSeconds ? at - lastedNs : at,
    endNs: isSeconds ? at : at + lastedNs,
    precisionNs: 1_000_000_000,
    client: endpointOf(client),
    server: null,
    status: Number(status),
    targetStatus: null,
    unanswered: false,
    flags: null,
    ...requestOf(request),
  };
}
