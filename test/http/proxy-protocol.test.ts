import { describe, expect, it } from 'vitest';
import type { InOrder } from '../../src/bytes/in-order.js';
import {
  MAX_PROXY_V1_BYTES,
  type ProxyHeader,
  ProxyHeaderReader,
  readProxyHeader,
} from '../../src/http/proxy-protocol.js';

const V1 = 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n';
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const V4_ADDRESSES = '\xc0\x00\x02\x07\xc6\x33\x64\x01\xdc\x04\x01\xbb';
const V2 = `${SIGNATURE}\x21\x11\x00\x0c${V4_ADDRESSES}`;
const V2_WITH_TLV = `${SIGNATURE}\x21\x11\x00\x11${V4_ADDRESSES}\x01\x00\x02h2`;
const V6 = `\x20\x01\x0d\xb8${'\0'.repeat(11)}\x07`;
const V2_IPV6 = `${SIGNATURE}\x21\x21\x00\x24${V6}${V6}\xdc\x04\x01\xbb`;

const read = (text: string) => readProxyHeader(Buffer.from(text, 'latin1'), 0, text.length);
const client = { address: '192.0.2.7', port: 56324 };
const service = { address: '198.51.100.1', port: 443 };

describe('a PROXY header', () => {
  it.each([
    ['1 over IPv4', V1, { version: 1, command: 'proxy', transport: 'tcp4', source: client, destination: service }],
    [
      '1 over IPv6',
      'PROXY TCP6 2001:db8::7 2001:db8::1 1 2\r\n',
      {
        transport: 'tcp6',
        source: { address: '2001:db8::7', port: 1 },
        destination: { address: '2001:db8::1', port: 2 },
      },
    ],
    [
      '1 of unknown origin',
      'PROXY UNKNOWN ffff::1 whatever\r\n',
      { transport: 'unknown', source: null, destination: null },
    ],
    ['2 over IPv4', V2, { version: 2, command: 'proxy', transport: 'tcp4', source: client, destination: service }],
    ['2 with a TLV', V2_WITH_TLV, { transport: 'tcp4', source: client }],
    ['2 over IPv6', V2_IPV6, { transport: 'tcp6', source: { address: '2001:db8::7', port: 56324 } }],
    [
      '2 for the proxy itself',
      `${SIGNATURE}\x20\x00\x00\x00`,
      { command: 'local', transport: 'unknown', source: null },
    ],
    ['2 of a kind not told', `${SIGNATURE}\x21\x00\x00\x02ab`, { transport: 'unknown', source: null }],
  ] as const)('of version %s', (_name, text, expected) => {
    expect(read(text)).toMatchObject({ ...expected, length: text.length });
    for (let length = 0; length < text.length; length += 1)
      expect(read(text.slice(0, length)), `${length} bytes`).toBe('incomplete');
  });

  it.each([
    ['a port beyond 65535', 'PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n'],
    ['an address missing', 'PROXY TCP4 192.0.2.7 56324 443\r\n'],
    ['a family that there is not', 'PROXY UDP4 192.0.2.7 198.51.100.1 56324 443\r\n'],
    ['a bare line feed', 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\n'],
    ['a line without end', `PROXY TCP4 ${'1'.repeat(MAX_PROXY_V1_BYTES)}`],
    ['another version', `${SIGNATURE}\x31\x11\x00\x0c${V4_ADDRESSES}`],
    ['another command', `${SIGNATURE}\x22\x11\x00\x0c${V4_ADDRESSES}`],
    ['addresses too short', `${SIGNATURE}\x21\x21\x00\x0c${V4_ADDRESSES}`],
  ])('is none with %s', (_name, text) => {
    expect(read(text)).toBe('malformed');
  });
});

describe('what does not begin like a PROXY header', () => {
  it.each(['GET / HTTP/1.1\r\n', 'POST / HTTP/1.1\r\n', '\r\n\r\nGET / HTTP/1.1\r\n', 'proxy TCP4'])(
    'is none: %j',
    (text) => {
      expect(read(text)).toBe('none');
    },
  );
});

describe('the reader of a PROXY header', () => {
  const feed = (text: string, step: number, then?: (reader: ProxyHeaderReader) => void) => {
    const told: string[] = [];
    const headers: ProxyHeader[] = [];
    let rest = '';
    const next: InOrder = {
      bytes: (view, start, end) => {
        rest += Buffer.from(view).toString('latin1', start, end);
      },
      gap: (length) => {
        rest += `<gap ${length}>`;
      },
      end: (how) => {
        rest += `<${how}>`;
      },
    };
    const reader = new ProxyHeaderReader(
      { proxyHeader: (header) => headers.push(header), anomaly: (name) => told.push(name) },
      next,
    );
    const bytes = Buffer.from(text, 'latin1');
    for (let at = 0; at < bytes.length; at += step) reader.bytes(bytes, at, Math.min(at + step, bytes.length), 1, 1);
    then?.(reader);
    reader.end('fin', 2, 2);
    return { told, headers, rest };
  };

  it('hands on what follows the header, however it is cut', () => {
    for (const header of [V1, V2, V2_WITH_TLV, V2_IPV6])
      for (let step = 1; step < 70; step += 1) {
        const outcome = feed(`${header}GET / HTTP/1.1\r\n\r\n`, step);
        expect(outcome.rest).toBe('GET / HTTP/1.1\r\n\r\n<fin>');
        expect(outcome.headers).toHaveLength(1);
        expect(outcome.told).toEqual([]);
      }
  });

  it('hands on what is no header as it came', () => {
    for (const step of [1, 3, 100]) {
      const outcome = feed('PROXY nonsense\r\nGET / HTTP/1.1\r\n', step);
      expect(outcome.rest).toBe('PROXY nonsense\r\nGET / HTTP/1.1\r\n<fin>');
      expect(outcome.told).toEqual(['proxy-malformed-header']);
    }
  });

  it('hands on a request that begins with the same letter, and says nothing', () => {
    for (const step of [1, 2, 100])
      expect(feed('POST / HTTP/1.1\r\n', step)).toEqual({ told: [], headers: [], rest: 'POST / HTTP/1.1\r\n<fin>' });
  });

  it('gives up a header that was lost in part', () => {
    const outcome = feed(V1.slice(0, 20), 100, (reader) => reader.gap(25, 2, 2));
    expect(outcome.rest).toBe('<gap 25><fin>');
    expect(outcome.told).toEqual(['proxy-header-lost']);
  });

  it('hands on an unfinished header at the end', () => {
    expect(feed('PROX', 1).rest).toBe('PROX<fin>');
  });
});
