import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FirstBytes, sniff } from '../../src/http/sniff.js';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const look = (text: string): FirstBytes => {
  const bytes = bytesOf(`>>${text}<<`);
  return sniff(bytes, 2, bytes.length - 2);
};

const EXAMPLES: readonly (readonly [string, string, FirstBytes])[] = [
  ['an origin-form request', 'GET /index.html HTTP/1.1\r\n', 'http1-request'],
  ['a request whose line is not whole', 'POST /upload?id=', 'http1-request'],
  ['an absolute-form request', 'GET http://example.com/', 'http1-request'],
  ['a request to open a tunnel', 'CONNECT example.com:443', 'http1-request'],
  ['NATS, whose CONNECT has JSON behind it', 'CONNECT {"verbose":false}\r\nPING\r\n', 'unknown'],
  ['the same, cut', 'CONNECT {"verbose":false,"pedantic":false,"tls_required":false,"name":', 'unknown'],
  ['an asterisk-form request', 'OPTIONS * HT', 'http1-request'],
  ['a method nobody knows, with a version', 'FROBNICATE /x HTTP/1.1\r\n', 'http1-request'],
  ['a simple request of HTTP/0.9', 'GET /\r\n', 'http1-request'],
  ['a request behind an empty line', '\r\nGET / HTTP/1.1\r\n', 'http1-request'],
  ['a response', 'HTTP/1.1 200 OK\r\n', 'http1-response'],
  ['a response whose line is not whole', 'HTTP/1.0 404 Not', 'http1-response'],
  ['a response without a reason', 'HTTP/1.1 204\r\n', 'http1-response'],
  ['a response in small letters', 'http/1.1 200 OK\r\n', 'http1-response'],
  ['a SHOUTcast response', 'ICY 200 OK\r\n', 'http1-response'],
  ['the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'h2-preface'],
  ['an HTTP/2 server', '\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64', 'h2-settings'],
  ['PROXY protocol 1', 'PROXY TCP4 192.0.2.1', 'proxy-v1'],
  ['PROXY protocol 2', '\r\n\r\n\0\r\nQUIT\n\x21\x11', 'proxy-v2'],
  ['a ClientHello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc', 'tls-client-hello'],
  ['a ClientHello in the form of SSL 2.0', '\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10', 'tls-client-hello'],
  ['a ServerHello', '\x16\x03\x03\x00\x7a\x02\x00\x00\x76', 'tls-server-hello'],
  ['an alert', '\x15\x03\x03\x00\x02\x02\x28', 'tls-record'],
  ['application data', '\x17\x03\x03\x10\x00\xde\xad', 'tls-record'],
  ['a mail server', '220 mail.example ESMTP ready\r\n', 'unknown'],
  ['an SSH server', 'SSH-2.0-OpenSSH_9.6\r\n', 'unknown'],
  ['RTSP', 'OPTIONS rtsp://camera/ RTSP/1.0\r\n', 'unknown'],
  ['SIP', 'NOTIFY sip:a@b SIP/2.0\r\n', 'unknown'],
  ['a response that has no status', 'HTTP/1.1 OK\r\n', 'unknown'],
  ['plain words', 'hello world, this is just some text without a line end and without HTTP', 'unknown'],
  ['zeros', '\0\0\0\0\0\0\0\0\0\0\0\0', 'unknown'],
  ['a TLS record of impossible length', '\x16\x03\x01\xff\xff\x01', 'unknown'],
  ['a DNS message over TCP', '\x00\x1d\x12\x34\x01\x00', 'unknown'],
  ['SETTINGS that are not six bytes each', '\0\0\x05\x04\0\0\0\0\0', 'unknown'],
  ['SETTINGS of more than anybody has', '\0\x06\0\x04\0\0\0\0\0', 'unknown'],
];

describe('the first bytes of a direction', () => {
  it.each(EXAMPLES)('%s', (_name, text, expected) => {
    expect(look(text)).toBe(expected);
  });

  it.each(EXAMPLES.filter(([, , expected]) => expected !== 'unknown'))(
    '%s, cut at any length, is incomplete or the same',
    (_name, text, expected) => {
      for (let length = 0; length < text.length; length += 1)
        expect(['incomplete', expected], `${length} bytes`).toContain(look(text.slice(0, length)));
    },
  );

  it.each(['\0', '\x16', '\x80', '\r\n', 'G'])('that have not come are not those behind them: %j', (behind) => {
    expect(sniff(bytesOf(behind), 0, 0)).toBe('incomplete');
    expect(sniff(bytesOf(`\r\n${behind}`), 0, 2)).toBe('incomplete');
  });

  it('of any kind are judged without error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(typeof sniff(bytes, 0, bytes.length)).toBe('string');
      }),
    );
  });
});

describe('a segment in the middle of a connection', () => {
  const within = (text: string): FirstBytes => {
    const bytes = bytesOf(`>>${text}<<`);
    return sniff(bytes, 2, bytes.length - 2, true);
  };
  /** HEADERS on stream 5, its block the given bytes. */
  const headers = (block: string, flags = 5): string =>
    `\0\0${String.fromCharCode(block.length)}\x01${String.fromCharCode(flags)}\0\0\0\x05${block}`;
  const PING = '\0\0\x08\x06\0\0\0\0\x0012345678';

  it.each<[string, string, FirstBytes]>([
    ['a request whose method is in the static table', headers('\x83\x86\x84'), 'h2-requests'],
    ['a request whose first field has a value of its own', headers('\x41\x01a'), 'h2-requests'],
    ['a response of a status in the static table', headers('\x88'), 'h2-responses'],
    ['a response of another status', headers('\x08\x03418'), 'h2-responses'],
    ['behind other frames', PING + headers('\x88'), 'h2-responses'],
    ['behind padding and priority', headers('\x01\0\0\0\0\x10\x82\0', 0x2d), 'h2-requests'],
    ['HEADERS that say neither', headers('\xbe'), 'unknown'],
    ['HEADERS whose first field is never to be indexed', headers('\x14\x01a'), 'h2-requests'],
    ['HEADERS that change the size of the table first', headers('\x28\x88'), 'unknown'],
    ['no HEADERS at all', PING, 'unknown'],
    ['a frame that does not end with the segment', `${headers('\x88')}\0`, 'unknown'],
    ['zeros', '\0'.repeat(40), 'unknown'],
    ['too little', '\0\0\x01\x01', 'incomplete'],
  ])('%s', (_name, text, expected) => {
    expect(within(text)).toBe(expected);
  });

  it('is not looked at so where a direction begins', () => {
    expect(look(headers('\x88'))).toBe('unknown');
  });
});
