import { describe, expect, it } from 'vitest';
import { client, edited, NAMES, server } from './edited.js';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** What a web server asks an application server with, as its bytes: what may stay of it, and what may not. */
const REQUESTS = [
  ['FastCGI', '\x01\x01\0\x01\0\x08\0\0', '\0\x01\0\0\0\0\0\0\x01\x04\0\x01\0\x14\0\0\x09\x09PATH_INFO/geheim/a'],
  ['AJP', '\x12\x34\0\x20\x02', '\x02\0\x08HTTP/1.1\0\0\x09/geheim/a\0'],
  ['uwsgi', '\0\x17\0\0\x09\0PATH_INFO', '\x09\0/geheim/a'],
] as const;

describe('of a request to an application server', () => {
  it.each(REQUESTS)('what tells that it is %s stays, and nothing else', (_, head, rest) => {
    for (const pseudonyms of [null, NAMES])
      for (const size of [1, 7, 16, 4096]) {
        const written = latin1(edited([client(head + rest)], { pseudonyms }, size).client);
        expect(written).toBe(head + 'x'.repeat(rest.length));
      }
  });

  it('nothing stays where it does not begin the connection', () => {
    const [[, head, rest]] = REQUESTS;
    const text = head + rest;
    expect(latin1(edited([client(text, 40)]).client).slice(40)).toBe('x'.repeat(text.length));
    const written = edited([
      client('USER acme, who is known\r\n'),
      server('+OK whoever it may be\r\n'),
      client(text),
    ]).client;
    expect(latin1(written)).toMatch(/^x+$/);
  });
});
