/**
 * Access log of an AWS Application Load Balancer. The time is that of the response; -1 as
 * processing time and `-` as target status mean that no response was received.
 */
import type { LogLine } from './log-line.js';
import { endpointOf, requestOf, secondsNs } from './words.js';

// Between the balancer's name and the times stand client:port and target:port; who pastes a line may have blotted them out.
const LINE =
  /^(?:https?|h2|grpcs?|wss?) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z (\S+) ([^"]{1,200}?) (-1|[\d.]+) (-1|[\d.]+) (-1|[\d.]+) (\d{3}|-) (\d{3}|-) (\d+) (\d+) "([^"]*)"/;

/** A line of it; `null`: it is none. */
export function albLine(text: string): LogLine | null {
  const match = LINE.exec(text);
  if (match === null) return null;
  const [, seconds, fraction = '', , ends = '', request = '', target = '', response = ''] = match;
  const [status = '-', targetStatus = '-'] = match.slice(8);
  const at = Date.parse(`${seconds}Z`);
  if (Number.isNaN(at)) return null;
  const endNs = BigInt(at) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  const [client = '', server = ''] = ends.split(' ');
  return {
    format: 'alb',
    startNs: endNs - secondsNs(request) - secondsNs(target) - secondsNs(response),
    endNs,
    // Times are written to the millisecond, three of them.
    precisionNs: 3_000_000,
    client: endpointOf(client),
    server: endpointOf(server),
    status: status === '-' ? null : Number(status),
    targetStatus: targetStatus === '-' ? null : Number(targetStatus),
    unanswered: targetStatus === '-',
    flags: null,
    ...requestOf(match[12] ?? ''),
  };
}
