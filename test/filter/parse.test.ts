import { describe, expect, it } from 'vitest';
import { NONE } from '../../src/filter/fields.js';
import { EVERYTHING, type FilterRow, matches } from '../../src/filter/filter.js';
import { filterErrorText, parseFilter } from '../../src/filter/parse.js';

/** A connection whose first request was answered, and whose second was reset after a second. */
const ROW: FilterRow = rowOf(
  {
    rule: ['rst-after-request'],
    sev: ['warning'],
    server: ['10.0.1.43:80'],
    client: ['[2001:db8::1]:53554'],
    name: ['serv1.example'],
    port: [53554, 80],
    proto: ['http/1.1'],
    method: ['GET', 'POST'],
    path: ['/health', '/a b'],
    status: [200],
    close: ['rst'],
    reset: ['server'],
    handshake: ['none'],
    stream: [3],
    time: [1_250_000_000],
    bytes: [20_311],
    requests: [2],
  },
  '3 10.0.1.43:80 serv1.example RST',
);

function rowOf(values: Record<string, readonly (string | number)[]>, text: string): FilterRow {
  return { valuesOf: (field) => values[field] ?? [], text: () => text };
}

function accepts(typed: string): boolean {
  const { filter, error } = parseFilter(typed);
  if (filter === null) throw new Error(`${typed}: ${error.message}`);
  return matches(filter, ROW);
}

describe('a filter', () => {
  it.each([
    'rule:rst-after-request server:10.0.1.43 status:5xx,200 time:>1s -path:/login',
    'rst SERV1',
    'server:10.0.1.43:80',
    'server:10.0.1.0/24',
    'server:10.0.',
    'server::80',
    'client:2001:db8::1',
    'client:2001:0db8:0:0::1',
    'client:2001:db8::/32',
    'client:[2001:db8::1]:53554',
    'port:80',
    'method:get',
    'status:2xx',
    'status:100-299',
    'status>=200',
    'time>1s',
    'time:<2',
    'time:1250ms',
    'bytes:>20kB bytes:<=20.4kB',
    'path:"/a b"',
    'path:~^/h.+th$',
    '~serv\\d',
    '-reset:client',
    'handshake:none',
    'sni:none',
    '-status:none',
    'sev:>=notice',
    'sev:<=warning',
    'requests:2 stream:3',
  ])('accepts: %s', (typed) => {
    expect(accepts(typed)).toBe(true);
  });

  it.each([
    'rule:keepalive-race',
    'server:10.0.1.4',
    'server:10.0.1.43:8',
    'server:10.0.2.0/24',
    'server:2001:db8::1',
    'client:10.0.1.43',
    'time:>1.25s',
    'status:5xx,404',
    '-path:/health',
    'path:"/a c"',
    'sev:critical',
    'sev:>warning',
    'status:none',
    'rst serv2',
    '"3 10.0.1.44"',
  ])('turns away: %s', (typed) => {
    expect(accepts(typed)).toBe(false);
  });

  it('of nothing lets every row through', () => {
    expect(parseFilter('  ')).toEqual({ filter: EVERYTHING, error: null });
    expect(accepts('')).toBe(true);
  });

  it('finds what a row does not have by the word none, and never by a value', () => {
    const bare = rowOf({}, '');
    const found = (typed: string) => matches(parseFilter(typed).filter ?? EVERYTHING, bare);
    for (const field of ['status', 'sni', 'path', 'ttfb', 'finding']) expect(found(`${field}:${NONE}`)).toBe(true);
    for (const term of ['status:200', 'sni:a', 'time:<9h', 'server:10.0.0.0/8', 'path:~.*'])
      expect(found(term)).toBe(false);
  });
});

describe("Wireshark's terms", () => {
  it.each([
    'tcp.stream eq 3',
    'tcp.stream == 3',
    'tcp.stream in {1, 3}',
    'ip.addr == 10.0.1.43 && tcp.port == 80 && tcp.port == 53554',
    'ipv6.addr == 2001:db8::1 and http.request.method == "POST"',
    'http.response.code >= 200 && http.response.code < 300',
    'http.request.uri == "/a b"',
    'http.request.uri contains "eal"',
    'http.request.uri matches "^/h"',
    'http.response.code != 502',
    '(tcp.stream eq 3)',
    'tcp.stream eq 4 or tcp.stream eq 3',
    'tcp.stream eq 3 or frame.number in {98, 101}',
    'tcp.stream eq 4 || http.request.uri contains "x or y" || http.response.code == 200',
  ])('are read: %s', (typed) => {
    expect(accepts(typed)).toBe(true);
  });

  it.each([
    'tcp.stream eq 4',
    'tcp.stream eq 4 or tcp.stream eq 5',
    'ip.addr == 10.0.1.44',
    'http.request.uri == "/a"',
    'http.response.code != 200',
  ])('turn away what they do not mean: %s', (typed) => {
    expect(accepts(typed)).toBe(false);
  });

  it.each([
    ['tcp.flags.reset == 1', 0, 20],
    ['tcp.stream eq 3 || tcp.stream eq 4 && tcp.port == 80', 19, 52],
    ['tcp.stream eq 3 && !http', 19, 24],
    ['http', 0, 4],
    ['frame.time > "2024"', 0, 19],
  ])('that are not ours are shown to tshark: %s', (typed, start, end) => {
    const { error } = parseFilter(typed);
    expect(error).toMatchObject({ isWireshark: true, start, end });
    expect(error && filterErrorText(error, typed, 'front.pcapng')).toBe(
      `not part of pcapdx’s filter; in tshark: tshark -r front.pcapng -Y '${typed}'`,
    );
  });
});

describe('a filter that is wrong', () => {
  it.each([
    ['rule:a statsu:200', 'no field "statsu" (did you mean status?)', 7, 13],
    ['a -serv:1', 'no field "serv" (did you mean server?)', 3, 7],
    ['time:>1parsec', '"1parsec" is no time: write 250ms, 1.5s, 2min', 0, 13],
    ['x bytes:lots', '"lots" is no size: write 512, 10kB, 1.5MB', 2, 12],
    ['stream:3.5', '"3.5" is no whole number', 0, 10],
    ['close:fim', 'close is fin, rst or open (did you mean fin?)', 0, 9],
    ['sev:critcal', 'sev is critical, warning or notice (did you mean critical?)', 0, 11],
    ['server:serv1', '"serv1" is no address, network or address:port', 0, 12],
    ['server:10.0.0.0/40', '"10.0.0.0/40" is no address, network or address:port', 0, 18],
    ['path:~(', '"(" is no regular expression', 0, 7],
    ['~(a+)+$', '"(a+)+$" repeats a repetition, which may take for ever', 0, 7],
    ['rule:>x', 'rule has no order', 0, 7],
    ['status:', 'a value is missing', 0, 7],
    ['a "b c', 'a quote is not closed', 2, 6],
  ])('says what and where: %s', (typed, message, start, end) => {
    const { error } = parseFilter(typed);
    expect(error).toMatchObject({ start, end });
    expect(error && filterErrorText(error, typed, 'x.pcap')).toBe(message);
  });
});
