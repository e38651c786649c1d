/** HAProxy's HTTP and TCP logs, whatever syslog puts before them. The time is that of the accept or the request's first byte. */
import type { LogLine } from './log-line.js';
import { bracketedTime, endpointOf, requestOf } from './words.js';

const HTTP =
  /(?:^|\s)(\S+:\d+) \[([^\]]+)\] \S+ \S+\/\S+ (-?\d+(?:\/-?\d+){3}\/\+?-?\d+) (-1|\d{3}) \+?\d+ \S+ \S+ ([-A-Za-z]{4}) \d+(?:\/\+?\d+){4} \d+\/\d+(?: \{[^}]*\})*(?: "([^"]*)"?)?/;
const TCP =
  /(?:^|\s)(\S+:\d+) \[([^\]]+)\] \S+ \S+\/\S+ (-?\d+\/-?\d+\/\+?-?\d+) \+?\d+ ([-A-Za-z]{2}) \d+(?:\/\+?\d+){4} \d+\/\d+/;

/** A line of it; `null`: it is none. */
export function haproxyLine(text: string): LogLine | null {
  const http = HTTP.exec(text);
  if (http !== null) {
    const [, client = '', date = '', times = '', status = '', flags = '', request = ''] = http;
    return lineOf({ format: 'haproxy-http', client, date, times, status: Number(status), flags, request });
  }
  const tcp = TCP.exec(text);
  if (tcp === null) return null;
  const [, client = '', date = '', times = '', flags = ''] = tcp;
  return lineOf({ format: 'haproxy-tcp', client, date, times, status: -1, flags, request: '' });
}

interface Words {
  readonly format: 'haproxy-http' | 'haproxy-tcp';
  readonly client: string;
  readonly date: string;
  /** Milliseconds; the last is the whole, the one before it in HTTP the wait for the response. */
  readonly times: string;
  readonly status: number;
  readonly flags: string;
  readonly request: string;
}

function lineOf({ format, client, date, times, status, flags, request }: Words): LogLine | null {
  const startNs = bracketedTime(date);
  if (startNs === null) return null;
  const figures = times.split('/').map(Number);
  const whole = Math.max(0, figures.at(-1) ?? 0);
  return {
    format,
    startNs,
    endNs: startNs + BigInt(whole) * 1_000_000n,
    precisionNs: 1_000_000,
    // An IPv6 address stands without brackets before the port.
    client: endpointOf(client.replace(/^([0-9a-f:.]+):(\d+)$/i, '[$1]:$2')),
    server: null,
    status: status === -1 ? null : status,
    targetStatus: null,
    unanswered: format === 'haproxy-http' && figures.at(-2) === -1,
    flags,
    ...requestOf(request),
  };
}
