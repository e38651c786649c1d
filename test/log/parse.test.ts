import { describe, expect, it } from 'vitest';
import { isFailing, type LogLine } from '../../src/log/log-line.js';
import { parseLogLine } from '../../src/log/parse.js';

const at = (text: string) => BigInt(Date.parse(text)) * 1_000_000n;

const LINES: readonly (readonly [name: string, text: string, expected: Partial<LogLine>, failing: boolean])[] = [
  [
    'ALB, as seed 001 has it, its addresses blotted out',
    'https 2024-06-10T13:50:58.480543Z app/ALB-Address Source IP Destination IP 0.001 0.001 -1 502 - 298 679 "GET Domain-URL"',
    {
      format: 'alb',
      endNs: at('2024-06-10T13:50:58Z') + 480_543_000n,
      client: null,
      server: null,
      status: 502,
      targetStatus: null,
      unanswered: true,
      method: 'GET',
    },
    true,
  ],
  [
    'ALB, answered',
    'http 2024-06-10T13:50:58.480543Z app/front/1 198.51.100.7:2817 10.0.0.1:80 0.000 0.250 0.000 200 200 34 366 "GET http://a.example:80/ HTTP/1.1" "curl/7.46.0" - -',
    {
      client: { address: '198.51.100.7', port: 2817 },
      server: { address: '10.0.0.1', port: 80 },
      status: 200,
      targetStatus: 200,
      unanswered: false,
      startNs: at('2024-06-10T13:50:58Z') + 230_543_000n,
    },
    false,
  ],
  [
    'HAProxy HTTP behind syslog',
    'Feb  6 12:14:14 localhost haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/-1/109 502 204 - - SH-- 1/1/1/1/0 0/0 {a.example} {} "GET /index.html HTTP/1.1"',
    {
      format: 'haproxy-http',
      client: { address: '10.0.1.2', port: 33317 },
      status: 502,
      flags: 'SH--',
      unanswered: true,
      startNs: at('2009-02-06T12:14:14.655Z'),
      endNs: at('2009-02-06T12:14:14.764Z'),
      target: '/index.html',
    },
    true,
  ],
  [
    'HAProxy HTTP, no request came',
    '::ffff:10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in http-in/<NOSRV> -1/-1/-1/-1/5000 408 212 - - cR-- 1/1/0/0/0 0/0 "<BADREQ>"',
    { client: { address: '10.0.1.2', port: 33317 }, status: 408, flags: 'cR--', method: null },
    true,
  ],
  [
    'HAProxy TCP',
    'haproxy[14387]: 10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 SD 0/0/0/0/3 0/0',
    { format: 'haproxy-tcp', flags: 'SD', status: null, endNs: at('2009-02-06T12:12:56.450Z') },
    true,
  ],
  [
    'nginx combined with $request_time',
    '2001:db8::7 - - [10/Oct/2024:13:55:36 +0200] "GET /a?b=\\"c HTTP/1.1" 504 167 "-" "curl/8" 60.001',
    {
      format: 'combined',
      client: { address: '2001:db8::7', port: null },
      status: 504,
      endNs: at('2024-10-10T11:55:36Z'),
      startNs: at('2024-10-10T11:54:35.999Z'),
    },
    true,
  ],
  [
    'Apache combined with %D',
    '192.0.2.9 - frank [10/Oct/2024:13:55:36 -0700] "POST /x HTTP/1.1" 200 2326 "-" "a" 1500000',
    { startNs: at('2024-10-10T20:55:36Z'), endNs: at('2024-10-10T20:55:37.5Z'), target: '/x' },
    false,
  ],
];

describe('a line of a log', () => {
  it.each(LINES)('%s', (_name, text, expected, failing) => {
    const line = parseLogLine(text);
    expect(line).toMatchObject(expected);
    expect(line !== null && isFailing(line)).toBe(failing);
  });

  it.each(LINES)('%s: cut anywhere, it is read or is none, and never throws', (_name, text) => {
    for (let length = 0; length < text.length; length += 1)
      expect(() => parseLogLine(text.slice(0, length))).not.toThrow();
  });

  it.each(['', 'hello', '[emerg] bind() failed', '10.0.0.1 - - [99/Foo/2024:00:00:00 +0000] "GET / HTTP/1.1" 500 1'])(
    '%j is none',
    (text) => {
      expect(parseLogLine(text)).toBeNull();
    },
  );
});
